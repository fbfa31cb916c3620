/**
 * `aisle bench fusion --recordings DIR [--json]`: receipts against the truth of labelled recordings.
 *
 * `aisle bench fusion --twin [--visits N] [--seed S] [--workers W] [--mix demonstration|lively]
 * [--appliance good|poor|over-confident] [--causes] [--keep DIR] [--json]`: N visits of simulated shoppers in virtual time,
 * in every store that comes with Open Aisle; 10,000 of them take hours. `--causes` says why lines were wrong, in review
 * or let go. A store goes on from run to run, so there is work for one worker for each store at most. With `--keep`, what
 * sensing told in each run is kept in a folder first, by all workers: the same visits are measured again after a change to
 * fusion in a third of the time. Whoever changes the twin, weighing or a profile's data begins a new folder.
 *
 * `aisle bench fusion --twin --vision [--visits N] [--seed S] [--mix …] [--appliance …] [--json]`: receipts from the
 * store's own cameras, rendered and looked at, against those from an appliance's tracks, for the same visits.
 *
 * `aisle bench fusion --cost [--json]`: what fusion costs against shoppers and plates.
 */
import { parseArgs } from 'node:util'
import { AisleError } from '../runtime/contract/errors.ts'
import { measureCost } from './fusion/cost.ts'
import { measureRecordings } from './fusion/recordings.ts'
import { appliances, isOneOf, runMixes } from './fusion/run-plan.ts'
import { measureTwin } from './fusion/twin.ts'
import { measureVision } from './fusion/vision.ts'

/** @throws AisleError `bench-needs-recordings` */
export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      recordings: { type: 'string' },
      twin: { type: 'boolean', default: false },
      cost: { type: 'boolean', default: false },
      visits: { type: 'string' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      mix: { type: 'string', default: 'lively' },
      appliance: { type: 'string', default: 'good' },
      causes: { type: 'boolean', default: false },
      keep: { type: 'string' },
      vision: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { mix, appliance, causes, keep, json } = values
  if (values.cost) return measureCost(json)
  if (!values.twin) return measureRecordings(values.recordings ?? '', json)
  if (!isOneOf(runMixes, mix) || !isOneOf(appliances, appliance)) {
    throw new AisleError('bench-option-unknown', 'There is no such mix of shoppers, or appliance.', {
      action: `Give one of ${Object.keys(runMixes).join(', ')}, and one of ${Object.keys(appliances).join(', ')}.`,
    })
  }
  const [seed, workers] = [Number(values.seed), Number(values.workers)]
  // Pictures take their time.
  const visits = Number(values.visits ?? (values.vision ? 12 : 300))
  if (values.vision) return measureVision({ visits, seed, mix, appliance }, json)
  await measureTwin({ visits, seed, workers, mix, appliance, causes, keep }, json)
}
