import { InvalidArgumentError } from 'commander'
import { ScenarioSchema } from '../../runtime/twin/scenario/scenario-schema.ts'
import type { AddCommand } from '../command.ts'
import { type PlayOptions, playScenarios } from '../play-scenarios.ts'

const addCommand: AddCommand = (program) => {
  program
    .command('scenario')
    .argument('[path]', 'a scenario, or a folder of scenarios', 'scenarios')
    .option('--seed <n>', 'instead of the scenarios’ own seeds', wholeNumber)
    .option('--seeds <n>', 'run each with so many seeds, from its first one upwards', wholeNumber, 1)
    .option('--flow <file>', "run this flow's wires headless instead of the library that the shipped flow is made of")
    .option('--trace', 'show also what really happened, and what weighing made of it')
    .option('--json', 'print nothing but the results, as one JSON object')
    .option('--schema', 'print the JSON Schema of a scenario')
    .description('play scenarios in the simulated store, in virtual time, and compare what comes out with what must')
    .action(async (path: string, options: PlayOptions & { schema?: boolean }) => {
      if (options.schema) console.log(JSON.stringify(ScenarioSchema, null, 2))
      else await playScenarios(path, options)
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.')
  return value
}

export default addCommand
