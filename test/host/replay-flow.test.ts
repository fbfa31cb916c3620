import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from '../../build/build.ts'
import { readRecording } from '../../runtime/recording/recording.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import { writeSmallRecording } from './small-recording.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const shipped = join(root, 'flows', 'walk-out.json')

describe('a replay through wires', function () {
  this.timeout(120_000)
  let folder: string

  before(async () => {
    await build(root, () => {})
    folder = mkdtempSync(join(tmpdir(), 'aisle-replay-'))
    writeSmallRecording(folder)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** In a process of its own: Node-RED can be started once. */
  const replay = async (flowFile: string) => {
    const options = [join(root, 'bin', 'aisle.mjs'), 'replay', folder, '--flow', flowFile, '--json']
    return (await promisify(execFile)(process.execPath, options)).stdout
  }

  it('gives for the shipped flow the same bytes as the stages without wires', async () => {
    const { answer } = replayStore(await readRecording(folder))
    assert.ok(answer.receipts.length > 0)
    assert.equal(await replay(shipped), `${JSON.stringify(answer)}\n`)
  })

  it('bears plain nodes on the wires', async () => {
    const flow = JSON.parse(readFileSync(shipped, 'utf8'))
    const basket = flow.find(({ type }: { type: string }) => type === 'aisle-basket')
    const onward = basket.wires
    basket.wires = [['between']]
    const between = { id: 'between', type: 'function', z: basket.z, func: 'return msg', outputs: 1, wires: onward }
    const file = join(folder, 'between.json')
    writeFileSync(file, JSON.stringify([...flow, between]))
    assert.equal(await replay(file), await replay(shipped))
  })

  it('refuses a flow that the check refuses, and one whose nodes cannot work there', async () => {
    const file = join(folder, 'wrong.json')
    writeFileSync(
      file,
      JSON.stringify([
        { id: 't', type: 'tab' },
        { id: 'x', type: 'exec', z: 't' },
      ]),
    )
    await assert.rejects(replay(file), /No node of type "exec" is installed/)

    const flow = JSON.parse(readFileSync(shipped, 'utf8'))
    flow.find(({ type }: { type: string }) => type === 'aisle-load-cells').group = 'drinks-shelves'
    writeFileSync(file, JSON.stringify(flow))
    await assert.rejects(replay(file), /no group of shelves called "drinks-shelves"/)
  })
})
