/**
 * `aisle bench weights --recordings DIR [--json] [--verbose]`: replays every recording below DIR through weighing
 * and compares the events, as they stand at the end, with what really moved (`truth.json`).
 *
 * An event is right when it has
 * - the right plates: the plate with the largest change is one of the truth's, and plates that the truth does
 *   not name carry no more than 10 % of the change (plates that the truth names may be absent: their share
 *   then lacks in the weight);
 * - the right weight: off by no more than 3 g or 3 %, whichever is more;
 * - the right time: settled within 0.5 s of the truth's `t1`.
 * Items that moved at one moment (`t1` within 0.5 s) from a common plate count as one event of their sum.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { AisleError } from '../runtime/contract/errors.ts'
import type { WeightEvent } from '../runtime/contract/messages.ts'
import { readRecording } from '../runtime/recording/recording.ts'
import { Weighing } from '../runtime/weighing/weighing.ts'

interface TrueEvent {
  t0Ms: number
  t1Ms: number
  deltaG: number
  plates: string[]
}

interface Answer {
  event: WeightEvent
  firstToldAtMs: number
}

interface Tally {
  right: number
  told: number
  really: number
}

interface Result {
  name: string
  pairs: { truth: TrueEvent; answer: Answer }[]
  missed: TrueEvent[]
  wrong: Answer[]
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
    },
  })
  const folders = recordingFolders(values.recordings ?? '../shared/recordings')
  const results: Result[] = []
  for (const folder of folders) results.push(await replay(folder))
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

async function replay(folder: string): Promise<Result> {
  const recording = await readRecording(folder)
  const { storeId, plates } = recording.layout
  const weighing = new Weighing({ storeId, plates })
  const answers = new Map<string, Answer>()
  for (const arrival of recording.arrivals) {
    if (arrival.kind !== 'samples') continue
    for (const event of weighing.push(arrival.batch, arrival.arrivedAtMs)) {
      const firstToldAtMs = answers.get(event.eventId)?.firstToldAtMs ?? event.receivedAtMs
      answers.set(event.eventId, { event, firstToldAtMs })
    }
  }
  const told = [...answers.values()].filter(({ event }) => event.kind !== 'withdrawn')
  return { name: basename(folder), startMs: recording.startMs, ...compare(readTruth(folder), told) }
}

function readTruth(folder: string): TrueEvent[] {
  const { events } = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as {
    events: { t0: number; t1: number; delta_g: number; plates: string[] }[]
  }
  const joined: TrueEvent[] = []
  for (const { t0, t1, delta_g, plates } of events) {
    const event = { t0Ms: t0 * 1000, t1Ms: t1 * 1000, deltaG: delta_g, plates }
    const same = joined.find(
      (other) => Math.abs(other.t1Ms - event.t1Ms) <= 500 && other.plates.some((plate) => plates.includes(plate)),
    )
    if (!same) joined.push(event)
    else {
      same.t0Ms = Math.min(same.t0Ms, event.t0Ms)
      same.t1Ms = Math.max(same.t1Ms, event.t1Ms)
      same.deltaG += event.deltaG
      same.plates = [...new Set([...same.plates, ...plates])]
    }
  }
  return joined
}

function compare(truth: readonly TrueEvent[], answers: readonly Answer[]) {
  const candidates = truth
    .flatMap((event) => answers.map((answer) => ({ truth: event, answer })))
    .filter(({ truth, answer }) => faults(truth, answer.event).length === 0)
    .sort((a, b) => errorG(a.truth, a.answer.event) - errorG(b.truth, b.answer.event))
  const pairs: Result['pairs'] = []
  for (const candidate of candidates) {
    const used = pairs.some((pair) => pair.truth === candidate.truth || pair.answer === candidate.answer)
    if (!used) pairs.push(candidate)
  }
  return {
    pairs,
    missed: truth.filter((event) => !pairs.some((pair) => pair.truth === event)),
    wrong: answers.filter((answer) => !pairs.some((pair) => pair.answer === answer)),
  }
}

const errorG = (truth: TrueEvent, event: WeightEvent) => Math.abs(event.deltaG - truth.deltaG)

function faults(truth: TrueEvent, event: WeightEvent): string[] {
  const found: string[] = []
  if (!hasRightPlates(truth, event)) found.push('other plates')
  if (errorG(truth, event) > Math.max(3, 0.03 * Math.abs(truth.deltaG))) {
    found.push(`${(event.deltaG - truth.deltaG).toFixed(1)} g off`)
  }
  const lateMs = event.settledAtMs - truth.t1Ms
  if (!(Math.abs(lateMs) <= 500)) found.push(`settled ${(lateMs / 1000).toFixed(2)} s off`)
  return found
}

function hasRightPlates(truth: TrueEvent, event: WeightEvent): boolean {
  const main = event.plates.toSorted((a, b) => Math.abs(b.deltaG) - Math.abs(a.deltaG))[0]
  const foreignG = event.plates
    .filter(({ plate }) => !truth.plates.includes(plate))
    .reduce((sum, { deltaG }) => sum + Math.abs(deltaG), 0)
  return main !== undefined && truth.plates.includes(main.plate) && foreignG <= 0.1 * Math.abs(event.deltaG)
}

/** Why nothing matched: the nearest event on a common plate, or that there is none. */
function whyMissed(missed: TrueEvent, answers: readonly Answer[]): string {
  const near = answers
    .filter(({ event }) => event.plates.some(({ plate }) => missed.plates.includes(plate)))
    .sort((a, b) => Math.abs(a.event.settledAtMs - missed.t1Ms) - Math.abs(b.event.settledAtMs - missed.t1Ms))[0]
  if (!near || Math.abs(near.event.settledAtMs - missed.t1Ms) > 5000) return 'nothing told'
  return `told ${near.event.deltaG} g: ${faults(missed, near.event).join(', ') || 'matched another'}`
}

function classOf(deltaG: number): (typeof classes)[number] {
  const g = Math.abs(deltaG)
  return g < 20 ? '<20 g' : g < 50 ? '20-50 g' : g <= 200 ? '50-200 g' : '>200 g'
}

function tally(results: readonly Result[], isCounted: (deltaG: number) => boolean = () => true): Tally {
  const pairs = results.flatMap((result) => result.pairs).filter(({ truth }) => isCounted(truth.deltaG)).length
  const missed = results.flatMap((result) => result.missed).filter((truth) => isCounted(truth.deltaG)).length
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
    if (verbose) explain(result)
  }
  for (const name of classes)
    row(
      name,
      tally(results, (g) => classOf(g) === name),
    )
  row('in all', tally(results))
  const { median, p95, longest } = delaysMs(results)
  console.log(`told after rest: median ${median} ms, 95 % within ${p95} ms, all within ${longest} ms`)
}

function explain({ missed, wrong, pairs, startMs }: Result): void {
  const seconds = (atMs: number) => ((atMs - startMs) / 1000).toFixed(2)
  const answers = [...wrong, ...pairs.map(({ answer }) => answer)]
  for (const event of missed) {
    const when = `${seconds(event.t0Ms)}-${seconds(event.t1Ms)} s`
    console.log(`  missed ${event.deltaG} g, ${event.plates.join(' ')}, ${when}: ${whyMissed(event, answers)}`)
  }
  for (const { event } of wrong) {
    const when = `${seconds(event.startedAtMs)}-${seconds(event.settledAtMs)} s`
    const plates = event.plates.map(({ plate, deltaG }) => `${plate} ${deltaG}`).join(', ')
    console.log(`  wrong  ${event.deltaG} g (sigma ${event.sigmaG}), ${plates}, ${when}, revision ${event.revision}`)
  }
}
