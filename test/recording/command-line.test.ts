import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { recordVisit } from './recorded-visit.ts'

const aisle = fileURLToPath(new URL('../../bin/aisle.ts', import.meta.url))
const run = promisify(execFile)
const receipts = [{ person: 'anna', items: [{ sku: 'cola', quantity: 1 }] }]

describe('aisle replay and aisle score', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recording-'))
    await recordVisit(directory, [{ atS: 5, person: 'anna', plate: 'a', deltaG: -500 }], 10)
    await writeFile(
      join(directory, 'truth.json'),
      JSON.stringify({ people: [{ person: 'anna', ids: ['anna'] }], receipts }),
    )
  })
  after(() => rm(directory, { recursive: true }))

  it('prints nothing but the answer with --json', async () => {
    const { stdout } = await run(process.execPath, [aisle, 'replay', directory, '--json'])
    assert.deepEqual(JSON.parse(stdout), { receipts })
  })

  it('shows the receipts to a person', async () => {
    const { stdout } = await run(process.execPath, [aisle, 'replay', directory])
    assert.match(stdout, /1 × Cola .* charged \(charge-from\)/)
  })

  it('scores an answer that comes late through a pipe', async () => {
    const replay = spawn(process.execPath, [aisle, 'replay', directory, '--json'])
    const score = spawn(process.execPath, [aisle, 'score', directory, '-'])
    replay.stdout.pipe(score.stdin)
    assert.deepEqual(JSON.parse(await text(score.stdout)), { f1: 1, precision: 1, recall: 1, exact: 1 })
  })
})
