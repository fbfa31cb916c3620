/** One request to a provider, and what can be said of any answer. */
import { errorSentence } from '../../contract/errors.ts'

export interface ProviderReply {
  /** 0: there was no answer. */
  status: number
  body: Record<string, unknown>
  failure?: string
}

/** Refusals that say nothing about the payment: wrong key of ours, in work, too many, its own trouble. */
const passingStatuses = new Set([401, 403, 408, 409, 425, 429])

export async function ask(url: URL, init: RequestInit): Promise<ProviderReply> {
  try {
    // A redirect would carry the key to somewhere else.
    const response = await fetch(url, { ...init, redirect: 'error' })
    return { status: response.status, body: asObject(await response.json().catch(() => null)) }
  } catch (error) {
    return { status: 0, body: {}, failure: errorSentence(error) }
  }
}

/** Its own "no", as far as the status tells. */
export const isFinal = (status: number, passing: ReadonlySet<number> = passingStatuses) =>
  status >= 400 && status < 500 && !passing.has(status)

/** The key is the user name of a Basic login, with an empty password. */
export const basicAuthorization = (secretKey: string) => `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`

export const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

export const asList = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(asObject) : [])

export const unknown = (who: string, { status, failure }: ProviderReply, code: unknown) => ({
  outcome: 'unknown' as const,
  reason: failure ?? `${who} answered ${status}${typeof code === 'string' ? ` ${code}` : ''}.`,
})
