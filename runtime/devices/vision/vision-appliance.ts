/** One vision appliance: checks what it publishes, puts it in order of time, and says how it is. */
import type { Clock, Timer } from '../../contract/clock.ts'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { HealthState } from '../../contract/messages.ts'
import type { VisionAppliance as VisionDefinition } from '../definition-schema.ts'
import type { HealthReport } from '../health-report.ts'
import { readPeople, readSighting, type SeenPeople, type SeenSighting } from './appliance-messages.ts'
import { TimeOrder } from './time-order.ts'

export interface VisionListener {
  onPeople(seen: SeenPeople & { source: string; receivedAtMs: number }): void
  onSighting(seen: SeenSighting & { receivedAtMs: number }): void
  onHealth(report: HealthReport): void
}

export interface VisionApplianceOptions extends VisionListener {
  /** The appliance, as the profile names it. */
  id: string
  device: string
  topic: string
  definition: VisionDefinition
  /** The store's time, in which the appliance stamps what it sees. */
  clock: Clock
  /** Real time, for what a wire may take. */
  wireClock: Clock
}

const holdMs = 100
const checkIntervalMs = 500
/** After a refused message it counts as noisy for so long. */
const noisyMs = 10_000
/** Somebody whose clock is further off cannot be matched with any shelf. */
const maxClockOffsetMs = 60_000

export class VisionAppliance {
  readonly #options: VisionApplianceOptions
  readonly #people: TimeOrder<SeenPeople & { receivedAtMs: number }>
  readonly #sightings: TimeOrder<SeenSighting & { receivedAtMs: number }>
  #state: HealthState | undefined
  #heardAtMs: number | undefined
  #startedAtMs = 0
  #refusedAtMs = Number.NEGATIVE_INFINITY
  #refusal = ''
  #timer: Timer | undefined

  constructor(options: VisionApplianceOptions) {
    this.#options = options
    const { clock, id, onPeople, onSighting } = options
    this.#people = new TimeOrder(clock, holdMs, (seen) => onPeople({ ...seen, source: id }))
    this.#sightings = new TimeOrder(clock, holdMs, onSighting)
  }

  get topics(): string[] {
    const { topic, definition } = this.#options
    return [topic + definition.peopleTopic, topic + definition.sightingsTopic]
  }

  start(): void {
    this.#startedAtMs = this.#options.wireClock.nowMs()
    this.#checkLater()
  }

  stop(): void {
    this.#options.wireClock.clear(this.#timer)
    this.#people.stop()
    this.#sightings.stop()
  }

  /** Takes a message of one of {@link topics}. */
  take(topic: string, payload: Buffer): void {
    const { clock, wireClock, definition } = this.#options
    try {
      if (payload.length > definition.maxBytes) throw refusal(`A message has ${payload.length} bytes.`, topic)
      const receivedAtMs = clock.nowMs()
      const text = payload.toString('utf8')
      const isPeople = topic === this.topics[0]
      const seen = isPeople ? readPeople(text, topic) : readSighting(text, topic)
      const offsetMs = seen.seenAtMs - receivedAtMs
      if (Math.abs(offsetMs) > maxClockOffsetMs) {
        throw refusal(`Its clock is ${Math.round(offsetMs / 1000)} s off; synchronise it by NTP.`, topic)
      }
      if (seen.type === 'people') {
        this.#heardAtMs = wireClock.nowMs()
        this.#people.push(seen.seenAtMs, String(seen.seenAtMs), { ...seen, receivedAtMs })
      } else this.#sightings.push(seen.seenAtMs, text, { ...seen, receivedAtMs })
    } catch (error) {
      this.#refusedAtMs = wireClock.nowMs()
      this.#refusal = errorSentence(error)
    }
    this.#check()
  }

  #checkLater(): void {
    this.#timer = this.#options.wireClock.after(checkIntervalMs, () => {
      this.#check()
      this.#checkLater()
    })
  }

  #check(): void {
    const { wireClock, definition } = this.#options
    const nowMs = wireClock.nowMs()
    const silentMs = nowMs - (this.#heardAtMs ?? this.#startedAtMs)
    if (nowMs - this.#refusedAtMs < noisyMs) this.#tell('noisy', `A message was refused. ${this.#refusal}`)
    else if (silentMs > definition.offlineMs) this.#tell('offline', this.#silence(silentMs))
    else if (silentMs > definition.lateMs) this.#tell('late', this.#silence(silentMs))
    else if (this.#heardAtMs !== undefined) this.#tell('online', 'It publishes what it sees.')
  }

  #silence(silentMs: number): string {
    return `It has published no people for ${Math.round(silentMs / 1000)} s: check it, and its link to the broker.`
  }

  #tell(state: HealthState, reason: string): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.onHealth({ device: this.#options.device, state, reason })
  }
}

const refusal = (message: string, where: string) =>
  new AisleError('appliance-message-refused', message, { where, action: 'Correct it at the appliance.' })
