/**
 * What the provider tells a shop unasked: that a payment's state changed. Anything but a 200 within ten seconds is
 * tried again 7 times, after 1, 4, 16, 64, 256, 1024 and 4096 minutes. Such an event carries no signature, may come
 * twice, late and in any order: the shop has to ask for the payment before it believes it.
 * https://docs.tosspayments.com/guides/v2/webhook
 */
import type { Clock } from '../../contract/clock.ts'
import { type Faults, providerName } from '../devices/faults.ts'
import { requireLoopback } from '../devices/loopback.ts'

export interface WebhooksOptions {
  clock: Clock
  faults: Faults
  /** A random name for one event. */
  newId(): string
}

interface Event {
  id: string
  body: string
}

const minuteMs = 60_000
const retryMinutes = [1, 4, 16, 64, 256, 1024, 4096]
const answerWithinMs = 10_000
/** So many events change places, and how often a repeated one comes (chosen). */
const shuffledAtOnce = 3
const repeatedTimes = 3

export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #held: Event[] = []
  readonly #end = new AbortController()
  #url: string | undefined

  constructor(options: WebhooksOptions) {
    this.#options = options
  }

  /** Where events go; null: nowhere. @throws AisleError `twin-not-loopback` */
  subscribe(url: string | null): void {
    if (url !== null) requireLoopback(new URL(url).hostname, providerName)
    this.#url = url ?? undefined
  }

  /** @param payment as the provider's other answers show it */
  changed(payment: unknown): void {
    if (this.#url === undefined) return
    const { clock, faults, newId } = this.#options
    const createdAt = new Date(clock.nowMs()).toISOString()
    this.#held.push({
      id: newId(),
      body: JSON.stringify({ eventType: 'PAYMENT_STATUS_CHANGED', createdAt, data: payment }),
    })
    if (faults.active(providerName, 'webhooks-shuffled') && this.#held.length < shuffledAtOnce) return
    for (const event of this.#held.splice(0).reverse()) this.#dispatch(event)
  }

  stop(): void {
    this.#end.abort()
  }

  #dispatch(event: Event): void {
    const { clock, faults } = this.#options
    const times = faults.active(providerName, 'webhooks-repeated') ? repeatedTimes : 1
    const lateMs = faults.value(providerName, 'webhooks-late') ?? 0
    for (let copy = 0; copy < times; copy++) clock.after(lateMs, () => void this.#deliver(event, 0))
  }

  async #deliver(event: Event, retried: number): Promise<void> {
    if (this.#url === undefined || this.#end.signal.aborted) return
    if (await this.#send(this.#url, event, retried)) return
    const minutes = retryMinutes[retried]
    if (minutes !== undefined) {
      this.#options.clock.after(minutes * minuteMs, () => void this.#deliver(event, retried + 1))
    }
  }

  async #send(url: string, { id, body }: Event, retried: number): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'tosspayments-webhook-transmission-id': id,
          'tosspayments-webhook-transmission-time': new Date(this.#options.clock.nowMs()).toISOString(),
          'tosspayments-webhook-transmission-retried-count': String(retried),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.any([this.#end.signal, AbortSignal.timeout(answerWithinMs)]),
      })
      return response.status === 200
    } catch {
      // Whoever does not answer is asked again later.
      return false
    }
  }
}
