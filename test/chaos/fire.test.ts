/** Fire, whatever the gate is doing and whatever else is broken: the order to open is out within 250 ms. */
import assert from 'node:assert/strict'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Broker } from '../../runtime/broker/broker.ts'
import { integerBetween, pick, seededRandom } from '../../runtime/contract/random.ts'
import { databaseFile } from '../../runtime/till/data-files.ts'
import { BenchGate, fullWiring } from '../till/support/bench-gate.ts'
import { startStoreBroker } from '../till/support/store-broker.ts'
import {
  admit,
  clock,
  openTestStore,
  registration,
  scanIn,
  startTestTill,
  type TestStore,
  type TestTill,
  tokens,
} from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'
import { Wire } from '../till/support/wire.ts'
import { patienceMs, seed, seedNote, times } from './support/trial.ts'

const trials = times(200, 3)
const { exitRelay = 0 } = fullWiring
/** People must get out: the one kind of time that a trial may judge. */
const fireDeadlineMs = 250

type Mend = () => void
const nothing: Mend = () => {}

describe(`fire in ${trials} random states ${seedNote}`, function () {
  this.timeout(patienceMs + trials * 20_000)
  const random = seededRandom(seed)
  let gate: BenchGate
  let broker: Broker
  let toBroker: Wire
  let store: TestStore
  let till: TestTill
  let shoppers = 0

  before(async () => {
    gate = await new BenchGate('moxa-e1214', fullWiring, 500).start()
    store = await openTestStore({ gate: gate.wire })
    broker = await startStoreBroker(store)
    toBroker = await new Wire(broker.port).start()
    store.brokerPort = toBroker.port
    till = await startTestTill(store)
    await isLocked()
  })
  after(async () => {
    await till.stop()
    await toBroker.stop()
    await Promise.all([gate.stop(), broker.stop(), store.stop()])
  })

  const isLocked = () => waitFor('the gate to be closed', () => !gate.turns('out') && !gate.turns('in'), patienceMs)

  const states = {
    'nobody is there': async () => {},
    'somebody was admitted': async () => {
      const name = `shopper-${++shoppers}`
      await till.client('accounts').send(registration(name))
      await admit(till, (await scanIn(till, store, name)).scanId)
    },
    'somebody walks in': async () => {
      await states['somebody was admitted']()
      await waitFor('the gate to open', () => gate.turns('in'), patienceMs)
      gate.walks('in')
    },
    'somebody walks in whom nobody admitted': async () => gate.walks('in'),
    'somebody asks to get out': async () => gate.pressExit(),
    'somebody walks out': async () => {
      gate.pressExit()
      await waitFor('the exit to open', () => gate.turns('out'), patienceMs)
      gate.walks('out')
    },
  }

  const breakages: Record<string, () => Mend> = {
    nothing: () => nothing,
    'the database is frozen': () => {
      const database = new Database(join(store.dataDirectory, databaseFile))
      database.exec('BEGIN IMMEDIATE')
      return () => {
        database.exec('ROLLBACK')
        database.close()
      }
    },
    'the flows are frozen': () => {
      // They asked for the events, and read none.
      const frozen = Array.from({ length: 3 }, () => eventsUnread(new URL(till.url)))
      return () => {
        for (const socket of frozen) socket.destroy()
      }
    },
    'the broker is dead': () => {
      toBroker.cut()
      return () => toBroker.mend()
    },
    'the broker is frozen': () => {
      toBroker.goDead()
      return () => toBroker.mend()
    },
    'the provider is dead': () => {
      store.toss.faults.down = true
      return () => {
        store.toss.faults.down = false
      }
    },
  }

  for (let trial = 0; trial < trials; trial++) {
    const state = pick(random, Object.keys(states) as (keyof typeof states)[])
    const broken = pick(random, Object.keys(breakages))
    const waitMs = integerBetween(random, 0, 400)
    it(`opens while ${state}, and ${broken === 'nothing' ? 'all is well' : broken}`, async () => {
      await states[state]()
      const mend = breakages[broken]?.() ?? nothing
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      const wasOpen = gate.module.relay(exitRelay)
      const atMs = performance.now()
      gate.mechanics.fire = true
      await waitFor('the order to open', () => gate.module.relay(exitRelay), patienceMs)
      const tookMs = wasOpen ? 0 : gate.changedAtMs(exitRelay) - atMs
      mend()
      gate.mechanics.fire = false
      await waitFor('the reset', reset, patienceMs)
      await isLocked()
      assert.ok(tookMs <= fireDeadlineMs, `${tookMs} ms`)
    })
  }

  const reset = () =>
    till
      .client('console')
      .send({ type: 'reset-gate', commandId: `reset-${clock.nowMs()}`, gate: 'gate-1', reason: 'all clear' })
      .then(
        () => true,
        () => false,
      )
})

function eventsUnread({ hostname, port }: URL): Socket {
  const socket = createConnection({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  socket.write(`GET /v1/events?after=0 HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${tokens.flows}\r\n\r\n`)
  return socket.pause()
}
