/** The `aisle` command line: one file per command in `commands/`, found by scanning. */
import { readdirSync } from 'node:fs'
import { Command } from 'commander'
import { AisleError } from '../runtime/contract/errors.ts'
import type { AddCommand } from './command.ts'

const program = new Command('aisle')
  .description('Open Aisle: a low-code platform for unmanned stores')
  .showHelpAfterError()
const folder = new URL('./commands/', import.meta.url)
for (const file of readdirSync(folder).sort()) {
  const { default: addCommand } = (await import(new URL(file, folder).href)) as { default: AddCommand }
  addCommand(program)
}
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof AisleError)) throw error
  console.error(`aisle: ${error.sentence}`)
  process.exitCode = 1
}
