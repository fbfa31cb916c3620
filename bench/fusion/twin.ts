/**
 * Thousands of simulated visits in all stores, and whether fusion does with them what an owner asks. Each store begins
 * with nothing but its data, whose mistakes it finds out as a real one would: from its journal and from reviews.
 */
import { type CauseRow, causeRows } from './causes.ts'
import { isRight, type LineOutcome } from './line-outcome.ts'
import { type Measures, measuresOf } from './measures.ts'
import type { RunPlan } from './run-plan.ts'
import type { RunResult } from './twin-run.ts'
import type { StuckRun } from './twin-worker.ts'
import { measureAll, senseAll } from './twin-workers.ts'

interface Options extends Pick<RunPlan, 'mix' | 'appliance' | 'seed' | 'visits'> {
  workers: number
  /** Whether to say why lines were wrong, in review or let go. */
  causes: boolean
  /** Folder in which what sensing told is kept. */
  keep: string | undefined
}

const stores = ['corner-shop', 'gs25-euljiro', 'emart24-gimpo']
/** Shelves are not filled up meanwhile, so a run ends before they are empty. */
const visitsInRun = 15
const mostAtOnce = 12
const targets = { wrongPerThousand: 2, reviewPerThousand: 50, letGo: 0.01, calibrationError: 0.03, p99Ms: 300 }

/** The same options draw the same visits, whatever the number of workers. */
export async function measureTwin(options: Options, asJson: boolean): Promise<void> {
  const plans = plansOf(options)
  const workers = { count: options.workers, keep: options.keep }
  if (options.keep !== undefined) await senseAll(plans, workers, progress('sensed', plans.length))
  const answers = await measureAll(plans, workers, progress('measured', plans.length))
  const results = answers.filter((answer): answer is RunResult => !('stuck' in answer))
  const stuck = answers.filter((answer): answer is StuckRun => 'stuck' in answer)
  const ofStores = stores.map((store) => ({
    store,
    ...measuresOf(results.filter(({ plan }) => plan.store === store)),
  }))
  const all = measuresOf(results)
  const wrong = wrongLines(results)
  const causes = options.causes ? causesOf(results) : []
  if (asJson) console.log(JSON.stringify({ ...all, targets, stores: ofStores, wrong, stuck, causes }))
  else {
    print(ofStores, all, wrong, stuck)
    printCauses(causes)
  }
}

function progress(what: string, runs: number): () => void {
  let done = 0
  return () => process.stderr.write(`\r${++done} of ${runs} runs ${what}${done === runs ? '\n' : ''}`)
}

function plansOf({ visits, seed, mix, appliance }: Options): RunPlan[] {
  return Array.from({ length: Math.ceil(visits / visitsInRun) }, (_, i) => ({
    store: stores[i % stores.length] as string,
    seed: seed * 1_000_000 + i,
    visits: Math.min(visitsInRun, visits - i * visitsInRun),
    crowd: 1 + ((Math.floor(i / stores.length) * 5) % mostAtOnce),
    mix,
    appliance,
    turn: Math.floor(i / stores.length),
  }))
}

type WrongLine = Pick<RunPlan, 'store' | 'seed' | 'visits' | 'crowd'> & LineOutcome

const wrongLines = (results: readonly RunResult[]): WrongLine[] =>
  results.flatMap(({ plan: { store, seed, visits, crowd }, lines }) =>
    lines
      .filter((line) => line.outcome === 'charge' && !isRight(line))
      .map((line) => ({ store, seed, visits, crowd, ...line })),
  )

function print(
  ofStores: readonly (Measures & { store: string })[],
  all: Measures,
  wrong: readonly WrongLine[],
  stuck: readonly StuckRun[],
): void {
  console.log(
    `${'store'.padEnd(14)} visits  lines  at once  wrong ‰  review ‰  let go %  calibration  line ms p50/p99  s/store hour`,
  )
  for (const row of [...ofStores, { store: 'all', ...all }]) console.log(rowOf(row))
  console.log('\nreliability: of lines stated with   mean   are right   lines')
  for (const { from, lines, stated, right } of all.reliability) {
    console.log(
      `${from.toFixed(3).padStart(30)} up  ${stated.toFixed(3)}     ${right.toFixed(3)}${String(lines).padStart(8)}`,
    )
  }
  for (const { store, seed, crowd, visitId, sku, quantity, trueQuantity, probability } of wrong.slice(0, 30)) {
    console.log(
      `wrong: ${store} seed ${seed} crowd ${crowd} ${visitId}: ${sku} × ${quantity}, really ${trueQuantity} (${probability})`,
    )
  }
  for (const { plan, stuck: why } of stuck)
    console.log(`not counted: ${plan.store} seed ${plan.seed} crowd ${plan.crowd}: ${why}`)
}

function causesOf(results: readonly RunResult[]): CauseRow[] {
  const lines = results.flatMap((result) => result.lines)
  const worthMinor = lines.reduce((sum, { trueQuantity, priceMinor }) => sum + trueQuantity * priceMinor, 0)
  return causeRows(
    results.flatMap(({ shortfalls }) => shortfalls),
    worthMinor,
  )
}

function printCauses(causes: readonly CauseRow[]): void {
  if (causes.length > 0) console.log(`\n${'cause'.padEnd(34)} wrong lines  review lines  let go %`)
  for (const { cause, wrongLines, reviewLines, letGo } of causes) {
    const cells = [
      String(wrongLines).padStart(11),
      String(reviewLines).padStart(13),
      (100 * letGo).toFixed(2).padStart(9),
    ]
    console.log(`${cause.padEnd(34)} ${cells.join(' ')}`)
  }
}

function rowOf({ store, ...measures }: Measures & { store: string }): string {
  const cells = [
    String(measures.visits).padStart(6),
    String(measures.chargedLines).padStart(6),
    String(measures.mostAtOnce).padStart(8),
    measures.wrongPerThousand.toFixed(2).padStart(8),
    measures.reviewPerThousand.toFixed(1).padStart(9),
    (100 * measures.letGo).toFixed(2).padStart(9),
    measures.calibrationError.toFixed(4).padStart(12),
    `${measures.lineDelayMs.p50.toFixed(0)}/${measures.lineDelayMs.p99.toFixed(0)}`.padStart(16),
    measures.secondsPerStoreHour.toFixed(0).padStart(13),
  ]
  return `${store.padEnd(14)} ${cells.join(' ')}`
}
