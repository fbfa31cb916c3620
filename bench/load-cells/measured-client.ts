/** What every measured client process does around its work: it says when it is ready, and what it has used. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type ClientResult, monotonicMs, type Step } from './layout.ts'

export interface ClientSettings {
  ports: number[]
  hz: number
  behindLine: boolean
  /** Which client it is; one file may be several. */
  client: string
  /** Where the packages of the stock flow are; empty where they are not wanted. */
  peer: string
}

export const clientSettings = JSON.parse(process.argv[2] ?? '{}') as ClientSettings

export class Measurement {
  readings = 0
  /** By channel. */
  readonly readingsOf = new Uint32Array(850)
  seen: Step[] = []
  told: Step[] = []
  isOn = false

  begin(): void {
    this.readings = 0
    this.readingsOf.fill(0)
    this.seen = []
    this.told = []
    this.isOn = true
  }
}

/** A bare threshold: when a change on a channel was first there to be seen. */
export class FirstSights {
  readonly #measurement: Measurement
  readonly #last = new Int32Array(850)

  constructor(measurement: Measurement) {
    this.#measurement = measurement
  }

  /** A step is 250 g; noise is less than 1 g. */
  take(channel: number, tenthsOfGram: number): void {
    const change = tenthsOfGram - (this.#last[channel] as number)
    this.#measurement.readings++
    ;(this.#measurement.readingsOf[channel] as number)++
    if (change <= 500 && change >= -500) return
    this.#last[channel] = tenthsOfGram
    if (this.#measurement.isOn) this.#measurement.seen.push({ channel, atMs: monotonicMs() })
  }
}

/** Does `work` `hz` times a second; turns that could not be kept are left out. */
export function onGrid(hz: number, work: () => void): void {
  let dueMs = monotonicMs()
  const turn = () => {
    work()
    dueMs = Math.max(dueMs + 1000 / hz, monotonicMs())
    setTimeout(turn, Math.max(0, dueMs - monotonicMs()))
  }
  turn()
}

export function runClient(measurement: Measurement): void {
  let startedNs = 0n
  let used: NodeJS.CpuUsage | undefined
  const delay = monitorEventLoopDelay({ resolution: 10 })
  process.on('message', ({ type }: { type: string }) => {
    if (type === 'begin') {
      measurement.begin()
      startedNs = process.hrtime.bigint()
      used = process.cpuUsage()
      delay.enable()
      delay.reset()
    }
    if (type === 'end') {
      const { user, system } = process.cpuUsage(used)
      const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9
      measurement.isOn = false
      const result: ClientResult = {
        cpuPercent: (user + system) / 1e4 / seconds,
        readings: measurement.readings,
        readingsOf: [...measurement.readingsOf],
        seconds,
        seen: measurement.seen,
        told: measurement.told,
        loopDelayP99Ms: delay.percentile(99) / 1e6 - 10,
        residentMb: process.memoryUsage.rss() / 1e6,
      }
      process.send?.({ type: 'result', result })
    }
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ type: 'ready' })
}
