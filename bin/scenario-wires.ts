/** Scenarios through the wires of a flow, headless. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from '../build/build.ts'
import { AisleError } from '../runtime/contract/errors.ts'
import { misplacedOf, prepareScenario, type ScenarioRun } from '../runtime/twin/scenario/run-scenario.ts'
import type { ScenarioResult } from '../runtime/twin/scenario/scenario-report.ts'
import type { Scenario } from '../runtime/twin/scenario/scenario-schema.ts'
import type { TwinStore } from '../runtime/twin/scenario/scenario-store.ts'
import { root } from './store-options.ts'

const aisle = fileURLToPath(new URL('./aisle.ts', import.meta.url))

/**
 * In this process, once.
 * @throws AisleError `scenario-policy` for one whose line rules are its own: those of a flow are in its nodes
 */
export async function runThroughWires(
  scenario: Scenario,
  twin: TwinStore,
  seed: number,
  flowFile: string,
): Promise<ScenarioRun> {
  if (scenario.policy?.lines) {
    throw new AisleError('scenario-policy', `"${scenario.title}" has line rules of its own, the flow has others.`, {
      action: 'Run it without --flow, or in a flow that has these rules.',
    })
  }
  // Standard output belongs to the results.
  await build(root, (line) => console.error(line))
  const { playThroughWires } = await import('../nodes/host/replay-flow.ts')
  const { input, conclude } = prepareScenario(scenario, twin, seed)
  const { visits, stockMoves } = await playThroughWires(input, flowFile)
  const homes = new Map(input.layout.planogram.map(({ sku, plates }) => [sku, plates]))
  return conclude(visits, misplacedOf(stockMoves.filter(({ sku, plate }) => !homes.get(sku)?.includes(plate))))
}

/** In a process of its own. */
export async function runThroughWiresApart(file: string, flowFile: string, seed: number): Promise<ScenarioResult> {
  const args = [aisle, 'scenario', file, '--flow', flowFile, '--seed', String(seed), '--json']
  const output = await new Promise<string>((resolve) => {
    // It ends with 1 when the scenario fails: the output says so, too.
    execFile(process.execPath, args, { maxBuffer: 64e6 }, (_error, stdout, stderr) => resolve(stdout || stderr))
  })
  const { scenarios, problems } = parsed(output, file)
  const [result] = scenarios
  if (result) return result
  throw new AisleError('scenario-invalid', problems.join(' '), { action: 'Correct it, or run it without --flow.' })
}

/** @throws AisleError `scenario-run-failed` with what it said last */
function parsed(output: string, file: string): { scenarios: ScenarioResult[]; problems: string[] } {
  try {
    return JSON.parse(output)
  } catch (cause) {
    throw new AisleError('scenario-run-failed', `Its run through the wires broke off: ${output.slice(-500)}`, {
      where: file,
      action: 'Run this scenario alone to see why.',
      cause,
    })
  }
}
