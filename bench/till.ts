/**
 * `aisle bench till [--seconds N] [--json]`: whole visits a minute, how soon the receipt comes after the decision, and
 * durable journal entries a second beside bare better-sqlite3 on the same disk in the same run.
 */
import { parseArgs } from 'node:util'
import { measureDurableEvents } from './till/durable-events.ts'
import { measureVisits } from './till/visits.ts'

export default async function bench(args: string[]): Promise<void> {
  const options = { seconds: { type: 'string', default: '20' }, json: { type: 'boolean' } } as const
  const { values } = parseArgs({ args, options })
  const seconds = Number(values.seconds)
  const visits = await measureVisits(seconds)
  const durableEvents = []
  for (const batch of [1, 20, 100]) durableEvents.push(await measureDurableEvents(batch, seconds / 3))
  if (values.json) return console.log(JSON.stringify({ visits, durableEvents }))
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  console.log(
    `${whole(visits.perMinute)} visits a minute (${whole(visits.perMinuteOfOneCore)} by the processor time of one core), ` +
      `${visits.charges} charges for ${visits.visits} visits`,
  )
  console.log(`decision to receipt: p50 ${whole(visits.receiptP50Ms)} ms, p99 ${whole(visits.receiptP99Ms)} ms`)
  for (const { batch, oursPerS, barePerS, ratio, oursP99Ms } of durableEvents) {
    console.log(
      `durable events in batches of ${String(batch).padStart(3)}: ${whole(oursPerS)}/s, bare better-sqlite3 ` +
        `${whole(barePerS)}/s, ratio ${ratio.toFixed(2)}, p99 ${whole(oursP99Ms)} ms`,
    )
  }
}
