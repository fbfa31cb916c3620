/** Asks the plugin's routes; the browser sends the login along. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${RED.settings.apiRootUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return (await response.json()) as T
}
