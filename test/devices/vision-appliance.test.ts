import assert from 'node:assert/strict'
import { join } from 'node:path'
import fc from 'fast-check'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { VisionAppliance as VisionDefinition } from '../../runtime/devices/definition-schema.ts'
import type { HealthReport } from '../../runtime/devices/health-report.ts'
import { VisionAppliance, type VisionListener } from '../../runtime/devices/vision/vision-appliance.ts'

const catalogue = await loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))
const definition = catalogue.get('people-mqtt') as VisionDefinition
type Seen = Parameters<VisionListener['onPeople']>[0]
type Sighted = Parameters<VisionListener['onSighting']>[0]

describe('a vision appliance', () => {
  let clock: VirtualClock
  let appliance: VisionAppliance
  let people: Seen[]
  let sightings: Sighted[]
  let health: HealthReport[]

  beforeEach(() => {
    clock = new VirtualClock(1_760_000_000_000)
    people = []
    sightings = []
    health = []
    appliance = new VisionAppliance({
      id: 'vision',
      device: 'vision-box',
      topic: 'shop/vision',
      definition,
      clock,
      wireClock: clock,
      onPeople: (seen) => people.push(seen),
      onSighting: (seen) => sightings.push(seen),
      onHealth: (report) => health.push(report),
    })
    appliance.start()
  })

  const take = (topic: string, payload: unknown) =>
    appliance.take(`shop/vision${topic}`, Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)))
  const pass = (ms: number) => clock.advanceTo(clock.nowMs() + ms)
  const t = (offsetMs = 0) => (clock.nowMs() + offsetMs) / 1000
  const person = { id: 'a', head: [1, 2, 1.7], hands: [[1, 2, 1], null], score: 0.9 }

  it('turns its lines into what the contract calls them', () => {
    const at = t()
    take('/people', { t: at, people: [person] })
    take('/sightings', { t: at, camera: 'cam-1', position: [1, 2, 1], candidates: [{ sku: '880', p: 0.7 }] })
    pass(200)
    const [seen] = people
    assert.deepEqual(seen?.people, [{ trackId: 'a', headM: [1, 2, 1.7], handsM: [[1, 2, 1], null], score: 0.9 }])
    assert.equal(seen?.source, 'vision')
    assert.equal(seen?.seenAtMs, at * 1000)
    assert.deepEqual(sightings[0]?.candidates, [{ sku: '880', probability: 0.7 }])
    assert.deepEqual(sightings[0]?.positionM, [1, 2, 1])
    assert.equal(health.at(-1)?.state, 'online')
  })

  it('puts in order what overtook, and leaves out what comes twice or too late', () => {
    const base = clock.nowMs() / 1000
    for (const offsetS of [0, 0.06, 0.03, 0.06, 0.09]) take('/people', { t: base + offsetS, people: [] })
    pass(300)
    take('/people', { t: base + 0.05, people: [] })
    take('/people', { t: base + 0.3, people: [] })
    pass(300)
    assert.deepEqual(
      people.map(({ seenAtMs }) => Math.round(seenAtMs - base * 1000)),
      [0, 30, 60, 90, 300],
    )
  })

  it('refuses what is malformed with a reason, and is well again after a while of good lines', () => {
    for (const [payload, reason] of [
      ['{', /not acceptable JSON/],
      ['{"__proto__":{"t":1}}', /not acceptable JSON/],
      [{ t: t() }, /\/people is missing/],
      [{ t: t(), people: [{ ...person, head: [1, 2] }] }, /\/people\/0\/head/],
      [{ t: t(), people: [{ ...person, name: 'Kim' }] }, /not a known field/],
      [{ t: t(), people: Array.from({ length: 201 }, () => person) }, /\/people/],
      [`{"t":1e999,"people":[]}`, /\/t/],
      [{ t: t(-3_600_000), people: [] }, /clock is -\d+ s off/],
      [`"${'x'.repeat(70_000)}"`, /70002 bytes/],
    ] as const) {
      take('/people', payload)
      assert.equal(health.at(-1)?.state, 'noisy')
      assert.match(health.at(-1)?.reason ?? '', reason)
      for (let i = 0; i < 30; i++) {
        pass(500)
        take('/people', { t: t(), people: [] })
      }
      assert.equal(health.at(-1)?.state, 'online')
    }
  })

  it('says that it is late, then offline, when no people come, whatever else does', () => {
    take('/people', { t: t(), people: [] })
    pass(2600)
    assert.equal(health.at(-1)?.state, 'late')
    take('/sightings', { t: t(), camera: 'cam-1', position: null, candidates: [] })
    pass(8000)
    assert.equal(health.at(-1)?.state, 'offline')
    take('/people', { t: t(), people: [] })
    assert.equal(health.at(-1)?.state, 'online')
  })

  it('never throws and never goes back in time, whatever comes', () => {
    const anyTime = fc.integer({ min: -200, max: 200 })
    fc.assert(
      fc.property(fc.array(fc.oneof(anyTime, fc.json(), fc.string()), { maxLength: 40 }), (payloads) => {
        people.length = 0
        const base = clock.nowMs()
        for (const payload of payloads) {
          take('/people', typeof payload === 'number' ? { t: (base + payload) / 1000, people: [] } : payload)
          pass(20)
        }
        pass(200)
        for (let i = 1; i < people.length; i++) {
          assert.ok((people[i]?.seenAtMs ?? 0) > (people[i - 1]?.seenAtMs ?? 0))
        }
      }),
      { numRuns: 200 },
    )
  })
})
