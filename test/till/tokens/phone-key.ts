/** A phone's key pair and the codes that it makes, with the same WebCrypto calls as the phone's page. */
import { webcrypto } from 'node:crypto'
import { signedText, toBase32, writeToken } from '../../../runtime/till-api/entry-token.ts'

const { subtle } = webcrypto

export interface TestPhone {
  deviceId: string
  /** As it is registered. */
  publicKey: string
  code(about: { storeId?: string; accountId: string; madeAtMs: number; party?: number }): Promise<string>
}

export async function newPhone(): Promise<TestPhone> {
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  const deviceId = toBase32(webcrypto.getRandomValues(new Uint8Array(10)))
  return {
    deviceId,
    publicKey: Buffer.from(await subtle.exportKey('spki', pair.publicKey)).toString('base64url'),
    async code({ storeId = 'test-shop', accountId, madeAtMs, party = 1 }) {
      const token = { deviceId, madeAtMs, party }
      const text = new Uint8Array(signedText(storeId, accountId, token))
      const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, text)
      return writeToken(token, new Uint8Array(signature))
    },
  }
}
