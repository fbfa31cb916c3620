/** One measurement: gateways in one process, a client in another, steps on plates, and when the client saw them. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { benchGateways, type ClientResult, type Step } from './layout.ts'

export const clients = ['plain', 'modbus-serial', 'our-reads', 'ours'] as const
export type ClientName = (typeof clients)[number]

export interface Case {
  what: string
  hz: number
  client: ClientName
  /** How long a gateway takes for one unit, serving one at a time; 0: it answers at once. */
  serviceMs?: number
  /** A unit of the first gateway that never answers; the figures are then of the other units of that gateway. */
  deadUnit?: number
  /** How long the gateway waits for it. */
  silentMs?: number
  /** Only the first gateway is looked at. */
  firstBusOnly?: boolean
  /** Processes that keep a core busy each, as cameras at full load do. */
  burners?: number
  /** Before anything is measured. */
  settleMs?: number
  seconds?: number
}

export interface Row {
  what: string
  client: ClientName
  hz: number
  cpuPercent: number
  /** Readings of a channel in a second. */
  readHz: number
  seenP50Ms: number
  seenP99Ms: number
  toldP50Ms: number
  toldP99Ms: number
  missed: number
  /** How long the client was kept from timers that were due. */
  loopDelayP99Ms: number
  residentMb: number
  /** Processes that wanted to run, on average over the last minute. */
  loadAverage: number
}

const total = 850
/** Until the compiler, whose threads count, is done with what runs all the time. */
const usualSettleMs = 8000
const stepsPerSecond = 20
/** A step that is not seen within this time is missed. */
const seenWithinMs = 2000

export async function measure(one: Case, usualSeconds: number): Promise<Row> {
  const { hz, client, serviceMs = 0, deadUnit = 0, silentMs = 1000, firstBusOnly = false, burners = 0 } = one
  const { settleMs = usualSettleMs, seconds = usualSeconds } = one
  const simulator = start('simulator', { serviceMs, deadUnit, silentMs, firstBusOnly })
  const { ports } = (await message(simulator, 'ready')) as { ports: number[] }
  const measured = start(`${client === 'ours' ? 'our' : client}-client`, { ports, hz, behindLine: serviceMs > 0 })
  const busy = Array.from({ length: burners }, () => start('burner', {}))
  try {
    await message(measured, 'ready')
    await pause(settleMs)
    measured.send({ type: 'begin' })
    simulator.send({ type: 'step', perSecond: stepsPerSecond })
    await pause(seconds * 1000)
    simulator.send({ type: 'steps' })
    const { steps } = (await message(simulator, 'steps')) as { steps: Step[] }
    await pause(seenWithinMs)
    measured.send({ type: 'end' })
    const { result } = (await message(measured, 'result')) as { result: ClientResult }
    return rowOf(one, steps, result)
  } finally {
    for (const each of [measured, simulator, ...busy]) each.disconnect()
  }
}

function rowOf(one: Case, steps: Step[], result: ClientResult): Row {
  const seen = delays(steps, result.seen)
  const told = delays(steps, result.told)
  const { what, hz, client } = one
  return {
    ...{ what, client, hz },
    cpuPercent: result.cpuPercent,
    readHz: rateOf(one, result),
    seenP50Ms: quantile(seen, 0.5),
    seenP99Ms: quantile(seen, 0.99),
    toldP50Ms: quantile(told, 0.5),
    toldP99Ms: quantile(told, 0.99),
    missed: steps.length - seen.length,
    loopDelayP99Ms: result.loopDelayP99Ms,
    residentMb: result.residentMb,
    loadAverage: loadavg()[0] as number,
  }
}

function rateOf({ firstBusOnly, deadUnit }: Case, { readings, readingsOf, seconds }: ClientResult): number {
  if (!firstBusOnly) return readings / seconds / total
  const units = benchGateways()[0]?.filter(({ unit }) => unit !== deadUnit) ?? []
  const counts = units.flatMap(({ first, channels }) => readingsOf.slice(first, first + channels))
  return counts.reduce((sum, count) => sum + count, 0) / seconds / counts.length
}

/** From each step to the first sight of it. */
function delays(steps: readonly Step[], sights: readonly Step[]): number[] {
  const byChannel = Map.groupBy(sights, ({ channel }) => channel)
  return steps.flatMap(({ channel, atMs }) => {
    const first = byChannel.get(channel)?.find((sight) => sight.atMs >= atMs && sight.atMs < atMs + seenWithinMs)
    return first ? [first.atMs - atMs] : []
  })
}

/** NaN of nothing. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Of each figure its median over several runs of one case. */
export function medianRow(rows: readonly Row[]): Row {
  const first = rows[0] as Row
  const medians = Object.entries(first).map(([name, value]) =>
    typeof value === 'number'
      ? [
          name,
          quantile(
            rows.map((row) => row[name as keyof Row] as number),
            0.5,
          ),
        ]
      : [name, value],
  )
  return Object.fromEntries(medians) as Row
}

const start = (name: string, settings: object): ChildProcess =>
  fork(join(import.meta.dirname, `${name}.ts`), [JSON.stringify(settings)])

async function message(from: ChildProcess, type: string): Promise<object> {
  for (;;) {
    const [received] = (await once(from, 'message')) as [{ type: string }]
    if (received.type === type) return received
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
