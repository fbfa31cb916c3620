/**
 * `aisle bench till [--seconds N] [--json]`: whole visits a minute, how soon the receipt comes after the decision, and
 * durable events a second beside bare better-sqlite3 with as many rows in a transaction, on the same disk in the same
 * run.
 */
import { parseArgs } from 'node:util'
import { type DurableEvents, measureDurableEvents, type RateFigures, type Sending } from './till/durable-events.ts'
import { measureVisits } from './till/visits.ts'

const sendings: readonly Sending[] = [
  { inCommand: 1, inFlight: 1 },
  { inCommand: 1, inFlight: 100 },
  { inCommand: 20, inFlight: 1 },
  { inCommand: 100, inFlight: 1 },
  { inCommand: 100, inFlight: 8 },
  { inCommand: 100, inFlight: 32 },
]
/** Target 5: of bare better-sqlite3, in whichever of the sendings are acknowledged soon enough. */
const target = { shareOfBare: 0.8, p99Ms: 100 }

export default async function bench(args: string[]): Promise<void> {
  const options = { seconds: { type: 'string', default: '20' }, json: { type: 'boolean' } } as const
  const { values } = parseArgs({ args, options })
  const seconds = Number(values.seconds)
  const visits = await measureVisits(seconds)
  const durableEvents: DurableEvents[] = []
  for (const sending of sendings) durableEvents.push(await measureDurableEvents(sending, seconds / 2))
  const best = bestOf(durableEvents)
  if (values.json)
    return console.log(JSON.stringify({ visits, durableEvents, target, reached: best >= target.shareOfBare }))
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  console.log(
    `${whole(visits.perMinute)} visits a minute (${whole(visits.perMinuteOfOneCore)} by the processor time of one core), ` +
      `${visits.charges} charges for ${visits.visits} visits`,
  )
  console.log(`decision to receipt: p50 ${whole(visits.receiptP50Ms)} ms, p99 ${whole(visits.receiptP99Ms)} ms`)
  for (const { inCommand, inFlight, inTransaction, ours, bare, chained, p50Ms, p99Ms } of durableEvents) {
    const against = ({ perS, processorUs }: RateFigures) =>
      `${whole(perS)}/s, ratio ${(ours.perS / perS).toFixed(2)}, ${processorUs.toFixed(1)} µs`
    console.log(
      `${inCommand} event${inCommand === 1 ? '' : 's'} a command, ${inFlight} under way: ${whole(ours.perS)} durable events/s, ` +
        `acknowledged after p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; ` +
        `${inTransaction.toFixed(inTransaction < 10 ? 1 : 0)} in a transaction, ${ours.processorUs.toFixed(1)} µs of processor an event`,
    )
    console.log(
      `  bare better-sqlite3, as many in a transaction: ${against(bare)}; with SHA-256 over each: ${against(chained)}`,
    )
  }
  console.log(
    `target: at least ${target.shareOfBare} of bare better-sqlite3, acknowledged within ${target.p99Ms} ms (p99): ` +
      `${best.toFixed(2)}, ${best >= target.shareOfBare ? 'reached' : 'not reached'}`,
  )
}

const bestOf = (all: readonly DurableEvents[]) =>
  Math.max(0, ...all.filter(({ p99Ms }) => p99Ms < target.p99Ms).map(({ ours, bare }) => ours.perS / bare.perS))
