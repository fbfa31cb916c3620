import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt)

/**
 * What a credential is stored and found by. One salt for the whole ledger, because the hash is what a scan is
 * looked up with; scrypt, because a badge's number is short enough to be guessed from a stolen database.
 * About 10 ms in the thread pool.
 */
export async function hashCredential(credential: string, saltHex: string): Promise<string> {
  const key = await derive(credential.normalize('NFC'), Buffer.from(saltHex, 'hex'), 32, { N: 4096, r: 8, p: 1 })
  return key.toString('base64url')
}
