/** The provider's HTTP face, with its faults; the twin's own control sits beside it under /twin. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Clock, sleep } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import { parseJson } from '../../contract/schema.ts'
import type { ControlAnswer } from '../control/control.ts'
import type { Fault } from '../devices/fault-catalogue.ts'
import { type Faults, providerName } from '../devices/faults.ts'
import { type Served, serve } from '../devices/loopback.ts'
import type { CardPage } from './card-page.ts'
import { refusal, type TossAnswer, type TossRequest } from './toss.ts'

export interface ProviderServerOptions {
  host: string
  port: number
  clock: Clock
  faults: Faults
  /** The shop's key with the provider. */
  secretKey: string
  controlToken: string
  /** The profile's provider, whichever that is; a form's or a query's fields are its body. */
  toss(request: TossRequest): TossAnswer
  control(method: string, path: string, body: unknown): ControlAnswer
  cardPage?: CardPage
}

/** For customers' browsers, which have no key. */
export const cardPagePath = '/card-page'
const retryAfterS = 2
const largestBody = 100_000

export function serveProvider(options: ProviderServerOptions): Promise<Served> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      const known = error instanceof AisleError
      send(response, known ? { status: 400, body: error.toJSON() } : refusal(500, 'FAILED_INTERNAL', String(error)))
    })
  })
  return serve(server, { host: options.host, port: options.port, device: providerName })
}

async function handle(options: ProviderServerOptions, request: IncomingMessage, response: ServerResponse) {
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://provider')
  const method = request.method ?? 'GET'
  const given = request.headers.authorization ?? ''
  if (path === '/twin' || path.startsWith('/twin/')) {
    if (!same(given, `Bearer ${options.controlToken}`)) return send(response, refusal(401, 'UNAUTHORIZED', 'Token.'))
    return send(response, options.control(method, path, await bodyOf(request, path)))
  }
  if (options.cardPage && method === 'GET' && path === cardPagePath) {
    return sendPage(response, options.cardPage.html(searchParams))
  }
  const { faults, clock } = options
  const broken = (fault: Fault<'provider'>) => faults.active(providerName, fault)
  if (broken('offline')) return request.socket.destroy()
  const basic = `Basic ${Buffer.from(`${options.secretKey}:`).toString('base64')}`
  if (!same(given, basic)) return send(response, refusal(401, 'UNAUTHORIZED_KEY', 'The secret key is wrong.'))
  if (broken('too-many-requests')) {
    const tooMany = refusal(429, 'TOO_MANY_REQUESTS', 'Slow down.')
    return send(response, { ...tooMany, headers: { 'retry-after': String(retryAfterS) } })
  }
  const failure = refusal(500, 'FAILED_INTERNAL_SYSTEM_PROCESSING', 'Something went wrong at the provider.')
  if (broken('server-errors')) return send(response, failure)
  const header = request.headers['idempotency-key']
  const idempotencyKey = Array.isArray(header) ? header[0] : header
  const answer = options.toss({
    method,
    path,
    idempotencyKey,
    body: method === 'GET' ? Object.fromEntries(searchParams) : await bodyOf(request, path),
  })
  // From here on it is carried out, whatever the shop gets to hear of it.
  await sleep(clock, faults.value(providerName, 'slow') ?? 0)
  if (broken('lost-answers')) return request.socket.destroy()
  send(response, broken('errors-after') ? failure : answer)
}

async function bodyOf(request: IncomingMessage, where: string): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= largestBody) chunks.push(chunk as Buffer)
  }
  const text = size > largestBody ? '' : Buffer.concat(chunks).toString('utf8')
  if (request.headers['content-type'] === 'application/x-www-form-urlencoded') {
    return Object.fromEntries(new URLSearchParams(text))
  }
  return text === '' ? undefined : parseJson(text, where, { maxBytes: largestBody, maxDepth: 12 })
}

function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  })
  response.end(html)
}

function send(response: ServerResponse, { status, body, headers }: TossAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

/** Without telling by the time it takes how much of it was right. */
const same = (given: string, expected: string): boolean => timingSafeEqual(sha256(given), sha256(expected))
const sha256 = (text: string) => createHash('sha256').update(text).digest()
