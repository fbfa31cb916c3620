/**
 * What a registered phone is known by: a signed cookie that names account and phone. Whether that phone is still the
 * account's is asked of the till each time, so forgetting an account or registering another phone ends it.
 */
import { createHmac } from 'node:crypto'
import { readCookie, readSigned, signValue } from '../security/signed-value.ts'

export interface PhoneSession {
  accountId: string
  deviceId: string
  issuedAtMs: number
}

export const phoneCookie = 'open-aisle-phone'
/** A shopper who does not come for so long registers the phone again. */
export const phoneSessionLifeMs = 400 * 86_400_000

const attributes = 'Path=/; HttpOnly; SameSite=Strict'

/** @param secure where the page comes over TLS */
export function issuePhoneSession(session: PhoneSession, key: string, secure: boolean): string {
  const value = signValue(phoneCookie, session, key)
  const maxAge = `Max-Age=${phoneSessionLifeMs / 1000}`
  return `${phoneCookie}=${value}; ${maxAge}; ${attributes}${secure ? '; Secure' : ''}`
}

export const forgetPhoneSession = `${phoneCookie}=; Max-Age=0; ${attributes}`

export function readPhoneSession(cookieHeader: string | undefined, key: string, nowMs: number): PhoneSession | null {
  const session = readSigned<PhoneSession>(phoneCookie, readCookie(cookieHeader, phoneCookie) ?? '', key)
  const ageMs = nowMs - (session?.issuedAtMs ?? 0)
  return session && ageMs >= 0 && ageMs < phoneSessionLifeMs ? session : null
}

/** What the provider knows an account by: it tells nothing, and nobody can name another's. */
export const customerKeyOf = (accountId: string, key: string): string =>
  createHmac('sha256', key).update(`open-aisle-customer:${accountId}`).digest('base64url')
