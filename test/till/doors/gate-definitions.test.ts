/** Every definition of a gate's relays and inputs, against a device made from its maker's papers, at a turnstile. */
import assert from 'node:assert/strict'
import { pino } from 'pino'
import { loadDeviceDefinitions } from '../../../runtime/devices/catalogue.ts'
import { contactKinds } from '../../../runtime/devices/definition-schema.ts'
import type { Profile } from '../../../runtime/profile/profile-schema.ts'
import { Doors } from '../../../runtime/till/doors/doors.ts'
import type { DoorLedger } from '../../../runtime/till/doors/gate-driver.ts'
import type { GateWiring } from '../../../runtime/twin/world/gate-mechanics.ts'
import { BenchGate, benchDefinitions, fullWiring } from '../support/bench-gate.ts'
import { deviceDefinitions } from '../support/test-till.ts'
import { waitFor } from '../support/wait.ts'

const definitions = await loadDeviceDefinitions(deviceDefinitions)
/** Without a watchdog relay: the exit itself is wired so that it opens when its relay is off. */
const { watchdogRelay: _watchdog, ...others } = fullWiring
const closedByCurrent: GateWiring = { ...others, exitOpensWhenOff: true }

interface Seen {
  passes: Parameters<DoorLedger['recordPass']>[0][]
  alarms: Parameters<DoorLedger['recordAlarm']>[0][]
}

interface Bench {
  /** State of the exit's relay that opens it. */
  opened: boolean
  gate: BenchGate
  doors: Doors
  seen: Seen
}

describe('the definitions of gates', () => {
  const running: Bench[] = []

  afterEach(async () => {
    await Promise.all(running.map(({ doors }) => doors.stop()))
    await Promise.all(running.splice(0).map(({ gate }) => gate.stop()))
  })

  /** Doors that watch one gate, which is closed both ways. */
  async function start(definition: string, wiring: GateWiring = fullWiring): Promise<Bench> {
    const gate = await new BenchGate(definition, wiring).start()
    const seen: Seen = { passes: [], alarms: [] }
    const profile: Pick<Profile, 'gates' | 'devices'> = {
      gates: [
        {
          ...{ id: 'gate-1', kind: 'both', contacts: 'gate-contacts', wiring },
          zoneM: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
      devices: [gate.device()],
    }
    const doors = new Doors({
      ...{ profile, definitions, clock: gate.clock, log: pino({ level: 'silent' }), broker: gate.broker },
      ledger: {
        recordPass: async (pass) => void seen.passes.push(pass),
        recordTailgate: async ({ gate }) => void seen.alarms.push({ gate, alarm: 'tailgate', text: '' }),
        recordAlarm: async (alarm) => void seen.alarms.push(alarm),
        recordCount: async () => {},
        lapse: async () => {},
      },
      secret: (name) => assert.fail(`asked for ${name}`),
      onCode() {},
    })
    doors.start({ admitted: [], fires: [], asking: [], counts: [] })
    const bench = { gate, doors, seen, opened: wiring.exitOpensWhenOff !== true }
    running.push(bench)
    const isReady = () => doors.states()[0]?.online && !gate.turns('out') && !gate.turns('in')
    await waitFor(`${definition} to be online and closed`, isReady)
    return bench
  }

  /** One of each definition, or of each with both kinds of exits, all at once. */
  const each = (wirings = [fullWiring]) =>
    Promise.all(benchDefinitions.flatMap((definition) => wirings.map((wiring) => start(definition, wiring))))
  const bothExits = [fullWiring, closedByCurrent]

  it('are all those that are shipped, but for controllers without inputs, which are driven by themselves', () => {
    const kinds: string[] = contactKinds.filter((kind) => kind !== 'door-controller')
    const shipped = definitions.all.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id)
    assert.deepEqual(shipped.sort(), [...benchDefinitions].sort())
  })

  it('let in once for an admission, by a pulse that ends, and tell who walked through', async () => {
    await Promise.all(
      (await each()).map(async ({ gate, doors, seen }) => {
        doors.authorise('gate-1', 'visit-1', 1)
        await waitFor(`${gate.definition} to open`, () => gate.turns('in'))
        gate.walks('in')
        await waitFor('the pass', () => seen.passes.length === 1)
        assert.deepEqual([seen.passes[0]?.direction, seen.passes[0]?.visitId], ['in', 'visit-1'], gate.definition)
        gate.walks('out')
        await waitFor('the pass outwards', () => seen.passes.length === 2)
        await waitFor('the end of the pulse', () => !gate.module.relay(1))
        assert.equal(gate.turns('in'), false)
        assert.deepEqual(seen.alarms, [])
      }),
    )
  })

  it('let out whoever asks', async () => {
    await Promise.all(
      (await each(bothExits)).map(async ({ gate }) => {
        gate.pressExit()
        await waitFor(`${gate.definition} to open`, () => gate.turns('out'))
      }),
    )
  })

  it('are told to open on fire', async () => {
    await Promise.all(
      (await each(bothExits)).map(async ({ gate, seen, opened }) => {
        gate.mechanics.fire = true
        await waitFor(`the order to ${gate.definition}`, () => gate.module.relay(2) === opened)
        await waitFor('the alarm', () => seen.alarms.some(({ alarm }) => alarm === 'fire'))
      }),
    )
  })

  it('open the exit by themselves without power', async () => {
    for (const { gate } of await each(bothExits)) {
      gate.module.powered = false
      assert.equal(gate.turns('out'), true, gate.definition)
      assert.equal(gate.turns('in'), false, gate.definition)
    }
  })

  it('open the exit by themselves and admit nobody while they are cut off', async () => {
    await Promise.all(
      (await each(bothExits)).map(async ({ gate, doors, seen }, i) => {
        if (i % 2 === 0) gate.wire.cut()
        else gate.wire.goDead()
        await waitFor(`${gate.definition} to open its exit`, () => gate.turns('out'))
        assert.equal(gate.turns('in'), false, gate.definition)
        assert.deepEqual(doors.closedGates(), ['gate-1'])
        await waitFor('the alarm', () => seen.alarms.some(({ alarm }) => alarm === 'offline'))
      }),
    )
  })
})
