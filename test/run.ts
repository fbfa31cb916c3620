/**
 * `npm test`: builds, runs mocha, says what was skipped and why, and ends with `N passed, N failed` on a line
 * of its own. Arguments go to mocha: `npm test -- test/profile`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from '../build/build.ts'

interface Counts {
  passes: number
  failures: number
  pending: number
}

/** Longer than all others, and idle for much of it: it begins, and runs beside the rest. */
const longest = 'test/e2e/kills.test.ts'
/** A stall of the machine is three times as long in its time, and a gap in its samples. */
const accelerated = 'test/e2e/demonstration.test.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
await build(root, (line) => console.log(line))

const asked = process.argv.slice(2)
const runs = asked.length > 0 ? [asked] : allTests()
const total: Counts = { passes: 0, failures: 0, pending: 0 }
for (const chosen of runs) {
  const counts = await mocha(chosen)
  for (const count of ['passes', 'failures', 'pending'] as const) total[count] += counts[count]
}
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : ''
console.log(`${total.passes} passed, ${total.failures} failed${skipped}`)

/** What mocha is to run, one after the other: a store in accelerated time wants the machine for itself. */
function allTests(): string[][] {
  const files = globSync('test/**/*.test.ts', { cwd: root }).sort()
  const running = files.filter((file) => /^test.(e2e|browser)/.test(file) && file !== longest && file !== accelerated)
  const others = files.filter((file) => ![...running, longest, accelerated].includes(file))
  const atATime = (jobs: number) => ['--parallel', '--jobs', String(jobs)]
  // Whoever waits for a deadline or a killed program leaves a core to others; a browser does not.
  return [[...atATime(3), longest, ...others], [accelerated], [...atATime(2), ...running]]
}

async function mocha(chosen: string[]): Promise<Counts> {
  const program = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url))
  const reporter = fileURLToPath(new URL('./support/reporter.cjs', import.meta.url))
  let counts: Counts = { passes: 0, failures: 0, pending: 0 }
  const child = spawn(process.execPath, [program, '--reporter', reporter, ...chosen], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  child.on('message', (message) => {
    counts = message as Counts
  })
  // The channel closes after the last message, which may be later than the exit.
  const [[code]] = (await Promise.all([once(child, 'exit'), once(child, 'disconnect')])) as [[number | null], unknown]
  if (code !== 0) process.exitCode = code ?? 1
  return counts
}
