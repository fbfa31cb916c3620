/**
 * Carries out the orders to the payment provider that the ledger holds: reservations, charges, refunds. Nothing is sent that is not written down first, and whatever
 * may have been carried out is asked for before it is sent again, always under the same key.
 */
import type { Logger } from 'pino'
import { type Clock, SystemClock, type Timer } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { Random } from '../../contract/random.ts'
import type { LedgerMethods } from '../ledger/ledger-thread.ts'
import type { PaymentRow } from '../ledger/tables.ts'
import type { PaymentOrder, PaymentProvider, ProviderAnswer } from './payment-provider.ts'

export interface ChargerOptions {
  ledger: Pick<LedgerMethods, 'paymentsDue' | 'nextPaymentDueMs' | 'markSent' | 'postponePayment' | 'settlePayment'>
  provider: PaymentProvider
  clock: Clock
  /** For the jitter, so that a provider that comes back is not met by everybody at once. */
  random: Random
  log: Logger
  answerWithinMs?: number
}

const mostInFlight = 8
const defaultAnswerWithinMs = 15_000
const firstPauseMs = 500
const longestPauseMs = 300_000
/** After a failure of the ledger itself. */
const ledgerPauseMs = 1000

export class Charger {
  readonly #options: ChargerOptions
  readonly #inFlight = new Map<string, Promise<void>>()
  readonly #end = new AbortController()
  /** How long an answer may take does not shrink where a demonstration runs faster. */
  readonly #wire = new SystemClock()
  #timer: Timer | undefined
  #looking: Promise<void> | undefined
  #lookAgain = false

  constructor(options: ChargerOptions) {
    this.#options = options
  }

  /** Looks for orders that are due; call it when there may be one. */
  nudge(): void {
    if (this.#end.signal.aborted) return
    this.#lookAgain = true
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
  }

  /** Gives up waiting for answers: the next start asks for what became of them. */
  async stop(): Promise<void> {
    this.#end.abort()
    this.#options.clock.clear(this.#timer)
    await this.#looking
    await Promise.all(this.#inFlight.values())
  }

  async #look(): Promise<void> {
    const { ledger, clock, log } = this.#options
    while (this.#lookAgain && !this.#end.signal.aborted) {
      this.#lookAgain = false
      try {
        const due = await ledger.paymentsDue(clock.nowMs(), mostInFlight + this.#inFlight.size)
        for (const payment of due) this.#begin(payment)
        const nextMs = await ledger.nextPaymentDueMs()
        if (nextMs !== undefined) this.#lookAfter(Math.max(nextMs - clock.nowMs(), firstPauseMs))
      } catch (error) {
        log.error({ error: errorSentence(error) }, 'the ledger did not give the orders that are due')
        this.#lookAfter(ledgerPauseMs)
      }
    }
  }

  #lookAfter(delayMs: number): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = this.#options.clock.after(delayMs, () => this.nudge())
  }

  #begin(payment: PaymentRow): void {
    const { idempotency_key: key } = payment
    if (this.#inFlight.has(key) || this.#inFlight.size >= mostInFlight) return
    const attempt = this.#attempt(payment)
      .catch((error: unknown) => {
        this.#options.log.error({ key, error: errorSentence(error) }, 'an order could not be carried on')
        this.#lookAfter(ledgerPauseMs)
        return 'failed' as const
      })
      .then((how) => {
        this.#inFlight.delete(key)
        if (how !== 'failed') this.nudge()
      })
    this.#inFlight.set(key, attempt)
  }

  async #attempt(payment: PaymentRow): Promise<void> {
    const { ledger, provider, clock } = this.#options
    const order = orderOf(payment)
    if (payment.state !== 'due') {
      const found = await this.#answerOf((signal) => provider.query(order, signal))
      if (found.outcome !== 'not-found') return this.#conclude(payment, found)
      const forgotten =
        payment.first_sent_at_ms !== null && clock.nowMs() - payment.first_sent_at_ms > provider.keyLifetimeMs
      if (forgotten) {
        const reason = 'The provider knows nothing of it, and its key is too old to send again.'
        return this.#conclude(payment, { outcome: 'declined', reason })
      }
    }
    await ledger.markSent(payment, clock.nowMs())
    await this.#conclude(payment, await this.#answerOf((signal) => provider.send(order, signal)))
  }

  async #answerOf<A>(ask: (signal: AbortSignal) => Promise<A>): Promise<A> {
    const { answerWithinMs = defaultAnswerWithinMs } = this.#options
    const late = new AbortController()
    const timer = this.#wire.after(answerWithinMs, () => late.abort(new Error('the provider did not answer in time')))
    try {
      return await ask(AbortSignal.any([late.signal, this.#end.signal]))
    } finally {
      this.#wire.clear(timer)
    }
  }

  async #conclude(payment: PaymentRow, answer: ProviderAnswer): Promise<void> {
    const { ledger, clock, log } = this.#options
    const { idempotency_key: key } = payment
    if (answer.outcome !== 'unknown') {
      if (answer.outcome === 'mismatch') log.error({ key, reason: answer.reason }, 'carried out with another amount')
      return ledger.settlePayment(key, answer, clock.nowMs())
    }
    if (this.#end.signal.aborted) return
    const pauseMs = this.#pauseMs(payment.attempts)
    log.warn({ key, attempts: payment.attempts + 1, reason: answer.reason, pauseMs }, 'outcome unknown')
    await ledger.postponePayment(key, clock.nowMs() + pauseMs, answer.reason, clock.nowMs())
  }

  /** Doubles with each attempt; between half and the whole of that. */
  #pauseMs(attempts: number): number {
    const whole = Math.min(firstPauseMs * 2 ** Math.min(attempts, 20), longestPauseMs)
    return (whole * (1 + this.#options.random.next())) / 2
  }
}

/** An order without its means of payment was settled at once and never comes here. */
const orderOf = (payment: PaymentRow): PaymentOrder => ({
  kind: payment.kind,
  idempotencyKey: payment.idempotency_key,
  orderId: payment.order_id,
  orderName: payment.order_name,
  amountMinor: payment.amount_minor,
  taxFreeMinor: payment.tax_free_minor,
  currency: payment.currency,
  customerKey: payment.customer_key ?? '',
  billingKey: payment.billing_key ?? '',
  about: payment.about ?? '',
  begunAtMs: payment.begun_at_ms,
})
