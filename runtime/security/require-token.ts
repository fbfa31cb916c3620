import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'

/** Lets only those in who show the bearer token; `whose` names the program in the refusal. */
export function requireToken(token: string, whose: string): RequestHandler {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(`Bearer ${token}`)
  return (request, response, next) => {
    // Compared as digests, so that the time tells neither content nor length.
    if (token !== '' && timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return next()
    response
      .status(401)
      .json({ code: 'unauthorized', message: `This needs the token of ${whose}.`, action: 'Send it.' })
  }
}
