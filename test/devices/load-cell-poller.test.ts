import assert from 'node:assert/strict'
import { join } from 'node:path'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { HealthReport } from '../../runtime/devices/health-report.ts'
import { type GatewayPlan, planGateways } from '../../runtime/devices/load-cells/gateway-plan.ts'
import { LoadCellPoller } from '../../runtime/devices/load-cells/load-cell-poller.ts'
import { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import type { SampleBatch } from '../../runtime/sensing-api/sensing-client.ts'
import { Mx08, type Slave, type SlaveBehaviour, startSlave } from './modbus-slave.ts'

const profiles = join(import.meta.dirname, '../../hardware-profiles')
const catalogue = await loadDeviceDefinitions(join(profiles, 'devices'))
const { profile } = await loadStore(join(profiles, 'corner-shop'))
const clock = new SystemClock()
/** Makes the wait between two probes of a dead unit short enough for a test. */
const fastClock = new SystemClock({ scale: 5 })

describe('polling load cells', () => {
  const units = new Map([1, 2, 3].map((unit) => [unit, new Mx08()]))
  const healthy: SlaveBehaviour = ({ unit, address, count }) => units.get(unit)?.read(address, count) ?? 'silent'
  let slave: Slave
  let connection: ModbusConnection
  let poller: LoadCellPoller
  let batches: SampleBatch[]
  let health: HealthReport[]

  async function start(behave: SlaveBehaviour, changes: Partial<GatewayPlan> = {}) {
    const [plan] = planGateways(profile, catalogue)
    assert.ok(plan)
    slave = await startSlave(behave)
    batches = []
    health = []
    const address = { transport: 'modbus-tcp', host: '127.0.0.1', port: slave.port } as const
    connection = new ModbusConnection({ name: 'gateway', address, clock, answerWithinMs: 60, patienceMs: 400 })
    poller = new LoadCellPoller({
      plan: { ...plan, pollHz: 50, ...changes },
      connection,
      clock,
      wireClock: fastClock,
      onBatch: (batch) => batches.push(batch),
      onReading: () => {},
      onHealth: (report) => health.push(report),
    })
    poller.start()
    connection.open()
  }

  async function until(what: string, holds: () => boolean) {
    for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 10) {
      if (holds()) return
      await sleep(clock, 10)
    }
    assert.fail(`this never came: ${what}`)
  }

  const newest = (plate: string) => {
    const batch = batches.findLast(({ plates }) => plates.includes(plate))
    return batch?.grams[batch.plates.indexOf(plate)]?.[0]
  }
  const stateOf = (plate: string) => health.findLast((report) => report.plate === plate)?.state
  const plateAt = (unit: number, channel: number) => {
    const plate = profile.plates.find(({ source }) => source.unit === unit && source.channel === channel)
    return plate?.id ?? assert.fail('no such plate')
  }

  afterEach(async () => {
    await poller.stop()
    connection.close()
    await slave.close()
  })

  it('gives every plate of the profile its grams, by fixture, stamped when it was read', async () => {
    const startedMs = clock.nowMs()
    for (const [unit, image] of units) for (let at = 0; at < 8; at++) image.set(at, { grams: unit * 100 + at })
    await start(healthy)
    await until('three units', () => new Set(batches.flatMap(({ plates }) => plates)).size === 24)
    for (const { id, fixture, source } of profile.plates) {
      assert.equal(newest(id), source.unit * 100 + source.channel - 1)
      assert.ok(batches.some((batch) => batch.fixture === fixture && batch.plates.includes(id)))
    }
    assert.ok(batches.every(({ firstAtMs }) => firstAtMs >= startedMs && firstAtMs <= clock.nowMs()))
    assert.ok(
      slave.requests.every(({ address, count }) => address === 1004 && count === 56),
      'one read a unit',
    )
  })

  it('keeps the rate of the others when one unit is dead, and finds it again', async () => {
    let dead = true
    await start((request) => (dead && request.unit === 2 ? 'silent' : healthy(request)))
    await until('the demotion', () => stateOf(plateAt(2, 1)) === 'offline')
    slave.requests.length = 0
    await sleep(clock, 1000)
    const asked = (unit: number) => slave.requests.filter((request) => request.unit === unit).length
    assert.ok(asked(2) <= 2, 'a probe now and then')
    assert.ok(asked(1) > 25 && asked(3) > 25, `${asked(1)} and ${asked(3)} reads in a second`)
    dead = false
    await until('the recovery', () => stateOf(plateAt(2, 1)) === 'online')
    assert.deepEqual(
      health.filter((report) => report.plate === plateAt(2, 1)).map(({ state }) => state),
      ['late', 'offline', 'online'],
    )
  })

  it('reads slowly where nobody is, fast where somebody is, and fast again at a touch', async () => {
    await start(healthy)
    await until('samples', () => batches.length > 3)
    const others = new Set([plateAt(1, 1)])
    poller.attend(others)
    await sleep(clock, 100)
    slave.requests.length = 0
    await sleep(clock, 1000)
    const asked = (unit: number) => slave.requests.filter((request) => request.unit === unit).length
    assert.ok(asked(1) > 30, `${asked(1)} reads where somebody is`)
    assert.ok(asked(2) >= 8 && asked(2) <= 16, `${asked(2)} reads where nobody is`)
    assert.equal(batches.findLast(({ plates }) => plates.includes(plateAt(2, 1)))?.rateHz, 12.5)
    units.get(2)?.set(0, { grams: 321 })
    await until('the touch', () => newest(plateAt(2, 1)) === 321)
    slave.requests.length = 0
    await sleep(clock, 500)
    assert.ok(asked(2) > 15, `${asked(2)} reads after a touch`)
    poller.attend(undefined)
  })

  it('lets a dead unit behind a gateway that waits for it cost the others a tenth at most', async () => {
    let freeAtMs = 0
    await start(async (request) => {
      // As a gateway does: one unit at a time, and its own time-out for one that is silent.
      const startMs = Math.max(clock.nowMs(), freeAtMs)
      freeAtMs = startMs + (request.unit === 2 ? 300 : 5)
      await sleep(clock, freeAtMs - clock.nowMs())
      return request.unit === 2 ? { exception: 11 } : healthy(request)
    })
    await until('the demotion', () => stateOf(plateAt(2, 1)) === 'offline')
    assert.notEqual(stateOf(plateAt(1, 1)), 'offline')
    await sleep(clock, 500)
    slave.requests.length = 0
    await sleep(clock, 2500)
    const probes = slave.requests.filter(({ unit }) => unit === 2).length
    // wireClock runs 5 times as fast here: a probe every 3 s of it, so every 0.6 s, would be a half of the line.
    assert.ok(probes <= 3, `${probes} probes of 300 ms within 2.5 s`)
  })

  it('knows what a look for a dead unit costs from who was asked after it, not from who still waited before it', async () => {
    let freeAtMs = 0
    const looks: number[] = []
    await start(async (request) => {
      // A line that is busy all the time, so that requests of the living always stand before the look.
      const startMs = Math.max(clock.nowMs(), freeAtMs)
      if (request.unit === 2 && stateOf(plateAt(2, 1)) === 'offline') looks.push(startMs)
      freeAtMs = startMs + (request.unit === 2 ? 200 : 15)
      await sleep(clock, freeAtMs - clock.nowMs())
      return request.unit === 2 ? 'silent' : healthy(request)
    })
    await until('two looks', () => looks.length >= 2)
    const [first = 0, second = 0] = looks
    // Ten times 200 ms; a look that is taken to cost nothing would be followed by the next after a second.
    assert.ok(second - first > 1500, `the second look came ${Math.round(second - first)} ms after the first`)
  })

  it('says what a unit that refuses said', async () => {
    await start((request) => (request.unit === 3 ? { exception: 2 } : healthy(request)))
    await until('the refusal', () => stateOf(plateAt(3, 8)) === 'offline')
    assert.match(health.find(({ plate }) => plate === plateAt(3, 8))?.reason ?? '', /illegal data address/)
  })

  it('reports an overloaded and a disconnected cell, and gives them no weight', async () => {
    units.get(1)?.set(0, { grams: 9999, errorCode: 2 })
    units.get(1)?.set(1, { grams: 0, errorCode: 7 })
    await start(healthy)
    await until('both', () => stateOf(plateAt(1, 1)) === 'saturated' && stateOf(plateAt(1, 2)) === 'offline')
    assert.equal(newest(plateAt(1, 1)), null)
    assert.equal(newest(plateAt(1, 2)), null)
    units.get(1)?.set(0, { grams: 50 })
    units.get(1)?.set(1, { grams: 60 })
    await until('both again', () => newest(plateAt(1, 1)) === 50 && newest(plateAt(1, 2)) === 60)
    assert.equal(stateOf(plateAt(1, 2)), 'online')
  })

  it('reports the loss of the gateway for each plate, and goes on when it is back', async () => {
    await start(healthy)
    await until('samples', () => batches.length > 3)
    const { port } = slave
    await slave.close()
    await until('the loss', () => profile.plates.every(({ id }) => stateOf(id) === 'offline'))
    assert.equal(health.findLast((report) => report.plate === undefined)?.state, 'offline')
    slave = await startSlave(healthy, port)
    await until('the return', () => profile.plates.every(({ id }) => stateOf(id) === 'online'))
  })
})

describe('planning which plate is read where', () => {
  it('refuses a plate on a channel or unit that the model does not have', () => {
    const moved = (source: object) => ({
      ...profile,
      plates: profile.plates.map((plate, index) =>
        index ? plate : { ...plate, source: { ...plate.source, ...source } },
      ),
    })
    const where = `plate ${profile.plates[0]?.id}`
    assert.throws(() => planGateways(moved({ channel: 9 }), catalogue), { code: 'device-mismatch', where })
    assert.throws(() => planGateways(moved({ unit: 99 }), catalogue), { code: 'device-mismatch', where })
    assert.throws(() => planGateways(moved({ device: 'gate-contacts' }), catalogue), { code: 'device-mismatch' })
  })

  it('reads a device as the profile says it was set', () => {
    const devices = profile.devices.map((device) => ({
      ...device,
      settings: { wordOrder: 'low-first' as const, decimals: 2 },
    }))
    const [plan] = planGateways({ ...profile, devices }, catalogue)
    assert.equal(plan?.definition.wordOrder, 'low-first')
    assert.deepEqual(plan?.definition.decimals, { from: 'fixed', decimals: 2 })
  })
})
