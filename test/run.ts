/**
 * `npm test`: builds, runs mocha, says what was skipped and why, and ends with `N passed, N failed` on a line
 * of its own. Arguments go to mocha: `npm test -- test/profile`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { build } from '../build/build.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
await build(root, (line) => console.log(line))

const mocha = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url))
const reporter = fileURLToPath(new URL('./support/reporter.cjs', import.meta.url))
const asked = process.argv.slice(2)
const specs = asked.length > 0 ? asked : ['test/**/*.test.ts']
const child = spawn(process.execPath, [mocha, '--reporter', reporter, ...specs], { cwd: root, stdio: 'inherit' })
const [code] = (await once(child, 'exit')) as [number | null]
process.exitCode = code ?? 1
