/** A request as the page makes it. */
export function request(url: string, path: string, options: { body?: unknown; cookie?: string; origin?: string } = {}) {
  const { body, cookie, origin = url } = options
  return fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    headers: {
      origin,
      ...(cookie === undefined ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
