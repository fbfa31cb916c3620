/**
 * The payment provider's books. They outlive the twin in a file, because a provider forgets nothing when a shop
 * restarts: what was charged before a crash must be found after it.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Charge {
  paymentKey: string
  orderId: string
  orderName: string
  customerKey: string
  amount: number
  status: 'DONE' | 'PARTIAL_CANCELED' | 'CANCELED'
  approvedAtMs: number
  cancels: { amount: number; reason: string; atMs: number }[]
}

/** A Stripe PaymentIntent; one that took money has its {@link Charge} beside it. */
export interface Intent {
  id: string
  orderId: string
  description: string
  /** '' where a card was held to a terminal. */
  customer: string
  /** Of such a card: it may be used once. */
  paymentMethod?: string
  amount: number
  currency: string
  status: 'requires_capture' | 'requires_payment_method' | 'succeeded' | 'canceled'
  received: number
  createdAtMs: number
  refunds: { id: string; orderId: string; amount: number; atMs: number }[]
}

/** The first answer to an idempotency key: it is given again, whatever is asked later. */
export interface KeptAnswer {
  key: string
  keptAtMs: number
  status: number
  body: unknown
  /** Digest of what was asked, where the provider compares it. */
  parameters?: string
}

interface Entry {
  charge?: Charge
  intent?: Intent
  answer?: KeptAnswer
}

export class ProviderLedger {
  readonly #file: string | null
  readonly #charges = new Map<string, Charge>()
  readonly #intents = new Map<string, Intent>()
  readonly #answers = new Map<string, KeptAnswer>()

  /** @param file where the books are kept, or null: nowhere */
  constructor(file: string | null) {
    this.#file = file
    if (!file) return
    mkdirSync(dirname(file), { recursive: true })
    if (!existsSync(file)) return
    // The last line may be torn by a crash in the middle of writing it; its answer never left.
    for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) this.#take(JSON.parse(line) as Entry)
  }

  /** Every charge that was carried out, oldest first. */
  get charges(): Charge[] {
    return [...this.#charges.values()]
  }

  /** Oldest first. */
  get intents(): Intent[] {
    return [...this.#intents.values()]
  }

  byOrder(orderId: string): Charge | undefined {
    return this.charges.find((charge) => charge.orderId === orderId)
  }

  byPaymentKey(paymentKey: string): Charge | undefined {
    return this.#charges.get(paymentKey)
  }

  answerTo(key: string): KeptAnswer | undefined {
    return this.#answers.get(key)
  }

  /** Writes down a charge, or its new state, together with the answer that tells of it. */
  keep(entry: Entry): void {
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
    this.#take(entry)
  }

  #take({ charge, intent, answer }: Entry): void {
    if (intent) this.#intents.set(intent.id, intent)
    if (charge) this.#charges.set(charge.paymentKey, charge)
    if (answer) this.#answers.set(answer.key, answer)
  }
}
