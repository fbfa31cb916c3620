import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProgramName, RunSettings } from '../../runtime/program/run-settings.ts'
import { Supervisor } from '../../runtime/supervisor/supervisor.ts'

describe('programs that are asked to start anew', function () {
  this.timeout(30_000)
  let dataDirectory: string
  let supervisor: Supervisor
  const lines: string[] = []

  before(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'aisle-renewal-'))
  })
  after(async () => {
    await supervisor?.stop()
    await rm(dataDirectory, { recursive: true, force: true })
  })

  it('end cleanly and start at once, however long a failure would have them wait; those that can take it up, and the others, go on', async () => {
    const settings: RunSettings = {
      ...{ profileDirectory: '', dataDirectory, host: '127.0.0.1', live: true },
      ports: { console: 0, editor: 0, till: 0, sensing: 0, broker: 0, phone: 0 },
      clock: { scale: 1, originMs: 0 },
      twin: { seed: 1, shoppersPerHour: 0, visits: 0 },
    }
    const names = ['till', 'sensing', 'console', 'flows'] satisfies ProgramName[]
    const plans = names.map((name) => ({
      ...{ name, settings, secrets: {}, longestPauseMs: 600_000 },
      file: join(import.meta.dirname, 'small-program.ts'),
      environment: { PATH: process.env.PATH ?? '', SMALL_PROGRAM: name },
    }))
    supervisor = new Supervisor(plans, (line) => lines.push(line))
    await supervisor.start()
    const before = [supervisor.pid('till'), supervisor.pid('console')]
    for (const line of ['sensing runs again', 'flows runs again', 'console has taken up what changed']) {
      while (!lines.includes(line)) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const count = (line: string) => lines.filter((one) => one === line).length
    assert.deepEqual(
      names.map((name) => [count(`${name} started`), count(`${name} stopped`)]),
      [
        [1, 0],
        [2, 1],
        [1, 0],
        [2, 1],
      ],
    )
    assert.deepEqual([supervisor.pid('till'), supervisor.pid('console')], before)
    assert.ok(
      lines.every((line) => !/ended/.test(line)),
      lines.join('\n'),
    )
  })
})
