/**
 * A board of one's own with HX711 or ADS1232 converters: 80 readings a second and channel (their data sheets), sent
 * a few at a time. There is no standard for it; the payload is a convention of this platform.
 */
import type { Timer } from '../../../contract/clock.ts'
import { type PublisherOptions, unrulyPublisher } from '../unruly-publisher.ts'
import type { LoadCellPhysics } from './load-cell.ts'

export interface MqttBoardOptions extends PublisherOptions {
  topic: string
  cells: ReadonlyMap<number, LoadCellPhysics>
  /** Brings the world up to now before it is weighed. */
  advance(): void
}

const readingsPerSecond = 80
const readingsPerMessage = 8
const periodMs = (readingsPerMessage * 1000) / readingsPerSecond
/** 24 bits at a gain of 128, and the zero of a bridge that is not quite balanced (chosen). */
const rawPerGram = 420
const rawZero = 84_000
const rawEnd = 0x7fffff
/** How old the message is that a retained topic still holds (chosen). */
const oldMs = 3_600_000

interface Reading {
  ts: number
  seq: number
  ch: number
  raw: number
  g: number | null
  stable: boolean
}

export function startMqttBoard(options: MqttBoardOptions): { stop(): Promise<void> } {
  const { device, topic, cells, clock, faults } = options
  const publisher = unrulyPublisher(options)
  const collected: Reading[] = []
  let seq = 0
  let samples = 0
  let nextAtMs = clock.nowMs()
  let timer: Timer

  function reading(ch: number, cell: LoadCellPhysics): Reading {
    const time = { ts: Math.round(publisher.nowMs()), seq: seq++, ch }
    // Without a cell the converter's inputs float to its end.
    if (!cell.connected()) return { ...time, raw: rawEnd, g: null, stable: false }
    const grams = cell.grams()
    const raw = Math.max(-rawEnd - 1, Math.min(rawEnd, Math.round(rawZero + grams * rawPerGram)))
    return { ...time, raw, g: Math.round(grams * 10) / 10, stable: !cell.moving() }
  }

  function sample(): void {
    options.advance()
    for (const [ch, cell] of cells) collected.push(reading(ch, cell))
    if (++samples % readingsPerMessage === 0) {
      const message = collected.splice(0)
      publisher.publish(topic, message, { qos: 0 })
      if (faults.active(device, 'retained-old')) {
        publisher.publish(
          topic,
          message.map((one) => ({ ...one, ts: one.ts - oldMs })),
          { qos: 0, retain: true },
        )
      }
    }
    const nowMs = clock.nowMs()
    nextAtMs = Math.max(nextAtMs + 1000 / readingsPerSecond, nowMs - periodMs)
    timer = clock.after(nextAtMs - nowMs, sample)
  }
  timer = clock.after(0, sample)

  return {
    async stop() {
      clock.clear(timer)
      await publisher.stop()
    },
  }
}
