/** `aisle scenario`: plays scenarios one after the other and says what came out. */
import { AisleError } from '../runtime/contract/errors.ts'
import { mismatches } from '../runtime/twin/scenario/expectations.ts'
import { fitScenario, readScenario, scenarioFiles } from '../runtime/twin/scenario/load-scenario.ts'
import { runScenario, type ScenarioRun } from '../runtime/twin/scenario/run-scenario.ts'
import { reportOf, type ScenarioResult, statusOf, summaryOf } from '../runtime/twin/scenario/scenario-report.ts'
import type { Scenario } from '../runtime/twin/scenario/scenario-schema.ts'
import { storeShelf, type TwinStore } from '../runtime/twin/scenario/scenario-store.ts'
import { traceScenario } from '../runtime/twin/scenario/trace.ts'
import { runThroughWires, runThroughWiresApart } from './scenario-wires.ts'
import { storeDirectories } from './store-options.ts'

export interface PlayOptions {
  seed?: number
  seeds: number
  flow?: string
  trace?: boolean
  json?: boolean
}

export async function playScenarios(path: string, options: PlayOptions): Promise<void> {
  const { seeds, flow, trace, json } = options
  const files = await scenarioFiles(path)
  const storeOf = storeShelf((profile) => storeDirectories({ profile, data: '' }).profileDirectory)
  const results: ScenarioResult[] = []
  const problems: string[] = []
  // Node-RED runs once in a process.
  const isOnly = files.length === 1 && seeds === 1
  for (const file of files) {
    try {
      const scenario = await readScenario(file)
      const store = await storeOf(scenario)
      fitScenario(scenario, store.loaded, file)
      const firstSeed = options.seed ?? scenario.seed
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const result =
          flow !== undefined && !isOnly
            ? await runThroughWiresApart(file, flow, seed)
            : await played(file, { scenario, store, seed, flow })
        results.push(result)
        if (!json) console.log(reportOf(result))
        if (trace && !json) console.log(traceScenario(scenario, store, seed).join('\n'))
      }
    } catch (error) {
      // One file that is wrong does not hide what the others say.
      if (!(error instanceof AisleError)) throw error
      problems.push(error.sentence)
      if (!json) console.log(`wrong   ${error.sentence}`)
    }
  }
  const { counts, text } = summaryOf(results, problems.length)
  const shown = results.map((result) => ({ ...result, status: statusOf(result) }))
  console.log(json ? JSON.stringify({ ...counts, problems, scenarios: shown }) : text)
  if (counts.failed > 0) process.exitCode = 1
}

interface Play {
  scenario: Scenario
  store: TwinStore
  seed: number
  flow: string | undefined
}

async function played(file: string, { scenario, store, seed, flow }: Play): Promise<ScenarioResult> {
  const startedMs = performance.now()
  const run: ScenarioRun =
    flow === undefined ? runScenario(scenario, store, seed) : await runThroughWires(scenario, store, seed, flow)
  const nameOf = (sku: string) => store.loaded.layout.products.find((product) => product.sku === sku)?.name ?? sku
  return {
    ...{ file, title: scenario.title, seed, known: scenario.known ?? null },
    mismatches: mismatches(scenario, run, nameOf),
    ...{ storeMs: run.durationMs, tookMs: performance.now() - startedMs, visits: run.visits },
  }
}
