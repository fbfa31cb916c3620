/**
 * `aisle bench weights --recordings DIR [--perturb SEED] [--json] [--verbose]`: replays every recording below DIR
 * through weighing and compares the events, as they stand at the end, with what really moved (`truth.json`; the rules
 * are in `weighing/scoring.ts`). It says of each missed event why.
 *
 * `--perturb SEED` replays the same acts under other circumstances drawn from SEED (`weighing/perturbation.ts`): what
 * is tuned to single recordings does worse there.
 *
 * `aisle bench weights --cost [--json]`: what weighing 850 plates at 60 Hz costs, as a share of one core.
 *
 * "Told after rest" is the time from the moment at which the plates had settled, as the event has it, until the batch
 * had been received with which it was told for the first time. Batches of 12 samples at 60 Hz make up to 0.2 s of it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { AisleError } from '../runtime/contract/errors.ts'
import { readRecording } from '../runtime/recording/recording.ts'
import { defaultParameters } from '../runtime/weighing/parameters.ts'
import { Weighing } from '../runtime/weighing/weighing.ts'
import { measureCost } from './weighing/cost.ts'
import { Perturbation } from './weighing/perturbation.ts'
import { type Answer, type Comparison, compare, type TrueEvent, trueEvents } from './weighing/scoring.ts'
import { type Category, meanings, whyMissed } from './weighing/why-missed.ts'

interface Tally {
  right: number
  told: number
  really: number
}

interface Missed {
  event: TrueEvent
  category: Category
  detail: string
}

interface Result extends Omit<Comparison, 'missed'> {
  name: string
  missed: Missed[]
  startMs: number
}

const classes = ['<20 g', '20-50 g', '50-200 g', '>200 g'] as const

export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      recordings: { type: 'string' },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      perturb: { type: 'string' },
      cost: { type: 'boolean', default: false },
    },
  })
  if (values.cost) return printCost(values.json)
  const folders = recordingFolders(values.recordings ?? '../shared/recordings')
  const results: Result[] = []
  for (const folder of folders) results.push(await replay(folder, values.perturb))
  if (values.json) console.log(JSON.stringify(summary(results)))
  else print(results, values.verbose)
}

function recordingFolders(directory: string): string[] {
  if (existsSync(join(directory, 'recording.json'))) return [directory]
  const folders = existsSync(directory)
    ? readdirSync(directory)
        .sort()
        .map((name) => join(directory, name))
        .filter((folder) => existsSync(join(folder, 'recording.json')))
    : []
  if (folders.length > 0) return folders
  throw new AisleError('no-recordings', 'There is no recording.', {
    where: directory,
    action: 'Give --recordings a folder with recording.json in it, or a folder of such folders.',
  })
}

async function replay(folder: string, seed: string | undefined): Promise<Result> {
  const recording = await readRecording(folder)
  const { storeId, plates } = recording.layout
  const { startMs } = recording
  const name = basename(folder)
  const perturbation = seed === undefined ? null : new Perturbation(`${seed} ${name}`, startMs)
  const weighing = new Weighing({ storeId, plates })
  const answers = new Map<string, Answer>()
  for (const arrival of recording.arrivals) {
    if (arrival.kind !== 'samples') continue
    const batch = perturbation?.batch(arrival.batch) ?? arrival.batch
    for (const event of weighing.push(batch, perturbation?.arrivedAtMs(arrival.arrivedAtMs) ?? arrival.arrivedAtMs)) {
      const firstToldAtMs = answers.get(event.eventId)?.firstToldAtMs ?? event.receivedAtMs
      answers.set(event.eventId, { event, firstToldAtMs })
    }
  }
  const told = [...answers.values()].filter(({ event }) => event.kind !== 'withdrawn')
  const truth = readTruth(folder).map((event) => perturbation?.truth(event) ?? event)
  const { pairs, missed, wrong } = compare(truth, told)
  const { lightestItemG } = defaultParameters
  const explained = missed.map((event) => ({ event, ...whyMissed(event, truth, told, lightestItemG) }))
  return { name, startMs, pairs, missed: explained, wrong }
}

const readTruth = (folder: string): TrueEvent[] =>
  trueEvents(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')).events)

function printCost(asJson: boolean): void {
  const cost = measureCost(850, 60, 60)
  if (asJson) console.log(JSON.stringify(cost))
  else console.log(`${cost.plates} plates at ${cost.rateHz} Hz: ${(100 * cost.coreShare).toFixed(1)} % of a core`)
}

function classOf(deltaG: number): (typeof classes)[number] {
  const g = Math.abs(deltaG)
  return g < 20 ? '<20 g' : g < 50 ? '20-50 g' : g <= 200 ? '50-200 g' : '>200 g'
}

function tally(results: readonly Result[], isCounted: (deltaG: number) => boolean = () => true): Tally {
  const pairs = results.flatMap((result) => result.pairs).filter(({ truth }) => isCounted(truth.deltaG)).length
  const missed = results.flatMap((result) => result.missed).filter(({ event }) => isCounted(event.deltaG)).length
  const wrong = results.flatMap((result) => result.wrong).filter(({ event }) => isCounted(event.deltaG)).length
  return { right: pairs, told: pairs + wrong, really: pairs + missed }
}

const rates = ({ right, told, really }: Tally) => ({
  precision: told === 0 ? 1 : right / told,
  recall: really === 0 ? 1 : right / really,
  right,
  told,
  really,
})

/** How long after the plates were at rest an event was first told: median, 95th percentile, longest. */
function delaysMs(results: readonly Result[]) {
  const delays = results
    .flatMap(({ pairs }) => pairs.map(({ answer }) => answer.firstToldAtMs - answer.event.settledAtMs))
    .sort((a, b) => a - b)
  const at = (share: number) => Math.round(delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? 0)
  return { median: at(0.5), p95: at(0.95), longest: at(1) }
}

function summary(results: readonly Result[]) {
  return {
    ...rates(tally(results)),
    toldAfterRestMs: delaysMs(results),
    byWeight: Object.fromEntries(classes.map((name) => [name, rates(tally(results, (g) => classOf(g) === name))])),
    missed: results.flatMap(({ name, startMs, missed }) =>
      missed.map(({ event, category, detail }) => ({
        ...{ recording: name, atS: (event.t1Ms - startMs) / 1000, deltaG: event.deltaG, plates: event.plates },
        ...{ why: category, detail },
      })),
    ),
    recordings: Object.fromEntries(results.map((result) => [result.name, rates(tally([result]))])),
  }
}

function print(results: readonly Result[], verbose: boolean): void {
  const row = (name: string, counts: Tally) => {
    const { precision, recall, right, told, really } = rates(counts)
    const figures = `${precision.toFixed(3).padStart(10)}${recall.toFixed(3).padStart(8)}`
    console.log(`${name.padEnd(24)}${figures}   ${right} right of ${told} told, ${really} true`)
  }
  console.log(`${'recording'.padEnd(24)} precision  recall`)
  for (const result of results) {
    row(result.name, tally([result]))
    explain(result, verbose)
  }
  for (const name of classes)
    row(
      name,
      tally(results, (g) => classOf(g) === name),
    )
  row('in all', tally(results))
  printReasons(results)
  const { median, p95, longest } = delaysMs(results)
  console.log(`told after rest: median ${median} ms, 95 % within ${p95} ms, all within ${longest} ms`)
}

function printReasons(results: readonly Result[]): void {
  const byCategory = Map.groupBy(
    results.flatMap(({ missed }) => missed),
    ({ category }) => category,
  )
  if (byCategory.size > 0) console.log('missed, and why:')
  for (const [category, missed] of byCategory) console.log(`  ${missed.length} ${category}: ${meanings[category]}`)
}

function explain({ missed, wrong, startMs }: Result, verbose: boolean): void {
  const seconds = (atMs: number) => ((atMs - startMs) / 1000).toFixed(2)
  for (const { event, category, detail } of missed) {
    const when = `${seconds(event.t0Ms)}-${seconds(event.t1Ms)} s`
    console.log(`  missed ${event.deltaG.toFixed(1)} g, ${event.plates.join(' ')}, ${when}: ${category}; ${detail}`)
  }
  for (const { event } of verbose ? wrong : []) {
    const when = `${seconds(event.startedAtMs)}-${seconds(event.settledAtMs)} s`
    const plates = event.plates.map(({ plate, deltaG }) => `${plate} ${deltaG}`).join(', ')
    console.log(`  wrong  ${event.deltaG} g (sigma ${event.sigmaG}), ${plates}, ${when}, revision ${event.revision}`)
  }
}
