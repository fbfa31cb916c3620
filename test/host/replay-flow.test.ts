import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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
  /** What the stages give without wires, as the command prints it. */
  let expected: string

  before(async () => {
    await build(root, () => {})
    folder = mkdtempSync(join(tmpdir(), 'aisle-replay-'))
    writeSmallRecording(folder)
    const { answer } = replayStore(await readRecording(folder))
    assert.ok(answer.receipts.length > 0)
    expected = `${JSON.stringify(answer)}\n`
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** In a process of its own: Node-RED can be started once. */
  const replay = async (flowFile: string, checkout = root) => {
    const options = [join(checkout, 'bin', 'aisle.mjs'), 'replay', folder, '--flow', flowFile, '--json']
    // What a copy was compiled to goes with the copy.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(checkout, 'dist', 'compile-cache') }
    return (await promisify(execFile)(process.execPath, options, { env })).stdout
  }

  it('gives for the shipped flow the same bytes as the stages without wires', async () => {
    assert.equal(await replay(shipped), expected)
  })

  it('bears plain nodes on the wires', async () => {
    const flow = JSON.parse(readFileSync(shipped, 'utf8'))
    const basket = flow.find(({ type }: { type: string }) => type === 'aisle-basket')
    const onward = basket.wires
    basket.wires = [['between']]
    const between = { id: 'between', type: 'function', z: basket.z, func: 'return msg', outputs: 1, wires: onward }
    const file = join(folder, 'between.json')
    writeFileSync(file, JSON.stringify([...flow, between]))
    assert.equal(await replay(file), expected)
  })

  it('builds what it needs first: from a fresh checkout it gives the same', async () => {
    const checkout = join(folder, 'checkout')
    const sources = ['bin', 'build', 'flows', 'hardware-profiles', 'nodes', 'runtime', 'settings.ts', 'package.json']
    for (const name of [...sources, 'tsconfig.json', 'tsconfig.web.json']) {
      cpSync(join(root, name), join(checkout, name), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'))
    assert.equal(await replay(shipped, checkout), expected)
  })

  it('tells nobody outside of what has happened long ago', async () => {
    const told: string[] = []
    const receiver = createServer((request, response) => {
      told.push(request.url ?? '')
      response.end()
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const flow = JSON.parse(readFileSync(shipped, 'utf8'))
    const basket = flow.find(({ type }: { type: string }) => type === 'aisle-basket')
    basket.wires[0].push('tell')
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told`
    const tell = { id: 'tell', type: 'aisle-notify', z: basket.z, store: basket.store, version: 1, wires: [[]] }
    const file = join(folder, 'tell.json')
    writeFileSync(file, JSON.stringify([...flow, { ...tell, channel: 'screen', recipient: '', text: '', url }]))
    assert.equal(await replay(file), expected)
    receiver.close()
    assert.deepEqual(told, [])
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
