/**
 * The code that a shopper's phone shows at the door. The phone draws it and the till reads it, both without a
 * network; this is all that they share. `OA1-` says what it is to whoever classifies scanned codes. Then follow, in
 * Base32 (RFC 4648, without padding; small QR codes, and no letter that a reader's keyboard could spell otherwise):
 *
 * | bytes | |
 * |---|---|
 * | 10 | the device |
 * | 6 | when it was made, Unix ms by the phone's clock; grows with each code of a device, so it is its serial number too |
 * | 1 | how many people it admits |
 * | 64 | ECDSA P-256 over {@link signedText}, SHA-256, r and s of 32 bytes each: the one signature every phone's browser makes |
 *
 * Store and account are signed without being sent: a code is worth nothing at another store, and names nobody.
 */

export interface EntryToken {
  /** 16 letters and digits of Base32, chosen by the phone. */
  deviceId: string
  madeAtMs: number
  party: number
}

export const tokenPrefix = 'OA1-'
const deviceBytes = 10
const timeBytes = 6
const signatureBytes = 64
const tokenBytes = deviceBytes + timeBytes + 1 + signatureBytes

export const deviceIdPattern = /^[A-Z2-7]{16}$/
export const largestParty = 20

/** How often the phone shows a new code. */
export const codeEveryMs = 5000
/** How long a code may be held before the reader. */
export const codeLifeMs = 15_000
/** How far the clocks of phone and till may be apart. */
export const clockSkewMs = 45_000

/** What the phone signs; the first line keeps the signature from passing as one for anything else. */
export const signedText = (storeId: string, accountId: string, { deviceId, madeAtMs, party }: EntryToken): Uint8Array =>
  new TextEncoder().encode(['open-aisle entry 1', storeId, accountId, deviceId, madeAtMs, party].join('\n'))

export function writeToken({ deviceId, madeAtMs, party }: EntryToken, signature: Uint8Array): string {
  const bytes = new Uint8Array(tokenBytes)
  bytes.set(fromBase32(deviceId) ?? [])
  new DataView(bytes.buffer).setUint16(deviceBytes, Math.floor(madeAtMs / 2 ** 32))
  new DataView(bytes.buffer).setUint32(deviceBytes + 2, madeAtMs % 2 ** 32)
  bytes[deviceBytes + timeBytes] = party
  bytes.set(signature, deviceBytes + timeBytes + 1)
  return tokenPrefix + toBase32(bytes)
}

/** null: no code of ours, or one that was damaged. Nothing in it is to be believed before its signature is. */
export function readToken(code: string): { token: EntryToken; signature: Uint8Array } | null {
  const bytes = code.startsWith(tokenPrefix) ? fromBase32(code.slice(tokenPrefix.length)) : null
  if (bytes?.length !== tokenBytes) return null
  const view = new DataView(bytes.buffer)
  const madeAtMs = view.getUint16(deviceBytes) * 2 ** 32 + view.getUint32(deviceBytes + 2)
  const party = view.getUint8(deviceBytes + timeBytes)
  if (party < 1 || party > largestParty) return null
  const token = { deviceId: toBase32(bytes.slice(0, deviceBytes)), madeAtMs, party }
  return { token, signature: bytes.slice(-signatureBytes) }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let [held, bits] = [0, 0]
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31]
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text
}

/** null: not what {@link toBase32} writes; each sequence of bytes has one spelling. */
function fromBase32(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let [held, bits, at] = [0, 0, 0]
  for (const letter of text) {
    const value = alphabet.indexOf(letter)
    if (value < 0) return null
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (held >> bits) & 255
  }
  return toBase32(bytes) === text ? bytes : null
}
