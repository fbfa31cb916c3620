import { InvalidArgumentError } from 'commander'
import { AisleError } from '../../runtime/contract/errors.ts'
import { mismatches } from '../../runtime/twin/scenario/expectations.ts'
import { fitScenario, readScenario, scenarioFiles } from '../../runtime/twin/scenario/load-scenario.ts'
import { runScenario } from '../../runtime/twin/scenario/run-scenario.ts'
import { reportOf, type ScenarioResult, statusOf, summaryOf } from '../../runtime/twin/scenario/scenario-report.ts'
import { ScenarioSchema } from '../../runtime/twin/scenario/scenario-schema.ts'
import { storeShelf } from '../../runtime/twin/scenario/scenario-store.ts'
import { traceScenario } from '../../runtime/twin/scenario/trace.ts'
import type { AddCommand } from '../command.ts'
import { storeDirectories } from '../store-options.ts'

interface Options {
  seeds: number
  json?: boolean
  schema?: boolean
  trace?: boolean
}

const addCommand: AddCommand = (program) => {
  program
    .command('scenario')
    .argument('[path]', 'a scenario, or a folder of scenarios', 'scenarios')
    .option('--seeds <n>', 'run each with so many seeds, from its own one upwards', wholeNumber, 1)
    .option('--trace', 'show also what really happened, and what weighing made of it')
    .option('--json', 'print nothing but the results, as one JSON object')
    .option('--schema', 'print the JSON Schema of a scenario')
    .description('play scenarios in the simulated store, in virtual time, and compare what comes out with what must')
    .action(async (path: string, options: Options) => {
      if (options.schema) console.log(JSON.stringify(ScenarioSchema, null, 2))
      else await play(path, options)
    })
}

async function play(path: string, { seeds, json, trace }: Options): Promise<void> {
  const results: ScenarioResult[] = []
  const storeOf = storeShelf((profile) => storeDirectories({ profile, data: '' }).profileDirectory)
  const problems: string[] = []
  for (const file of await scenarioFiles(path)) {
    try {
      const scenario = await readScenario(file)
      const store = await storeOf(scenario)
      fitScenario(scenario, store.loaded, file)
      for (let seed = scenario.seed; seed < scenario.seed + seeds; seed++) {
        const startedMs = performance.now()
        const run = runScenario(scenario, store, seed)
        const nameOf = (sku: string) => store.loaded.layout.products.find((product) => product.sku === sku)?.name ?? sku
        const result = {
          ...{ file, title: scenario.title, seed, known: scenario.known ?? null },
          mismatches: mismatches(scenario, run, nameOf),
          ...{ storeMs: run.durationMs, tookMs: performance.now() - startedMs, visits: run.visits },
        }
        results.push(result)
        if (!json) console.log(reportOf(result))
        if (trace && !json) console.log(traceScenario(scenario, store, seed).join('\n'))
      }
    } catch (error) {
      // One file that is wrong does not hide what the others say.
      if (!(error instanceof AisleError)) throw error
      problems.push(error.sentence)
      if (!json) console.log(`wrong  ${error.sentence}`)
    }
  }
  const summary = summaryOf(results, problems.length)
  if (json) {
    const shown = results.map((result) => ({ ...result, status: statusOf(result) }))
    console.log(JSON.stringify({ ...summary.counts, problems, scenarios: shown }))
  } else console.log(summary.text)
  if (summary.counts.failed > 0) process.exitCode = 1
}

function wholeNumber(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 1000.')
  }
  return count
}

export default addCommand
