/**
 * `npm run chaos`: every trial of test/chaos at its whole length, with seeds that nobody has seen yet. Arguments go
 * to mocha: `npm run chaos -- test/chaos/disk.test.ts`; `CHAOS_SEED=N` repeats a run.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from '../build/build.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
await build(root, (line) => console.log(line))
const asked = process.argv.slice(2)
const files =
  asked.length > 0 ? asked : [...globSync('test/chaos/*.test.ts', { cwd: root }).sort(), 'test/e2e/kills.test.ts']
const { status } = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url)), ...files],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHAOS: 'whole', KILLS: process.env.KILLS ?? '20' },
  },
)
process.exitCode = status ?? 1
