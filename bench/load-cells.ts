/**
 * `aisle bench load-cells [--seconds N] [--json]`: 850 channels over Modbus TCP, ours (polling, health, weighing)
 * beside a plain socket that only reads and compares, in the same run: share of one core, time from a step on a
 * plate until it is there to be seen (the transport's share) and until weighing tells its event, and the rate that
 * was kept. With gateways that answer at once, with gateways that serve one unit per 6 ms, and with a dead unit.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ClientResult, Step } from './load-cells/layout.ts'

interface Case {
  what: string
  hz: number
  client: 'ours' | 'plain'
  serviceMs: number
  deadUnit: number
}

interface Row {
  what: string
  client: string
  hz: number
  cpuPercent: number
  readHz: number
  seenP50Ms: number | null
  seenP99Ms: number | null
  toldP50Ms: number | null
  toldP99Ms: number | null
  missed: number
  residentMb: number
}

const channels = 850
const settleMs = 3000
const stepsPerSecond = 20
/** As long as the usual gateway waits for a unit that does not answer. */
const silentMs = 1000
/** A step that is not seen within this time is missed. */
const seenWithinMs = 2000

export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { seconds: { type: 'string', default: '8' }, json: { type: 'boolean', default: false } },
  })
  const seconds = Number(values.seconds)
  const rows: Row[] = []
  for (const each of cases()) {
    const row = await measure(each, seconds)
    rows.push(row)
    if (!values.json) console.log(lineOf(row))
  }
  if (values.json) console.log(JSON.stringify({ channels, seconds, rows }))
}

function cases(): Case[] {
  const clients = ['plain', 'ours'] as const
  return [
    ...[10, 20, 60].flatMap((hz) =>
      clients.map((client) => ({ what: 'at once', hz, client, serviceMs: 0, deadUnit: 0 })),
    ),
    ...clients.map((client) => ({ what: '6 ms a unit', hz: 20, client, serviceMs: 6, deadUnit: 0 })),
    { what: '6 ms a unit, one dead', hz: 20, client: 'ours', serviceMs: 6, deadUnit: 3 },
  ]
}

async function measure({ what, hz, client, serviceMs, deadUnit }: Case, seconds: number): Promise<Row> {
  const simulator = start('simulator', { serviceMs, deadUnit, silentMs })
  const { ports } = (await message(simulator, 'ready')) as { ports: number[] }
  const measured = start(client === 'ours' ? 'our-client' : 'plain-client', { ports, hz, behindLine: serviceMs > 0 })
  try {
    await message(measured, 'ready')
    // A dead unit is first looked for as if it were only late.
    await pause(deadUnit > 0 ? 4 * settleMs : settleMs)
    measured.send({ type: 'begin' })
    simulator.send({ type: 'step', perSecond: stepsPerSecond })
    await pause(seconds * 1000)
    simulator.send({ type: 'steps' })
    const { steps } = (await message(simulator, 'steps')) as { steps: Step[] }
    await pause(seenWithinMs)
    measured.send({ type: 'end' })
    const { result } = (await message(measured, 'result')) as { result: ClientResult }
    return rowOf({ what, hz, client }, steps, result)
  } finally {
    measured.disconnect()
    simulator.disconnect()
  }
}

function rowOf(of: Pick<Case, 'what' | 'hz' | 'client'>, steps: Step[], result: ClientResult): Row {
  const seen = delays(steps, result.seen)
  const told = delays(steps, result.told)
  return {
    ...of,
    cpuPercent: round(result.cpuPercent, 1),
    readHz: round(result.readings / result.seconds / channels, 1),
    seenP50Ms: quantile(seen, 0.5),
    seenP99Ms: quantile(seen, 0.99),
    toldP50Ms: quantile(told, 0.5),
    toldP99Ms: quantile(told, 0.99),
    missed: steps.length - seen.length,
    residentMb: Math.round(result.residentMb),
  }
}

/** From each step to the first sight of it. */
function delays(steps: readonly Step[], sights: readonly Step[]): number[] {
  const byChannel = Map.groupBy(sights, ({ channel }) => channel)
  return steps.flatMap(({ channel, atMs }) => {
    const first = byChannel.get(channel)?.find((sight) => sight.atMs >= atMs && sight.atMs < atMs + seenWithinMs)
    return first ? [first.atMs - atMs] : []
  })
}

function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return value === undefined ? null : round(value, 1)
}

const round = (value: number, places: number) => Number(value.toFixed(places))

function lineOf({
  what,
  client,
  hz,
  cpuPercent,
  readHz,
  seenP50Ms,
  seenP99Ms,
  toldP50Ms,
  toldP99Ms,
  missed,
  residentMb,
}: Row): string {
  const told = toldP50Ms === null ? '' : `, told ${toldP50Ms} / ${toldP99Ms} ms`
  return `${what}, ${hz} Hz, ${client}: ${cpuPercent} % of a core, read ${readHz} times/s, step seen p50 / p99 ${seenP50Ms} / ${seenP99Ms} ms${told}, ${missed} missed, ${residentMb} MB`
}

const start = (name: string, settings: object): ChildProcess =>
  fork(join(import.meta.dirname, 'load-cells', `${name}.ts`), [JSON.stringify(settings)])

async function message(from: ChildProcess, type: string): Promise<object> {
  for (;;) {
    const [received] = (await once(from, 'message')) as [{ type: string }]
    if (received.type === type) return received
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
