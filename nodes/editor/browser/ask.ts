/** Asks the plugin's routes; the browser sends the login along. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${RED.settings.apiRootUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) throw new Refusal(path, response.status, await response.json().catch(() => ({})))
  return (await response.json()) as T
}

/** Why the program did not do it, as it says. */
export class Refusal extends Error {
  readonly code: string
  readonly told: string

  constructor(path: string, status: number, { code, message, action }: Record<string, unknown>) {
    super(`${path}: ${status}`)
    this.code = String(code ?? status)
    this.told = [message, action].filter(Boolean).join(' ') || this.message
  }
}
