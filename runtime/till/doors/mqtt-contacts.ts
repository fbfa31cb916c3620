/** A board with relays and inputs on MQTT. It tells changes by itself; what is held it drops when orders cease. */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { type Clock, SystemClock, type Timer } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import { parseJson } from '../../contract/schema.ts'
import { type ContactOrder, contactTopics, orderLifeMs, readContactReport } from '../../devices/contact-messages.ts'
import type { RelayPublisher } from '../../devices/definition-schema.ts'
import type { MqttReceiver } from '../../devices/mqtt-receiver.ts'
import { type ContactSample, type Contacts, holdMs, offlineAfterMs, pulseMs, rewriteMs } from './contacts.ts'

export interface MqttContactsOptions {
  name: string
  topic: string
  definition: RelayPublisher
  publish(topic: string, payload: string): void
  clock: Clock
  log: Logger
}

/** In the store's time: how often the gates are told that nothing was heard, because their own time passes. */
const tickMs = 50

type RelayOrder = ContactOrder['relays'][number]

export class MqttContacts implements Contacts {
  /** For the connection on which the board's reports come. */
  readonly receiver: MqttReceiver
  readonly #options: MqttContactsOptions
  readonly #orders: string
  readonly #wire = new SystemClock()
  readonly #wanted = new Map<number, RelayOrder>()
  readonly #run = randomUUID()
  #number = 0
  #onSample: ((sample: ContactSample | null) => void) | undefined
  #heardAtMs = Number.NEGATIVE_INFINITY
  #tick: Timer | undefined
  #rewrite: Timer | undefined

  constructor(options: MqttContactsOptions) {
    this.#options = options
    const { contacts, orders } = contactTopics(options.topic)
    this.#orders = orders
    this.receiver = {
      topics: [contacts],
      take: (topic, payload) => this.#take(topic, payload),
      start() {},
      stop() {},
    }
  }

  get online(): boolean {
    return this.#wire.nowMs() - this.#heardAtMs < offlineAfterMs
  }

  start(onSample: (sample: ContactSample | null) => void): void {
    this.#onSample = onSample
    this.#tickOn()
    this.#writeAgain()
  }

  async stop(relays: readonly number[]): Promise<void> {
    this.#onSample = undefined
    this.#options.clock.clear(this.#tick)
    this.#wire.clear(this.#rewrite)
    this.#order(relays.map((relay) => ({ relay, on: false })))
  }

  set(relay: number, on: boolean): void {
    this.#want({ relay, on })
  }

  hold(relay: number): void {
    this.#want({ relay, on: true, forMs: holdMs })
  }

  /** The board ends its pulses itself. */
  rest(): void {}

  pulse(relay: number): void {
    this.#order([{ relay, on: true, forMs: pulseMs }])
  }

  #want(order: RelayOrder): void {
    const before = this.#wanted.get(order.relay)
    if (before?.on === order.on && before.forMs === order.forMs) return
    this.#wanted.set(order.relay, order)
    this.#order([order])
  }

  #order(relays: RelayOrder[]): void {
    if (relays.length === 0) return
    const order: ContactOrder = {
      run: this.#run,
      number: ++this.#number,
      expiresAtMs: this.#wire.nowMs() + orderLifeMs,
      relays,
    }
    this.#options.publish(this.#orders, JSON.stringify(order))
  }

  #take(topic: string, payload: Uint8Array): void {
    const { definition, log, name } = this.#options
    try {
      const { maxBytes } = definition
      const text = Buffer.from(payload).toString('utf8')
      const { inputs, counts = null } = readContactReport(parseJson(text, topic, { maxBytes, maxDepth: 4 }), topic)
      const isBack = !this.online
      this.#heardAtMs = this.#wire.nowMs()
      // What was said while nobody listened is lost.
      if (isBack) this.#order([...this.#wanted.values()])
      this.#onSample?.({ inputs, counts })
    } catch (error) {
      log.warn({ device: name, error: errorSentence(error) }, 'a report of contacts cannot be read')
    }
  }

  #tickOn(): void {
    this.#onSample?.(null)
    this.#tick = this.#options.clock.after(tickMs, () => this.#tickOn())
  }

  /** In real time, as the board's own. */
  #writeAgain(): void {
    this.#order([...this.#wanted.values()])
    this.#rewrite = this.#wire.after(rewriteMs, () => this.#writeAgain())
  }
}
