/** `npm run check`: the type checker and the linter, as they must pass before a commit. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const checks = [
  ['tsc', '-p', 'tsconfig.json'],
  ['tsc', '-p', 'tsconfig.web.json', '--noEmit'],
  ['biome', 'check', '.'],
] as const
const failed = checks.filter(([tool, ...args]) => {
  console.log(`${tool} ${args.join(' ')}`)
  return spawnSync(tool, args, { cwd: root, stdio: 'inherit' }).status !== 0
})
process.exitCode = failed.length > 0 ? 1 : 0
