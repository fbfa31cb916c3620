/** Boards that publish their readings over MQTT. */
import { type Static, Type } from 'typebox'
import type { Clock } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import { compileGate, parseJson } from '../../contract/schema.ts'
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import type { LoadCellPublisher } from '../definition-schema.ts'
import type { HealthReport } from '../health-report.ts'
import type { MqttReceiver } from '../mqtt-receiver.ts'
import type { ChannelReading } from './decode.ts'
import { SampleClock } from './sample-clock.ts'
import { SilenceWatch } from './silence-watch.ts'

export interface PublisherPlan {
  device: string
  topic: string
  definition: LoadCellPublisher
  plates: { plate: string; fixture: string; channel: number }[]
}

export interface LoadCellPublisherOptions {
  plan: PublisherPlan
  clock: Clock
  wireClock: Clock
  onBatch(batch: SampleBatch): void
  onReading(plate: string, reading: ChannelReading, atMs: number): void
  onHealth(report: HealthReport): void
}

// Not strict: a board may say more than we need.
const Reading = Type.Object({
  ts: Type.Optional(Type.Number({ minimum: 0, maximum: 8.64e15 })),
  seq: Type.Optional(Type.Integer({ minimum: 0 })),
  ch: Type.Integer({ minimum: 1, maximum: 64 }),
  raw: Type.Optional(Type.Integer()),
  g: Type.Union([Type.Number({ minimum: -1e7, maximum: 1e7 }), Type.Null()]),
  stable: Type.Optional(Type.Boolean()),
})
type Reading = Static<typeof Reading>
const readPayload = compileGate(Type.Union([Reading, Type.Array(Reading, { maxItems: 1000 })]), {
  code: 'reading-invalid',
  what: 'The message',
  action: 'Send {"ts", "seq", "ch", "raw", "g", "stable"}, or an array of them.',
})

/** A count that falls by more than this was begun anew: the board was started again. */
const restartedBy = 1000
/** Losses are judged over so many readings. */
const judgedOver = 100
const lostShare = 0.1

interface Channel {
  plate: string
  plates: string[]
  fixture: string
  channel: number
  clock: SampleClock
  lastSeq: number | undefined
  came: number
  lost: number
  isLossy: boolean
}

export class LoadCellPublisherReader implements MqttReceiver {
  readonly topics: readonly string[]
  readonly #options: LoadCellPublisherOptions
  readonly #channels: ReadonlyMap<number, Channel>
  readonly #watch: SilenceWatch

  constructor(options: LoadCellPublisherOptions) {
    this.#options = options
    const { plan, clock, wireClock, onHealth } = options
    const { lateMs, offlineMs } = plan.definition
    this.topics = [plan.topic]
    this.#channels = new Map(
      plan.plates.map(({ plate, fixture, channel }) => [
        channel,
        {
          plate,
          plates: [plate],
          fixture,
          channel,
          clock: new SampleClock(clock),
          lastSeq: undefined,
          came: 0,
          lost: 0,
          isLossy: false,
        },
      ]),
    )
    const plates = plan.plates.map(({ plate }) => plate)
    this.#watch = new SilenceWatch({ device: plan.device, plates, lateMs, offlineMs, wireClock, onHealth })
  }

  start(): void {
    this.#watch.start()
  }

  stop(): void {
    this.#watch.stop()
  }

  take(_topic: string, payload: Uint8Array): void {
    const { device, definition } = this.#options.plan
    try {
      const text = Buffer.from(payload).toString('utf8')
      const limits = { maxBytes: definition.maxBytes, maxDepth: 4 }
      const said = readPayload(parseJson(text, device, limits), device)
      for (const reading of Array.isArray(said) ? said : [said]) this.#read(reading)
      this.#watch.tell(undefined, 'online', 'Its messages come.')
    } catch (error) {
      this.#watch.tell(undefined, 'noisy', `A message of it cannot be used: ${errorSentence(error)}`)
    }
  }

  #read({ ts, seq, ch, g, stable = false }: Reading): void {
    const channel = this.#channels.get(ch)
    if (!channel || !isNew(channel, seq)) return
    const { plan, clock, onBatch, onReading } = this.#options
    const nowMs = clock.nowMs()
    const { plate, plates, fixture } = channel
    if (ts !== undefined && Math.abs(nowMs - ts) > plan.definition.maxAgeMs) {
      const reason = `Its reading is ${Math.round((nowMs - ts) / 1000)} s old by its own clock: set that by NTP, and see what holds messages back.`
      this.#watch.heard(plate, 'late', reason)
      return
    }
    const { atMs, rateHz } = channel.clock.tick(ts)
    onReading(
      plate,
      { weightG: g, stable: stable && g !== null, overload: false, underload: false, error: g === null },
      atMs,
    )
    if (g === null) this.#watch.heard(plate, 'offline', 'It has no valid reading: check the load cell and its cable.')
    else if (channel.isLossy)
      this.#watch.heard(plate, 'late', 'Many of its readings are lost on the way: check its radio.')
    else this.#watch.heard(plate, 'online', 'It is read.')
    onBatch({ fixture, firstAtMs: atMs, rateHz, plates, grams: [[g]] })
  }
}

/** False for what came before: a broker may deliver twice. */
function isNew(channel: Channel, seq: number | undefined): boolean {
  if (seq === undefined) return true
  const { lastSeq } = channel
  if (lastSeq !== undefined && seq <= lastSeq && lastSeq - seq < restartedBy) return false
  channel.came++
  if (lastSeq !== undefined && seq > lastSeq) channel.lost += Math.min(judgedOver, seq - lastSeq - 1)
  channel.lastSeq = seq
  if (channel.came + channel.lost >= judgedOver) {
    channel.isLossy = channel.lost > lostShare * judgedOver
    channel.came = 0
    channel.lost = 0
  }
  return true
}
