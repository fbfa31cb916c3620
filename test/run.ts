/**
 * `npm test`: builds, runs mocha, says what was skipped and why, and ends with `N passed, N failed` on a line
 * of its own. Arguments go to mocha: `npm test -- test/profile`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from '../build/build.ts'

/** Longer than all others, and idle for much of it: it begins, and runs beside the rest. */
const longest = 'test/e2e/kills.test.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
await build(root, (line) => console.log(line))

const mocha = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url))
const reporter = fileURLToPath(new URL('./support/reporter.cjs', import.meta.url))
const asked = process.argv.slice(2)
const chosen = asked.length > 0 ? asked : ['--parallel', '--jobs', '2', ...allTests()]
const child = spawn(process.execPath, [mocha, '--reporter', reporter, ...chosen], { cwd: root, stdio: 'inherit' })
const [code] = (await once(child, 'exit')) as [number | null]
process.exitCode = code ?? 1

/** Whole stores and browsers last: they want the machine for themselves. */
function allTests(): string[] {
  const files = globSync('test/**/*.test.ts', { cwd: root }).sort()
  const lateness = (file: string) => (file === longest ? 0 : /^test.(e2e|browser)/.test(file) ? 2 : 1)
  return files.sort((a, b) => lateness(a) - lateness(b))
}
