/**
 * A payment provider over HTTP that behaves as Toss documents, faults included, and counts what it really
 * carried out: tests believe this ledger, never the till's own.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Random } from '../../../runtime/contract/random.ts'
import { listen } from '../../../runtime/program/listen.ts'

export interface TossFaults {
  /** Share of charges that are carried out, and whose answer never arrives. */
  lostAnswers: number
  /** Share of requests that do not arrive at all. */
  lostRequests: number
  /** Shares of requests that are refused for now. */
  tooMany: number
  broken: number
  /** Longest time that an answer takes. */
  slowMs: number
  /** Remembers neither keys nor orders: nothing protects from a second charge any more. */
  forgetful: boolean
  /** Answers nothing at all. */
  down: boolean
}

export const noFaults: TossFaults = {
  lostAnswers: 0,
  lostRequests: 0,
  tooMany: 0,
  broken: 0,
  slowMs: 0,
  forgetful: false,
  down: false,
}

export interface TossPayment {
  paymentKey: string
  orderId: string
  customerKey: string
  totalAmount: number
  status: 'DONE' | 'ABORTED'
}

interface Answer {
  status: number
  body: object
}

export class TossServer {
  readonly secretKey = 'test_sk_of_the_tests'
  faults: TossFaults = { ...noFaults }
  /** Billing keys that the card company refuses. */
  readonly declined = new Set<string>()
  /** Cards of which it makes no billing key. */
  readonly refusedCards = new Set<string>()
  /** Everything that was carried out, a second charge included. */
  readonly charges: TossPayment[] = []
  readonly requests: { method: string; path: string; idempotencyKey: string | undefined }[] = []
  /** Called as a charge comes in, is carried out, and is answered. */
  onStep: (step: 'received' | 'charged' | 'answered') => void = () => {}
  port = 0
  readonly #random: Random
  readonly #server: Server
  readonly #byKey = new Map<string, Answer>()
  readonly #inWork = new Set<string>()
  readonly #orders = new Map<string, TossPayment>()

  constructor(random: Random) {
    this.#random = random
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  async start(): Promise<this> {
    this.port = await listen(this.#server, { host: '127.0.0.1', port: 0, what: 'the provider of the tests' })
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** How often each order was charged. */
  chargesByOrder(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { orderId } of this.charges) counts.set(orderId, (counts.get(orderId) ?? 0) + 1)
    return counts
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request
    const key = request.headers['idempotency-key']
    const idempotencyKey = typeof key === 'string' ? key : undefined
    this.requests.push({ method, path: url, idempotencyKey })
    const body = await readBody(request)
    if (this.faults.down || this.#happens(this.faults.lostRequests)) return void response.destroy()
    if (this.#happens(this.faults.tooMany)) return send(response, refused(429, 'TOO_MANY_REQUESTS'))
    if (this.#happens(this.faults.broken)) return send(response, refused(500, 'FAILED_INTERNAL_SYSTEM_PROCESSING'))
    const expected = `Basic ${Buffer.from(`${this.secretKey}:`).toString('base64')}`
    if (request.headers.authorization !== expected) return send(response, refused(401, 'UNAUTHORIZED_KEY'))
    if (method === 'POST') this.onStep('received')
    const answer = await this.#answer(method, url, body, idempotencyKey)
    if (method === 'POST') this.onStep('charged')
    if (method === 'POST' && answer.status === 200 && this.#happens(this.faults.lostAnswers)) {
      return void response.destroy()
    }
    send(response, answer)
    if (method === 'POST') this.onStep('answered')
  }

  async #answer(method: string, path: string, body: string, key: string | undefined): Promise<Answer> {
    const order = /^\/v1\/payments\/orders\/([^/]+)$/.exec(path)?.[1]
    const billingKey = /^\/v1\/billing\/([^/]+)$/.exec(path)?.[1]
    if (method === 'GET' && order) {
      const payment = this.faults.forgetful ? undefined : this.#orders.get(decodeURIComponent(order))
      return payment ? { status: 200, body: payment } : refused(404, 'NOT_FOUND_PAYMENT')
    }
    if (method === 'POST' && path === '/v1/billing/authorizations/issue') return this.#issue(body)
    if (method !== 'POST' || !billingKey) return refused(404, 'NOT_FOUND')
    if (!key || this.faults.forgetful) return this.#charge(decodeURIComponent(billingKey), body)
    const scope = `${key} ${path}`
    const first = this.#byKey.get(scope)
    if (first) return first
    if (this.#inWork.has(scope)) return refused(409, 'IDEMPOTENT_REQUEST_PROCESSING')
    this.#inWork.add(scope)
    const answer = await this.#charge(decodeURIComponent(billingKey), body)
    this.#inWork.delete(scope)
    this.#byKey.set(scope, answer)
    return answer
  }

  #issue(text: string): Answer {
    const { authKey, customerKey } = JSON.parse(text) as { authKey: string; customerKey: string }
    if (this.refusedCards.has(authKey)) return refused(400, 'INVALID_AUTHORIZE_AUTH')
    return { status: 200, body: { customerKey, billingKey: `billing-of-${authKey}` } }
  }

  async #charge(billingKey: string, text: string): Promise<Answer> {
    const { customerKey, amount, orderId } = JSON.parse(text) as {
      customerKey: string
      amount: number
      orderId: string
    }
    const slowMs = this.faults.slowMs * this.#random.next()
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs))
    if (!/^[A-Za-z0-9_-]{6,64}$/.test(orderId)) return refused(400, 'INVALID_REQUEST')
    if (this.declined.has(billingKey)) return refused(403, 'REJECT_CARD_COMPANY')
    if (this.#orders.has(orderId) && !this.faults.forgetful) return refused(400, 'DUPLICATED_ORDER_ID')
    const payment: TossPayment = {
      paymentKey: `pay-${this.charges.length + 1}`,
      orderId,
      customerKey,
      totalAmount: amount,
      status: 'DONE',
    }
    this.charges.push(payment)
    this.#orders.set(orderId, payment)
    return { status: 200, body: payment }
  }

  #happens(share: number): boolean {
    return share > 0 && this.#random.next() < share
  }
}

const refused = (status: number, code: string): Answer => ({ status, body: { code, message: code } })

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
