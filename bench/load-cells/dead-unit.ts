/**
 * What a unit that dies costs the others of its bus. A gateway waits for it at every request and serves nobody else
 * meanwhile, so its own wait says how much one look for it costs, and how seldom it may be looked for.
 */
import { benchGateways, type ClientResult } from './layout.ts'
import { delays, pause, quantile, startReading, stopReading, usualSettleMs, watch } from './measure.ts'

export interface DeadUnitCase {
  /** How long the gateway waits for a silent unit. */
  silentMs: number
  /** After its death, until it is looked for as seldom as it ever will be. */
  steadyAfterMs: number
  /** Long enough for the looks for it to have their share. */
  steadyS: number
}

export const deadUnitCases: readonly DeadUnitCase[] = [
  // Looked for after 10, 20, 40 and 80 s, then every 160 and 200 s.
  { silentMs: 1000, steadyAfterMs: 160_000, steadyS: 200 },
  { silentMs: 100, steadyAfterMs: 40_000, steadyS: 60 },
]

interface Window {
  /** Readings of a channel of the living units, in a second. */
  readHz: number
  seenP99Ms: number
}

export interface DeadUnitRow {
  silentMs: number
  before: Window
  /** Ten seconds each, from its death on. */
  after: Window[]
  steady: Window
  /** From its death until no ten seconds cost the living a tenth or more. */
  dearForS: number
}

/** A round of eight units takes the line 48 ms. */
const hz = 15
const windowS = 10
const watchedWindows = 4
/** Of its readings a living unit may lose so many. */
const allowed = 0.1

export async function measureDeadUnit({ silentMs, steadyAfterMs, steadyS }: DeadUnitCase): Promise<DeadUnitRow> {
  const running = await startReading({ client: 'ours', hz }, { serviceMs: 6, silentMs, firstBusOnly: true })
  const window = async (seconds: number): Promise<Window> => {
    const { steps, result } = await watch(running, seconds)
    return { readHz: livingHz(result), seenP99Ms: quantile(delays(steps, result.seen), 0.99) }
  }
  try {
    await pause(usualSettleMs)
    const before = await window(2 * windowS)
    running.simulator.send({ type: 'die' })
    const diedAtMs = performance.now()
    const after: Window[] = []
    while (after.length < watchedWindows) after.push(await window(windowS))
    await pause(Math.max(0, steadyAfterMs - (performance.now() - diedAtMs)))
    const steady = await window(steadyS)
    const dear = after.findLastIndex(({ readHz }) => readHz < (1 - allowed) * before.readHz)
    return { silentMs, before, after, steady, dearForS: (dear + 1) * windowS }
  } finally {
    stopReading(running)
  }
}

function livingHz({ readingsOf, seconds }: ClientResult): number {
  const living = (benchGateways()[0] ?? []).slice(0, -1)
  const counts = living.flatMap(({ first, channels }) => readingsOf.slice(first, first + channels))
  return counts.reduce((sum, count) => sum + count, 0) / seconds / counts.length
}

export function deadUnitLine({ silentMs, before, after, steady, dearForS }: DeadUnitRow): string {
  const lost = (window: Window) => `${(100 * (1 - window.readHz / before.readHz)).toFixed(1)} %`
  const told = (window: Window) => `${window.readHz.toFixed(1)} times/s, p99 ${window.seenP99Ms.toFixed(0)} ms`
  return [
    `one bus of 8 units at ${hz} Hz, its gateway waits ${silentMs / 1000} s for a dead one: living units read ${told(before)} before`,
    `  lost of it in the first ten seconds and those that follow: ${after.map(lost).join(', ')}; below a tenth after ${dearForS} s`,
    `  in the end: ${told(steady)}, ${lost(steady)} lost`,
  ].join('\n')
}
