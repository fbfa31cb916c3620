/** Whether a code that a phone showed may open the door; a pure function, and no network. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { clockSkewMs, codeLifeMs, type EntryToken, signedText } from '../../till-api/entry-token.ts'

export interface TokenFacts {
  token: EntryToken
  signature: Uint8Array
  storeId: string
  /** Of the account that the device belongs to. */
  accountId: string
  /** As {@link isPublicKey} wants it. */
  publicKey: string
  /** When the newest code was made that this device has used; null before the first. */
  usedUpToMs: number | null
  /** By the wall clock: the phone's is one, however fast a demonstration's time runs. */
  nowMs: number
}

/**
 * forged: another key made it, or it is another store's. used: it, or a newer one of this device, has been shown
 * before; so a picture of a code is worthless as soon as its owner has walked in.
 */
export type TokenFault = 'forged' | 'used' | 'too-old' | 'too-early'

export function tokenFault(facts: TokenFacts): TokenFault | null {
  const { token, signature, storeId, accountId, publicKey, usedUpToMs, nowMs } = facts
  const key = { key: keyOf(publicKey), dsaEncoding: 'ieee-p1363' as const }
  if (!verify('sha256', signedText(storeId, accountId, token), key, signature)) return 'forged'
  if (usedUpToMs !== null && token.madeAtMs <= usedUpToMs) return 'used'
  if (nowMs - token.madeAtMs > codeLifeMs + clockSkewMs) return 'too-old'
  if (token.madeAtMs - nowMs > clockSkewMs) return 'too-early'
  return null
}

/** SubjectPublicKeyInfo of a P-256 key, in base64url. The one algorithm that counts: no code says how it is signed. */
export function isPublicKey(text: string): boolean {
  try {
    return keyOf(text).asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}

const keyOf = (spki: string): KeyObject =>
  createPublicKey({ key: Buffer.from(spki, 'base64url'), format: 'der', type: 'spki' })
