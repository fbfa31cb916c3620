/**
 * Which kiosk a screen is: a signed cookie, got once by a signed link from `aisle pair-kiosk`. A new `kiosk-key` ends
 * all of them.
 */
import { readCookie, readSigned, signValue } from '../security/signed-value.ts'

export interface KioskSession {
  kiosk: string
}

interface Pairing extends KioskSession {
  expiresAtMs: number
}

export const kioskCookie = 'open-aisle-kiosk'
export const defaultKioskPort = 8085
export const pairingLifeMs = 15 * 60_000
const pairing = 'open-aisle-kiosk-pairing'
const maxAgeS = 400 * 86_400

/** The fragment of the link: browsers send it to no server, so it stands in no log. */
export const newPairing = (kiosk: string, key: string, nowMs: number): string =>
  signValue(pairing, { kiosk, expiresAtMs: nowMs + pairingLifeMs } satisfies Pairing, key)

/** null: it is not one of ours, or its time is over. */
export function readPairing(text: string, key: string, nowMs: number): KioskSession | null {
  const read = readSigned<Pairing>(pairing, text, key)
  return read && nowMs < read.expiresAtMs ? { kiosk: read.kiosk } : null
}

export const issueKioskSession = (session: KioskSession, key: string): string =>
  `${kioskCookie}=${signValue(kioskCookie, session, key)}; Max-Age=${maxAgeS}; Path=/; HttpOnly; SameSite=Strict`

export const readKioskSession = (cookieHeader: string | undefined, key: string): KioskSession | null =>
  readSigned<KioskSession>(kioskCookie, readCookie(cookieHeader, kioskCookie) ?? '', key)
