import assert from 'node:assert/strict'
import type { TillEvent } from '../../runtime/till-api/events.ts'
import { GateSlave } from './support/gate-slave.ts'
import {
  admit,
  get,
  openTestStore,
  record,
  registration,
  scanIn,
  startTestTill,
  type TestStore,
  type TestTill,
  visitIn,
} from './support/test-till.ts'
import { waitFor } from './support/wait.ts'

/** As the corner shop is wired. */
const entryRelay = 1
const exitRelay = 2
const watchdogRelay = 3
const passIn = 1
const passOut = 2
const exitRequest = 3
const fireContact = 4

describe('the doors', () => {
  let gate: GateSlave
  let store: TestStore
  let till: TestTill
  let told: { events: TillEvent[]; stop(): void }

  beforeEach(async () => {
    gate = await new GateSlave().start()
    store = await openTestStore({ gate })
    await start()
    await till.client('accounts').send(registration('anna'))
  })
  afterEach(async () => {
    await end()
    await gate.stop()
    await store.stop()
  })

  async function start() {
    till = await startTestTill(store)
    told = record(till.client('flows'))
    await waitFor('the watchdog to be held', () => gate.relays.get(watchdogRelay))
  }
  async function end() {
    told.stop()
    await till.stop()
  }

  const toldOf = <T extends TillEvent['type']>(type: T) =>
    told.events.filter((event): event is Extract<TillEvent, { type: T }> => event.type === type)
  const alarm = (kind: string) =>
    waitFor(`the alarm ${kind}`, () => toldOf('gate-alarm').find((event) => event.data.alarm === kind))

  async function close(input: number) {
    gate.inputs.set(input, true)
    await new Promise((resolve) => setTimeout(resolve, 150))
    gate.inputs.set(input, false)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }

  it('open once for whoever is admitted, and the pass opens the visit', async () => {
    const { scanId } = await scanIn(till, store, 'anna')
    const visitId = await admit(till, scanId)
    await waitFor('the pulse', () => gate.pulses.length > 0)
    await visitIn(till, visitId, 'admitted')
    await close(passIn)
    const visit = await visitIn(till, visitId, 'open')
    assert.ok((visit.enteredAtMs ?? 0) >= visit.openedAtMs)
    assert.deepEqual(gate.pulses, [entryRelay])
    assert.deepEqual(
      toldOf('gate-pass').map((event) => [event.data.direction, event.data.visitId]),
      [['in', visitId]],
    )
  })

  it('open once for each of a party', async () => {
    const { scanId } = await scanIn(till, store, 'anna')
    const visitId = await admit(till, scanId, 3)
    for (let person = 0; person < 3; person++) {
      await waitFor('the pulse', () => gate.pulses.length === person + 1)
      await close(passIn)
    }
    await waitFor('three passes', () => toldOf('gate-pass').length === 3)
    assert.ok(toldOf('gate-pass').every((event) => event.data.visitId === visitId))
    assert.equal(toldOf('gate-alarm').length, 0)
  })

  it('void the visit of whoever never walked in', async () => {
    const { scanId } = await scanIn(till, store, 'anna')
    const visitId = await admit(till, scanId)
    const visit = await visitIn(till, visitId, 'void')
    assert.equal(visit.payment?.state, 'void')
    await alarm('timeout')
    const again = await scanIn(till, store, 'anna')
    assert.equal(again.account.openVisit, false)
  })

  it('tell of whoever walks in without having been admitted', async () => {
    await close(passIn)
    await alarm('tailgate')
    await waitFor('the pass', () => toldOf('gate-pass').find((event) => event.data.visitId === null))
  })

  it('let out whoever asks, with nobody else asked', async () => {
    gate.inputs.set(exitRequest, true)
    await waitFor('the exit to open', () => gate.relays.get(exitRelay))
    gate.inputs.set(exitRequest, false)
    await close(passOut)
    const pass = await waitFor('the pass', () => toldOf('gate-pass').find((event) => event.data.direction === 'out'))
    assert.equal(pass.data.visitId, null)
    await waitFor('the exit to close again', () => gate.relays.get(exitRelay) === false)
  })

  it('open the exit within 250 ms of a fire, keep it open, and admit nobody until a person resets it', async () => {
    const { scanId } = await scanIn(till, store, 'anna')
    const fireAtMs = performance.now()
    gate.inputs.set(fireContact, false)
    await waitFor('the exit to open', () => gate.relays.get(exitRelay))
    const tookMs = (gate.changedAtMs.get(exitRelay) ?? Number.POSITIVE_INFINITY) - fireAtMs
    assert.ok(tookMs <= 250, `${tookMs} ms`)
    await alarm('fire')
    await assert.rejects(admit(till, scanId), { code: 'gate-closed' })

    const reset = { type: 'reset-gate' as const, gate: 'gate-1', reason: 'all clear' }
    await assert.rejects(till.client('console').send({ ...reset, commandId: 'reset-1' }), { code: 'gate-on-fire' })
    gate.inputs.set(fireContact, true)
    await end()
    gate.relays.delete(exitRelay)
    await start()
    await waitFor('the exit to be open after a restart as well', () => gate.relays.get(exitRelay))

    // Till and test look at the alarm in turns.
    await waitFor('the reset', () =>
      till
        .client('console')
        .send({ ...reset, commandId: 'reset-2' })
        .then(
          () => true,
          () => false,
        ),
    )
    await waitFor('the exit to close', () => gate.relays.get(exitRelay) === false)
  })

  it('let the watchdog fall when the till ends', async () => {
    await till.stop()
    assert.equal(gate.relays.get(watchdogRelay), false)
    await start()
  })

  it('admit nobody while the contacts do not answer, and tell of it', async () => {
    const { scanId } = await scanIn(till, store, 'anna')
    await gate.stop()
    await alarm('offline')
    await assert.rejects(admit(till, scanId), { code: 'gate-closed' })
    await gate.start()
    const online = async () => {
      const { gates } = await till.client('console').state()
      return gates[0]?.online
    }
    await waitFor(
      'the gate to be back',
      async () => (await get(till.url, '/v1/health', 'console')).ok && (await online()),
      15_000,
    )
  })

  it('open by hand, in both directions', async () => {
    const open = { type: 'open-gate' as const, gate: 'gate-1', reason: 'delivery' }
    await till.client('console').send({ ...open, commandId: 'open-1', direction: 'out' })
    await waitFor('the exit to open', () => gate.relays.get(exitRelay))
    await till.client('console').send({ ...open, commandId: 'open-2', direction: 'in' })
    await waitFor('the pulse', () => gate.pulses.includes(entryRelay))
    await close(passIn)
    assert.equal(toldOf('gate-alarm').length, 0)
    await assert.rejects(
      till.client('console').send({ ...open, gate: 'gate-9', commandId: 'open-3', direction: 'in' }),
      { code: 'gate-unknown' },
    )
  })

  it('know who walked in and out while the till was away, by what the module counted', async () => {
    const { scanId } = await scanIn(till, store, 'anna')
    const visitId = await admit(till, scanId)
    await waitFor('the pulse', () => gate.pulses.length > 0)
    await close(passOut)
    await waitFor('the pass', () => toldOf('gate-pass').length === 1)
    await end()
    await close(passIn)
    await close(passOut)
    await close(passOut)
    await start()
    await visitIn(till, visitId, 'open')
    const passes = await waitFor('the passes', () => {
      const seen = toldOf('gate-pass').map(({ data }) => [data.direction, data.visitId, data.late ?? false])
      return seen.length > 3 && seen
    })
    assert.deepEqual(passes, [
      ['out', null, false],
      ['in', visitId, true],
      ['out', null, true],
      ['out', null, true],
    ])
    await end()
    await start()
    await close(passOut)
    await waitFor('the next pass', () => toldOf('gate-pass').length > 4)
    assert.equal(toldOf('gate-pass').length, 5, 'each is told once')
    assert.equal(toldOf('gate-alarm').length, 0)
  })

  it('expect whoever was admitted before a restart, without opening again', async () => {
    const { scanId } = await scanIn(till, store, 'anna')
    const visitId = await admit(till, scanId)
    await waitFor('the pulse', () => gate.pulses.length > 0)
    await end()
    await start()
    await close(passIn)
    await visitIn(till, visitId, 'open')
    assert.deepEqual(gate.pulses, [entryRelay])
  })
})
