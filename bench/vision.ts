/** `aisle bench vision --tracking …`: see `vision-tracking.ts`. */
import { parseArgs } from 'node:util'
import { AisleError } from '../runtime/contract/errors.ts'
import { measureTracking } from './vision-tracking.ts'

/** @throws AisleError `bench-option-unknown` */
export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tracking: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '60' },
      seeds: { type: 'string', default: '2' },
      shoppers: { type: 'string', default: '1,2,4,8' },
      detector: { type: 'string', default: 'simulated' },
      json: { type: 'boolean', default: false },
    },
  })
  if (!values.tracking) {
    throw new AisleError('bench-option-unknown', 'It does not say what of the vision is to be measured.', {
      action: 'Give --tracking.',
    })
  }
  const { detector, json } = values
  const shoppers = values.shoppers.split(',').map(Number)
  await measureTracking({ seconds: Number(values.seconds), seeds: Number(values.seeds), shoppers, detector }, json)
}
