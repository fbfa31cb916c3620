/** One measurement: gateways in one process, a client in another, steps on plates, and when the client saw them. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { ClientResult, Step } from './layout.ts'

export const clients = ['plain', 'modbus-serial', 'our-reads', 'ours'] as const
/** Stock flows in a Node-RED of their own, where they are installed. */
export const stockClients = ['stock-flow', 'stock-expert'] as const
export type ClientName = (typeof clients)[number] | (typeof stockClients)[number]

const files: Record<ClientName, string> = {
  ...{ plain: 'plain-client', 'modbus-serial': 'modbus-serial-client', 'our-reads': 'our-reads-client' },
  ...{ ours: 'our-client', 'stock-flow': 'stock-client', 'stock-expert': 'stock-client' },
}

export interface Case {
  what: string
  hz: number
  client: ClientName
  /** Where the packages of the stock flow are. */
  peer?: string
  /** How long a gateway takes for one unit, serving one at a time; 0: it answers at once. */
  serviceMs?: number
  /** Cameras whose pictures are looked at meanwhile, as fast as they can be. */
  cameras?: number
  /** Before anything is measured. */
  settleMs?: number
}

export interface Row {
  what: string
  client: ClientName
  hz: number
  cpuPercent: number
  /** Readings of a channel in a second, as the gateways answered them. */
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
export const usualSettleMs = 8000
const stepsPerSecond = 20
/** A step that is not seen within this time is missed. */
const seenWithinMs = 2000

export interface SimulatorSettings {
  serviceMs: number
  /** How long the first gateway waits for a unit that is dead. */
  silentMs?: number
  /** Steps only on the living units of the first gateway. */
  firstBusOnly?: boolean
}

/** Gateways in one process, and a client that reads them in another. */
export interface Running {
  simulator: ChildProcess
  client: ChildProcess
}

export async function startReading(
  { client, hz, peer = '' }: Pick<Case, 'client' | 'hz' | 'peer'>,
  settings: SimulatorSettings,
): Promise<Running> {
  const simulator = start('simulator', settings)
  const { ports } = (await message(simulator, 'ready')) as { ports: number[] }
  const asked = { ports, hz, client, peer, behindLine: settings.serviceMs > 0 }
  const running = { simulator, client: start(files[client], asked) }
  await message(running.client, 'ready')
  return running
}

export function stopReading({ simulator, client }: Running): void {
  for (const each of [client, simulator]) each.disconnect()
}

/** Steps on plates for so long, and what the client saw of them. */
export async function watch({ simulator, client }: Running, seconds: number) {
  client.send({ type: 'begin' })
  simulator.send({ type: 'step', perSecond: stepsPerSecond })
  await pause(seconds * 1000)
  simulator.send({ type: 'steps' })
  const { steps, answered } = (await message(simulator, 'steps')) as { steps: Step[]; answered: number }
  await pause(seenWithinMs)
  client.send({ type: 'end' })
  const { result } = (await message(client, 'result')) as { result: ClientResult }
  return { steps, result, answeredPerS: answered / seconds }
}

export async function measure(one: Case, seconds: number): Promise<Row> {
  const { serviceMs = 0, cameras = 0, settleMs = usualSettleMs } = one
  const running = await startReading(one, { serviceMs })
  const seeing = cameras > 0 ? await startSeeing(cameras) : undefined
  try {
    await pause(settleMs)
    return rowOf(one, await watch(running, seconds))
  } finally {
    stopReading(running)
    seeing?.disconnect()
  }
}

async function startSeeing(cameras: number): Promise<ChildProcess> {
  const seeing = start('cameras', { cameras })
  await message(seeing, 'ready')
  return seeing
}

function rowOf(one: Case, { steps, result, answeredPerS }: Awaited<ReturnType<typeof watch>>): Row {
  const seen = delays(steps, result.seen)
  const told = delays(steps, result.told)
  const { what, hz, client } = one
  return {
    ...{ what, client, hz },
    cpuPercent: result.cpuPercent,
    readHz: answeredPerS / total,
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

/** From each step to the first sight of it. */
export function delays(steps: readonly Step[], sights: readonly Step[]): number[] {
  const byChannel = Map.groupBy(sights, ({ channel }) => channel)
  return steps.flatMap(({ channel, atMs }) => {
    const first = byChannel.get(channel)?.find((sight) => sight.atMs >= atMs && sight.atMs < atMs + seenWithinMs)
    return first ? [first.atMs - atMs] : []
  })
}

/** NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
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

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
