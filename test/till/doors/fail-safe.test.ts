/** A proof of each line of the table of what fails safe, with the real till between the twin's gate and a provider. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreWatch } from '../../../nodes/entry-rules/store-watch.ts'
import type { NodeContext } from '../../../nodes/kit/node-context.ts'
import { VirtualClock } from '../../../runtime/contract/clock.ts'
import type { Scan } from '../../../runtime/contract/messages.ts'
import { loadDeviceDefinitions } from '../../../runtime/devices/catalogue.ts'
import type { HealthReport } from '../../../runtime/devices/health-report.ts'
import { VisionAppliance } from '../../../runtime/devices/vision/vision-appliance.ts'
import { decideEntry, defaultEntryRules } from '../../../runtime/policy/entry-rules.ts'
import { createSensingClient } from '../../../runtime/sensing-api/sensing-http-client.ts'
import { databaseFile } from '../../../runtime/till/data-files.ts'
import { type FailSafeSituation, failSafeRules } from '../../../runtime/till/doors/fail-safe.ts'
import { KilledTill } from '../../chaos/support/killed-till.ts'
import { type RunningKiosk, startTestKiosk } from '../../kiosk/running-kiosk.ts'
import { freePorts } from '../../support/free-ports.ts'
import { edit } from '../../support/profile-folder.ts'
import { BenchGate, fullWiring } from '../support/bench-gate.ts'
import {
  admit,
  checkOut,
  clock,
  cola,
  deviceDefinitions,
  lineOf,
  openTestStore,
  record,
  registration,
  scanIn,
  startTestTill,
  type TestStore,
  type TestTill,
  visitIn,
} from '../support/test-till.ts'
import { waitFor } from '../support/wait.ts'

const { exitRelay = 0 } = fullWiring
/** A person who is let out must not wait: the one figure of time here. */
const fireDeadlineMs = 250

describe('the doors, when something is wrong', function () {
  this.timeout(60_000)
  let gate: BenchGate
  let store: TestStore
  let till: TestTill | undefined

  beforeEach(async () => {
    gate = await new BenchGate('moxa-e1214').start()
    store = await openTestStore({ gate: gate.wire })
  })
  afterEach(async () => {
    await till?.stop()
    till = undefined
    await Promise.all([gate.stop(), store.stop()])
  })

  const isLocked = () => waitFor('the gate to be closed', () => !gate.turns('out') && !gate.turns('in'), 20_000)

  async function start(offline = {}): Promise<TestTill> {
    await edit(store.profileDirectory, 'profile.json', (profile) => ({
      ...profile,
      payment: { ...(profile.payment as object), offline },
    }))
    till = await startTestTill(store)
    for (const name of ['anna', 'bert']) await till.client('accounts').send(registration(name))
    await isLocked()
    return till
  }

  async function letsOut(): Promise<void> {
    gate.pressExit()
    await waitFor('the exit to open', () => gate.turns('out'))
  }

  const refusesAdmission = async (running: TestTill, scan: Scan, code = 'gate-closed') => {
    await assert.rejects(admit(running, scan.scanId), { code })
    assert.equal(gate.turns('in'), false)
  }

  /** Somebody who is in the store with a cola. */
  async function shops(running: TestTill, name: string): Promise<string> {
    const { scanId } = await scanIn(running, store, name)
    const visitId = await admit(running, scanId)
    await waitFor('the gate to open', () => gate.turns('in'))
    gate.walks('in')
    await visitIn(running, visitId, 'open')
    return visitId
  }

  const pays = (running: TestTill, visitId: string) => checkOut(running.client('flows'), visitId, [lineOf(cola.sku, 1)])

  async function opensOnFire(): Promise<void> {
    const atMs = performance.now()
    gate.mechanics.fire = true
    await waitFor('the order to open', () => gate.module.relay(exitRelay))
    const tookMs = gate.changedAtMs(exitRelay) - atMs
    assert.ok(tookMs <= fireDeadlineMs, `${tookMs} ms`)
  }

  /** Whether the entry rules let a newcomer in, by what the store knows of itself. */
  async function entryRule(running: TestTill, health: HealthReport[], plates: () => Promise<[]>): Promise<string> {
    const account = (await scanIn(running, store, 'anna')).account
    const watch = new StoreWatch({
      kept: <T>(_key: string, value: T) => ({ value }),
      followSensing: (_types: unknown, follow: (said: HealthReport) => void) => health.forEach(follow),
      store: { clock, names: { cameraGroups: [] }, till: running.client('flows'), sensing: { plates } },
    } as unknown as NodeContext<unknown>)
    const now = { atMs: clock.nowMs(), timeZone: 'Asia/Seoul' }
    return decideEntry(account, defaultEntryRules, now, await watch.condition()).rule
  }

  const proofs: Record<FailSafeSituation, () => Promise<void>> = {
    async fire() {
      const running = await start()
      const scan = await scanIn(running, store, 'anna')
      await opensOnFire()
      await refusesAdmission(running, scan)
      gate.mechanics.fire = false
      const { gates } = await running.client('console').state()
      assert.deepEqual([gates[0]?.state, gate.turns('out')], ['fire', true], 'it stays open')
      await waitFor('the reset', () => reset(running))
      await isLocked()
    },

    async 'fire-wire-cut'() {
      const running = await start()
      const scan = await scanIn(running, store, 'anna')
      gate.mechanics.fireWireCut = true
      await waitFor('the order to open', () => gate.module.relay(exitRelay))
      await refusesAdmission(running, scan)
    },

    async 'no-power'() {
      const running = await start()
      const scan = await scanIn(running, store, 'anna')
      gate.module.powered = false
      assert.ok(gate.turns('out'), 'at once, by no program')
      await waitFor('the till to know', async () => !(await running.client('console').state()).gates[0]?.online)
      await refusesAdmission(running, scan)
      gate.module.powered = true
      await isLocked()
    },

    async tailgate() {
      await edit(store.profileDirectory, 'profile.json', (profile) => ({
        ...profile,
        gates: (profile.gates as object[]).map((one) => ({ ...one, tailgate: 'ask-staff' })),
      }))
      const running = await start()
      await shops(running, 'anna')
      await waitFor('the gate to be closed behind anna', () => !gate.turns('in'))
      const scan = await scanIn(running, store, 'bert')
      gate.walks('in')
      const latched = async () => (await running.client('console').state()).gates[0]?.latched
      await waitFor('the gate to ask', latched)
      await refusesAdmission(running, scan, 'gate-asks-staff')
      await letsOut()
      await till?.stop()
      till = await startTestTill(store)
      const restarted = till
      await isLocked()
      assert.equal((await restarted.client('console').state()).gates[0]?.latched, true, 'it is not forgotten')
      await waitFor('the reset', () => reset(restarted))
      await admit(restarted, scan.scanId)
      await waitFor('the gate to open', () => gate.turns('in'))
    },

    // What becomes of admissions over a restart: doors.test.ts.
    'till-dead': () => withoutTill((killed) => killed.stop()),

    'till-frozen': () =>
      withoutTill(
        async (killed) => killed.freeze(),
        async (killed) => killed.thaw(),
      ),

    async 'gate-cut-off'() {
      const running = await start()
      const scan = await scanIn(running, store, 'anna')
      gate.wire.goDead()
      await waitFor('the exit to open', () => gate.turns('out'))
      await refusesAdmission(running, scan)
    },

    async 'database-stuck'() {
      const running = await start()
      const { scanId } = await scanIn(running, store, 'anna')
      const database = new Database(join(store.dataDirectory, databaseFile))
      database.exec('BEGIN IMMEDIATE')
      const admitted = admit(running, scanId)
      await opensOnFire()
      assert.equal(gate.turns('in'), false)
      database.exec('ROLLBACK')
      database.close()
      // It waited behind the lock, and what the doors saw of the fire behind it; nobody walks in either way.
      await admitted.catch((error: unknown) => assert.equal((error as { code?: string }).code, 'gate-closed'))
      assert.equal(gate.turns('in'), false)
      const { events, stop } = record(running.client('flows'))
      await waitFor('the alarm in the journal', () => events.some(({ type }) => type === 'gate-alarm'))
      stop()
    },

    async 'flows-down'() {
      const running = await start()
      await scanIn(running, store, 'anna')
      await letsOut()
      assert.equal(gate.turns('in'), false)
    },

    async 'sensing-down'() {
      const running = await start()
      const [port = 0] = await freePorts(1)
      const sensing = createSensingClient({ url: `http://127.0.0.1:${port}`, token: 'none', clock })
      assert.equal(await entryRule(running, [], () => sensing.plates() as Promise<[]>), 'cannot-see')
      await letsOut()
    },

    async 'broker-down'() {
      const running = await start()
      assert.equal(await entryRule(running, await silentAppliance(), async () => []), 'cannot-see')
      await letsOut()
      // Gates on MQTT without their broker: gate-definitions.test.ts.
    },

    async 'provider-down'() {
      const running = await start({ count: 2 })
      const visitId = await shops(running, 'anna')
      store.toss.faults.down = true
      await pays(running, visitId)
      await letsOut()
      await shops(running, 'bert')
      store.toss.faults.down = false
      await visitIn(running, visitId, 'paid')
      assert.equal(store.toss.charges.length, 1)
    },

    async 'over-caps'() {
      const running = await start({ count: 1 })
      const visitId = await shops(running, 'anna')
      store.toss.faults.down = true
      await pays(running, visitId)
      await refusesAdmission(running, await scanIn(running, store, 'bert'), 'cannot-charge')
      await letsOut()
    },

    async declined() {
      const running = await start()
      store.toss.declined.add('billing-anna')
      const visitId = await shops(running, 'anna')
      await pays(running, visitId)
      await visitIn(running, visitId, 'debt')
      await letsOut()
      assert.equal((await scanIn(running, store, 'anna')).account.debt, true)
    },

    unpaid: () =>
      atKiosk(async (kiosk) => {
        const visitId = await kiosk.walkIn('anna')
        await checkOut(kiosk.till.client('flows'), visitId, [lineOf(cola.sku, 1)])
        await visitIn(kiosk.till, visitId, 'debt')
        assert.ok(kiosk.till.notices.some((notice) => notice.includes('without paying')))
        assert.equal(kiosk.store.toss.charges.length, 0)
      }),

    'kiosk-blind': () =>
      atKiosk(async (kiosk) => {
        const visitId = await kiosk.walkIn('anna')
        await kiosk.holds(visitId, 1, [lineOf(cola.sku, 1)])
        const { watched, visits } = await kiosk.view()
        assert.deepEqual({ watched, visits }, { watched: false, visits: [] })
        const refused = await kiosk.ask('/api/confirm', { visitId, basketRevision: 1 })
        assert.equal(((await refused.json()) as { code: string }).code, 'kiosk-blind')
        assert.equal((await kiosk.ask('/api/call', {})).status, 200)
        await waitFor('the call', () => kiosk.till.notices.some((notice) => notice.includes('asks for staff')))
      }),

    'kiosk-down': () =>
      atKiosk(async (kiosk) => {
        const visitId = await kiosk.walkIn('anna')
        await kiosk.holds(visitId, 1, [lineOf(cola.sku, 1)])
        await kiosk.stands({ visitIds: [visitId] })
        await kiosk.ask('/api/confirm', { visitId, basketRevision: 1 })
        kiosk.store.toss.faults.down = true
        kiosk.terminal.show('token-of-a-card')
        await kiosk.shows('that the provider is away', ({ trouble }) => trouble === 'provider-away')
        assert.equal(kiosk.store.toss.charges.length, 0)
        await checkOut(kiosk.till.client('flows'), visitId, [lineOf(cola.sku, 1)])
        await visitIn(kiosk.till, visitId, 'debt')
      }),
  }

  /** A store of its own, with an open entrance. */
  async function atKiosk(prove: (kiosk: RunningKiosk) => Promise<void>): Promise<void> {
    const kiosk = await startTestKiosk()
    try {
      await prove(kiosk)
    } finally {
      await kiosk.stop()
    }
  }

  async function reset(running: TestTill): Promise<boolean> {
    const command = {
      type: 'reset-gate' as const,
      commandId: `reset-${clock.nowMs()}`,
      gate: 'gate-1',
      reason: 'clear',
    }
    return running
      .client('console')
      .send(command)
      .then(
        () => true,
        () => false,
      )
  }

  type Happens = (killed: KilledTill) => Promise<void>

  /** A till in a process of its own that is gone, and may come back. */
  async function withoutTill(goes: Happens, comesBack?: Happens): Promise<void> {
    const killed = new KilledTill(store, (await freePorts(1))[0] ?? 0)
    try {
      await killed.start()
      await isLocked()
      await goes(killed)
      await waitFor('the exit to open', () => gate.turns('out'))
      assert.equal(gate.turns('in'), false)
      if (!comesBack) return
      await comesBack(killed)
      await isLocked()
    } finally {
      killed.thaw()
      await killed.stop()
    }
  }

  /** What sensing tells of an appliance from which nothing comes any more. */
  async function silentAppliance(): Promise<HealthReport[]> {
    const told: HealthReport[] = []
    const definition = (await loadDeviceDefinitions(deviceDefinitions)).of(
      { id: 'vision-box', definition: 'people-mqtt', address: { transport: 'mqtt', topic: 'shop/vision' } },
      'vision-appliance',
    )
    const wireClock = new VirtualClock()
    const appliance = new VisionAppliance({
      ...{ id: 'vision', device: 'vision-box', topic: 'shop/vision', definition, clock: wireClock, wireClock },
      ...{ onPeople() {}, onSighting() {}, onHealth: (report: HealthReport) => told.push(report) },
    })
    appliance.start()
    wireClock.advanceTo(definition.offlineMs + 5000)
    appliance.stop()
    return told
  }

  for (const [situation, prove] of Object.entries(proofs)) {
    it(
      `let out, and let nobody in whom they should not: ${failSafeRules[situation as FailSafeSituation].situation}`,
      prove,
    )
  }
})
