/**
 * An invitation to register a phone at this store: a signed value in a link, made by the console for whoever stands
 * before its owner, taken by the phones' program. It is used once, because its id is that of the till's commands.
 */
import { randomBytes } from 'node:crypto'
import { readSigned, signValue } from './signed-value.ts'

export interface Invitation {
  id: string
  expiresAtMs: number
}

export const invitationLifeMs = 15 * 60_000
const purpose = 'open-aisle-invitation'

/** The fragment of the link: browsers send it to no server, so it stands in no log. */
export function newInvitation(key: string, nowMs: number): { text: string; expiresAtMs: number } {
  const invitation: Invitation = { id: randomBytes(12).toString('hex'), expiresAtMs: nowMs + invitationLifeMs }
  return { text: signValue(purpose, invitation, key), expiresAtMs: invitation.expiresAtMs }
}

/** null: it is not one of ours, or its time is over. */
export function readInvitation(text: string, key: string, nowMs: number): Invitation | null {
  const invitation = readSigned<Invitation>(purpose, text, key)
  return invitation && nowMs < invitation.expiresAtMs ? invitation : null
}
