/**
 * `npm test`: builds, runs mocha, says what was skipped and why, and ends with `N passed, N failed` on a line
 * of its own. Arguments go to mocha: `npm test -- test/profile`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, statSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from '../build/build.ts'

interface Counts {
  passes: number
  failures: number
  pending: number
}

interface Run {
  /** What mocha is given. */
  chosen: string[]
  /** Leaves the processor to those it runs beside. */
  yields?: true
}

/** Longer than all others, and idle for much of it: it begins, and runs beside the rest. */
const longest = 'test/e2e/kills.test.ts'
/** A stall of the machine is three times as long in its time, and a gap in its samples. */
const accelerated = ['test/e2e/demonstration.test.ts', 'test/e2e/open-entrance.test.ts']
/** Reckons on one core and waits for nobody: runs beside such a store, which takes less than half of the other one. */
const reckoning =
  /^test.(documents|fusion|flow-check|nodes|people|policy|profile|recording|scenario|store-design|weighing|chaos.messages|host.(build|replay-flow)|twin.(acts|goods|plate|shoppers|virtual|vision)|vision.(calibration|tracking))\b/
/** Where both want the same core, the store goes first. */
const yieldingPriority = 15
/** Half of what a command takes is compiling: what it was compiled to is kept, where the store's programs keep it. */
const compiled = 'dist/compile-cache'

const root = fileURLToPath(new URL('..', import.meta.url))
await build(root, (line) => console.log(line))

const asked = process.argv.slice(2).map(allWithin)
const total: Counts = { passes: 0, failures: 0, pending: 0 }
for (const together of asked.length > 0 ? [[{ chosen: asked }]] : allTests()) {
  for (const counts of await all(together)) {
    for (const count of ['passes', 'failures', 'pending'] as const) total[count] += counts[count]
  }
}
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : ''
console.log(`${total.passes} passed, ${total.failures} failed${skipped}`)

/** Mocha itself looks for JavaScript in a folder. */
function allWithin(asked: string): string {
  return statSync(join(root, asked), { throwIfNoEntry: false })?.isDirectory() ? `${asked}/**/*.test.ts` : asked
}

/** What mocha is to run, one after the other, and what at the same time. */
function allTests(): Run[][] {
  const files = globSync('test/**/*.test.ts', { cwd: root }).sort()
  const beside = files.filter((file) => reckoning.test(file))
  const others = files.filter((file) => ![longest, ...accelerated, ...beside].includes(file))
  const isRunning = (file: string) => /^test.(e2e|browser)/.test(file)
  const atATime = (jobs: number) => ['--parallel', '--jobs', String(jobs)]
  return [
    // Whoever waits for a deadline or a killed program leaves a core to others; a browser does not.
    [{ chosen: [...atATime(3), longest, ...others.filter((file) => !isRunning(file))] }],
    [{ chosen: beside, yields: true }, { chosen: accelerated }],
    [{ chosen: [...atATime(2), ...others.filter(isRunning)] }],
  ]
}

/** The first is printed as it goes, the others once all have ended. */
async function all(together: Run[]): Promise<Counts[]> {
  const ended = await Promise.all(together.map((run, place) => mocha(run, place === 0)))
  for (const { printed } of ended) process.stdout.write(printed)
  return ended.map(({ counts }) => counts)
}

async function mocha({ chosen, yields }: Run, isPrinted: boolean): Promise<{ counts: Counts; printed: string }> {
  const program = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url))
  const reporter = fileURLToPath(new URL('./support/reporter.cjs', import.meta.url))
  let counts: Counts = { passes: 0, failures: 0, pending: 0 }
  const child = spawn(process.execPath, [program, '--reporter', reporter, ...chosen], {
    cwd: root,
    env: { NODE_COMPILE_CACHE: join(root, compiled), ...process.env },
    stdio: ['inherit', isPrinted ? 'inherit' : 'pipe', 'inherit', 'ipc'],
  })
  if (yields && child.pid) setPriority(child.pid, yieldingPriority)
  child.on('message', (message) => {
    counts = message as Counts
  })
  // The channel closes after the last message, which may be later than the exit.
  const [[code], , printed] = (await Promise.all([
    once(child, 'exit'),
    once(child, 'disconnect'),
    child.stdout ? text(child.stdout) : '',
  ])) as [[number | null], unknown, string]
  if (code !== 0) process.exitCode = code ?? 1
  return { counts, printed }
}
