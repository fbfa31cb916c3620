/** Asks the console's server; what it refuses comes back as a sentence for people. */
import type { Texts } from './texts.ts'

export class RefusedError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** @throws RefusedError when the server answers with an error, TypeError when it does not answer */
export async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : null,
  })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer as T
  const { code = '', message = '', action = '' } = answer as Record<string, string>
  throw new RefusedError(response.status, code, `${message} ${action}`.trim())
}

/** What to show of a failed {@link ask}. */
export function failureText(error: unknown, texts: Pick<Texts, 'errors' | 'failed'>): string {
  if (!(error instanceof RefusedError)) return texts.failed
  return texts.errors[error.code] ?? (error.message || texts.failed)
}
