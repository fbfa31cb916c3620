import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import type { WeightEvent } from '../../runtime/contract/messages.ts'
import { integerBetween, seededRandom } from '../../runtime/contract/random.ts'
import type { FromProgram, RunSettings } from '../../runtime/program/run-settings.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { createSensingClient } from '../../runtime/sensing-api/sensing-http-client.ts'
import { Mx08, type Slave, startSlave } from '../devices/modbus-slave.ts'
import { freePorts } from '../support/free-ports.ts'

const root = join(import.meta.dirname, '../..')
const clock = new SystemClock()
const kills = 4

describe('sensing, killed at any moment', () => {
  const unit = new Mx08()
  let slave: Slave
  let folder: string
  let settings: RunSettings
  let program: ChildProcess | undefined

  async function start(): Promise<void> {
    const child = fork(join(root, 'runtime/sensing/main.ts'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    program = child
    const ready = new Promise<void>((resolve, reject) => {
      child.on('message', (message: FromProgram) => {
        if (message.type === 'ready') resolve()
        if (message.type === 'failed') reject(new Error(message.error.message))
      })
    })
    const secrets = {
      [generatedSecrets.sensingToken]: 'the-token',
      [generatedSecrets.brokerPasswordSensing]: 'the-password',
    }
    child.send({ type: 'start', settings, secrets })
    await ready
  }

  async function kill(): Promise<void> {
    if (!program) return
    const gone = once(program, 'exit')
    program.kill('SIGKILL')
    await gone
    program = undefined
  }

  /** A change before the very first levels were saved cannot be known. */
  async function firstLevels(): Promise<void> {
    for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 50) {
      const state = await readFile(join(folder, 'sensing-state.json'), 'utf8').catch(() => '{"levels":{}}')
      if (Object.keys(JSON.parse(state).levels).length === 24) return
      await sleep(clock, 50)
    }
    assert.fail('no levels were saved')
  }

  before(async () => {
    for (let channel = 0; channel < 8; channel++) unit.set(channel, { grams: 3000 })
    const still = new Mx08()
    for (let channel = 0; channel < 8; channel++) still.set(channel, { grams: 3000 })
    slave = await startSlave((request) => (request.unit === 1 ? unit : still).read(request.address, request.count))
    folder = await mkdtemp(join(tmpdir(), 'sensing-kill-'))
    await cp(join(root, 'hardware-profiles/corner-shop'), folder, { recursive: true })
    const profile = await readFile(join(folder, 'profile.json'), 'utf8')
    await writeFile(join(folder, 'profile.json'), profile.replace('15020', String(slave.port)))
    const [sensing = 0, broker = 0] = await freePorts(2)
    settings = {
      profileDirectory: folder,
      dataDirectory: folder,
      host: '127.0.0.1',
      ports: { console: 0, editor: 0, till: 0, sensing, broker, phone: 0 },
      clock: { scale: 1, originMs: 0 },
      live: true,
      twin: { seed: 1, shoppersPerHour: 0, visits: 0 },
    }
  })

  after(async () => {
    await kill()
    await slave.close()
    await rm(folder, { recursive: true })
  })

  /** Follows as the flows do: by event id and revision. */
  function followEvents() {
    const events = new Map<string, WeightEvent>()
    const client = createSensingClient({ url: `http://127.0.0.1:${settings.ports.sensing}`, token: 'the-token', clock })
    const end = client.follow('flows', ['weight-event'], (message) => {
      if (message.type !== 'weight-event') return
      const known = events.get(message.eventId)
      if (!known || message.revision > known.revision) events.set(message.eventId, message)
    })
    const toldG = () =>
      [...events.values()].filter(({ kind }) => kind !== 'withdrawn').reduce((sum, { deltaG }) => sum + deltaG, 0)
    const untilTold = async (deltaG: number) => {
      for (let waitedMs = 0; waitedMs < 8000 && Math.abs(toldG() - deltaG) > 2; waitedMs += 20) await sleep(clock, 20)
      const list = [...events.values()].map(({ kind, deltaG, revision }) => `${kind} ${deltaG.toFixed(1)} r${revision}`)
      assert.ok(Math.abs(toldG() - deltaG) <= 2, `${toldG()} of ${deltaG} g: ${list.join(', ')}`)
    }
    return { end, untilTold }
  }

  it('tells what changed while it was dead apart from what it told in its last moment', async function () {
    this.timeout(60_000)
    const { end, untilTold } = followEvents()
    await start()
    await firstLevels()
    unit.set(0, { grams: 2900 })
    await untilTold(-100)
    await kill()
    unit.set(0, { grams: 2700 })
    await start()
    await untilTold(-300)
    end()
    await kill()
    unit.set(0, { grams: 3000 })
    await rm(join(folder, 'sensing-state.json'))
  })

  it('loses no change of weight and makes none up', async function () {
    this.timeout(60_000)
    const seed = Math.floor(Math.random() * 1e9)
    console.log(`      seed ${seed}`)
    const random = seededRandom(seed)
    const { end, untilTold } = followEvents()
    let grams = 3000
    await start()
    await firstLevels()
    for (let i = 0; i < kills; i++) {
      grams -= 200
      unit.set(0, { grams })
      await sleep(clock, integerBetween(random, 0, 1200))
      await kill()
      await start()
      await sleep(clock, integerBetween(random, 0, 1200))
    }
    await untilTold(grams - 3000)
    // A change that was made up would come about now.
    await sleep(clock, 1000)
    await untilTold(grams - 3000)
    end()
  })
})
