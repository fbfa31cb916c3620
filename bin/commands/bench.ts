/** `aisle bench NAME …`: runs a benchmark of `bench/`; what follows the name is the benchmark's own. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { AisleError } from '../../runtime/contract/errors.ts'
import { root } from '../store-options.ts'

export default function addBench(program: Command): void {
  program
    .command('bench <name> [args...]')
    .description(
      'measure: weights or fusion --recordings DIR, plates, twin, till, vision --tracking or --throughput [--json]',
    )
    .allowUnknownOption()
    .action(async (name: string, args: string[]) => {
      const file = join(root, 'bench', `${name}.ts`)
      if (!/^[a-z-]+$/.test(name) || !existsSync(file)) throw await unknownBenchmark(name)
      const { default: bench } = (await import(file)) as { default: (args: string[]) => Promise<void> }
      await bench(args)
    })
}

async function unknownBenchmark(name: string): Promise<AisleError> {
  const files = await readdir(join(root, 'bench'))
  const known = files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -3))
  return new AisleError('bench-unknown', `There is no benchmark ${name}.`, { action: `There are ${known.join(', ')}.` })
}
