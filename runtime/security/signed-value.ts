/** Small values that leave this program and come back: signed, so that they come back as they were. */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** @param purpose keeps what was signed for one thing from passing for another under the same key */
export function signValue(purpose: string, value: object, key: string): string {
  const body = Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${body}.${sign(purpose, body, key)}`
}

/** The value, or null when it was not signed with this key for this purpose. Its form is trusted: we wrote it. */
export function readSigned<T extends object>(purpose: string, text: string, key: string): T | null {
  const [body, signature, ...rest] = text.split('.')
  if (!body || !signature || rest.length > 0 || !sameText(signature, sign(purpose, body, key))) return null
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as T
}

function sign(purpose: string, body: string, key: string): string {
  if (key.length < 32) throw new RangeError('The key is missing or too short to keep anybody out.')
  return createHmac('sha256', key).update(`${purpose}:${body}`).digest('base64url')
}

/** Compares the text, not the bytes it encodes: base64 has several spellings of the same bytes. */
function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const cut = part.indexOf('=')
    if (cut > 0 && part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim()
  }
  return undefined
}
