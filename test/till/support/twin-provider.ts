/**
 * The twin's payment providers over HTTP, on books in memory, with faults that strike at random. Tests believe these
 * books, never the till's own.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '../../../runtime/contract/clock.ts'
import type { Random } from '../../../runtime/contract/random.ts'
import { listen } from '../../../runtime/program/listen.ts'
import { createStripeProvider } from '../../../runtime/till/payments/stripe.ts'
import { createTossProvider } from '../../../runtime/till/payments/toss.ts'
import { ProviderLedger } from '../../../runtime/twin/provider/provider-ledger.ts'
import { createStripe } from '../../../runtime/twin/provider/stripe.ts'
import { createToss, type TossAnswer, type TossRequest } from '../../../runtime/twin/provider/toss.ts'
import { noFaults, type TossFaults } from './toss-server.ts'

export const twinProviders = { toss: createToss, stripe: createStripe }
const clients = { toss: createTossProvider, stripe: createStripeProvider }

export class TwinProvider {
  readonly books = new ProviderLedger(null)
  readonly requests: { method: string; path: string }[] = []
  /** What the provider would send webhooks about, in the order of the changes. */
  readonly changes: unknown[] = []
  faults: TossFaults = { ...noFaults }
  declines = false
  forgetsKeys = false
  readonly #name: keyof typeof clients
  readonly #random: Random
  readonly #server: Server
  readonly #answer: (request: TossRequest) => TossAnswer
  #port = 0

  constructor(name: keyof typeof clients, clock: Clock, random: Random) {
    this.#name = name
    this.#random = random
    let keys = 0
    this.#answer = twinProviders[name]({
      ledger: this.books,
      clock,
      newKey: () => `key${++keys}`,
      customerOf: (means) => means.replace('billing', 'customer'),
      declines: () => this.declines,
      forgetsKeys: () => this.forgetsKeys,
      changed: (object) => void this.changes.push(object),
    })
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  async start(): Promise<this> {
    this.#port = await listen(this.#server, { host: '127.0.0.1', port: 0, what: 'the provider of the tests' })
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  client() {
    return clients[this.#name]({ url: this.url, secretKey: 'sk_test' })
  }

  /** What was taken in the end. */
  takenMinor(): number {
    const given = (cancels: { amount: number }[]) => cancels.reduce((sum, { amount }) => sum + amount, 0)
    return this.books.charges.reduce((sum, { amount, cancels }) => sum + amount - given(cancels), 0)
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://provider')
    const method = request.method ?? 'GET'
    let text = ''
    for await (const chunk of request) text += chunk
    this.requests.push({ method, path })
    const { faults } = this
    if (faults.down || this.#happens(faults.lostRequests)) return void response.destroy()
    if (this.#happens(faults.tooMany)) return send(response, { status: 429, body: {} })
    if (this.#happens(faults.broken)) return send(response, { status: 500, body: {} })
    if (faults.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.slowMs * this.#random.next()))
    const form = request.headers['content-type'] === 'application/x-www-form-urlencoded'
    const fields = method === 'GET' ? searchParams : new URLSearchParams(text)
    const body = method === 'GET' || form ? Object.fromEntries(fields) : JSON.parse(text)
    const key = request.headers['idempotency-key']
    const answer = this.#answer({ method, path, idempotencyKey: typeof key === 'string' ? key : undefined, body })
    if (method === 'POST' && this.#happens(faults.lostAnswers)) return void response.destroy()
    send(response, answer)
  }

  #happens(share: number): boolean {
    return share > 0 && this.#random.next() < share
  }
}

function send(response: ServerResponse, { status, body }: TossAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
