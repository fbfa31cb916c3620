/** `aisle bench vision --tracking …`, `--detection …` or `--throughput …`: see `vision-tracking.ts` and so on. */
import { parseArgs } from 'node:util'
import { AisleError } from '../runtime/contract/errors.ts'
import { measureDetection } from './vision-detection.ts'
import { measureThroughput } from './vision-throughput.ts'
import { measureTracking } from './vision-tracking.ts'

/** @throws AisleError `bench-option-unknown` */
export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tracking: { type: 'boolean', default: false },
      detection: { type: 'boolean', default: false },
      throughput: { type: 'boolean', default: false },
      pictures: { type: 'string', default: '240' },
      seconds: { type: 'string' },
      seeds: { type: 'string', default: '2' },
      shoppers: { type: 'string', default: '1,2,4,8' },
      detector: { type: 'string', default: 'rendered' },
      media: { type: 'string' },
      runs: { type: 'string', default: '3' },
      cameras: { type: 'string', default: '30' },
      rate: { type: 'string', default: '10' },
      stock: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const { detector, media, json, stock } = values
  if (values.tracking) {
    const shoppers = values.shoppers.split(',').map(Number)
    await measureTracking(
      {
        seconds: Number(values.seconds ?? 20),
        seeds: Number(values.seeds),
        shoppers,
        detector,
        media,
        rate: Number(values.rate),
      },
      json,
    )
  } else if (values.detection) {
    await measureDetection(Number(values.pictures), json)
  } else if (values.throughput) {
    await measureThroughput(
      {
        seconds: Number(values.seconds ?? 5),
        runs: Number(values.runs),
        cameras: Number(values.cameras),
        rate: Number(values.rate),
        stock,
      },
      json,
    )
  } else {
    throw new AisleError('bench-option-unknown', 'It does not say what of the vision is to be measured.', {
      action: 'Give --tracking, --detection or --throughput.',
    })
  }
}
