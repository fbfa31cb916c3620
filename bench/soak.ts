/**
 * `aisle bench soak [--minutes N] [--plates N] [--rate HZ] [--json]`: an hour of a large, busy store through weighing,
 * as fast as it goes (some minutes), with the heap after a full collection at twelve times and its slope.
 */
import { parseArgs } from 'node:util'
import { soak } from './weighing/soak.ts'

export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '60' },
      plates: { type: 'string', default: '850' },
      rate: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
    },
  })
  const options = { plates: Number(values.plates), rateHz: Number(values.rate), minutes: Number(values.minutes) }
  const result = soak(options)
  if (values.json) return console.log(JSON.stringify({ ...options, ...result }))
  console.log(`${options.plates} plates at ${options.rateHz} Hz, ${options.minutes} min, ${result.events} messages`)
  console.log(`heap: ${result.heapMiB.map((mib) => mib.toFixed(1)).join(' ')} MiB`)
  console.log(`slope of the second half: ${result.slopeMiBPerHour.toFixed(2)} MiB an hour`)
}
