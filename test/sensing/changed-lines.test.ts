/** A store that changes while it is sensed: only what changed starts anew. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceHealth, WeightEvent } from '../../runtime/contract/messages.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import type { SampleBatch, SensedMessage } from '../../runtime/sensing-api/sensing-client.ts'
import { Mx08, type Slave, startSlave } from '../devices/modbus-slave.ts'
import { profiles, runSensing, type TestSensing, until } from '../support/running-sensing.ts'

/** A gateway with two MX08 on whose plates 2000 g lie each. */
async function gateway() {
  const units = new Map([1, 2].map((unit) => [unit, new Mx08()]))
  for (const image of units.values()) for (let channel = 0; channel < 8; channel++) image.set(channel, { grams: 2000 })
  const slave = await startSlave(({ unit, address, count }) => units.get(unit)?.read(address, count) ?? 'silent')
  return { slave, put: (unit: number, channel: number, grams: number) => units.get(unit)?.set(channel - 1, { grams }) }
}

describe('a change of the store while it is sensed', () => {
  let a: Awaited<ReturnType<typeof gateway>>
  let b: Awaited<ReturnType<typeof gateway>>
  let store: LoadedStore
  let running: TestSensing
  let messages: SensedMessage[]
  let samples: SampleBatch[]
  let ends: (() => void)[]

  beforeEach(async () => {
    ;[a, b] = [await gateway(), await gateway()]
    store = twoLines(await loadStore(join(profiles, 'corner-shop')), a.slave.port, b.slave.port)
    running = await runSensing(store)
    messages = []
    samples = []
    ends = [
      running.client.follow('flows', ['weight-event', 'device-health'], (message) => void messages.push(message)),
      running.client.followSamples((batch) => samples.push(batch)),
    ]
    await until('every plate at rest', async () => Object.keys(await levels()).length === store.profile.plates.length)
  })
  afterEach(async () => {
    for (const end of ends) end()
    await running.stop()
    for (const { slave } of [a, b]) await slave.close()
  })

  /** As they were saved last. */
  const levels = async (): Promise<Record<string, { weightG: number }>> => {
    const saved = await readFile(join(running.dataDirectory, 'sensing-state.json'), 'utf8').catch(() => '{}')
    return JSON.parse(saved).levels ?? {}
  }
  const [onA, onB] = ['g1-s1-p1', 'g2-s1-p1'] as const
  const events = () => messages.filter((message): message is WeightEvent => message.type === 'weight-event')
  const samplesOf = (plate: string) => samples.filter(({ plates }) => plates.includes(plate)).length
  /** How often the slave was asked for the unit. */
  const readsOf = ({ slave }: { slave: Slave }, unit: number) =>
    slave.requests.filter((request) => request.unit === unit).length

  it('starts a line with a corrected address anew, while no sample of another line is missed', async () => {
    const c = await gateway()
    try {
      const [readBefore, toldBefore] = [readsOf(b, 2), samplesOf(onB)]
      // It is on its way while the store changes.
      b.put(2, 1, 1900)
      assert.equal(await running.sensing.change(withAddress(store, 'line-a', c.slave.port)), true)
      await until('plates on the new address', () => readsOf(c, 1) > 5)
      await until('the event', () => events().length > 0)
      const more = readsOf(b, 2) - readBefore
      await until('every sample', () => samplesOf(onB) - toldBefore >= more - 1)
      assert.equal(b.slave.connections, 1, 'line B stayed connected')
      await until('the end of the old connection', () => a.slave.open === 0)
      const [event] = events()
      assert.deepEqual([event?.kind, event?.plates.map(({ plate }) => plate)], ['removed', [onB]])
    } finally {
      await running.sensing.change(store)
      await c.slave.close()
    }
  })

  it('takes a plate that was plugged in elsewhere for no change of what lies on it', async () => {
    a.put(1, 8, 500)
    const { profile } = store
    const plates = profile.plates.map((plate) =>
      plate.id === onA ? { ...plate, source: { ...plate.source, channel: 8 } } : plate,
    )
    assert.equal(await running.sensing.change({ ...store, profile: { ...profile, plates } }), true)
    await until('its rest', async () => Math.abs(((await levels())[onA]?.weightG ?? 0) - 500) < 1)
    a.put(1, 8, 300)
    await until('an event', () => events().length > 0)
    assert.deepEqual(
      [...new Set(events().map(({ kind, deltaG }) => `${kind} ${Math.round(deltaG)}`))],
      ['removed -200'],
    )
  })

  it('has a new plate weighed, and forgets one that is gone', async () => {
    const { profile, layout } = store
    const without = ({ id }: { id: string }) => id !== onA
    const fewer = {
      ...store,
      profile: { ...profile, plates: profile.plates.filter(without) },
      layout: { ...layout, plates: layout.plates.filter(without) },
    }
    const reading = async () => (await running.client.plates()).find(({ plate }) => plate === onA)
    assert.equal(await running.sensing.change(fewer), true)
    assert.equal(await reading(), undefined)
    assert.equal(await running.sensing.change(store), true)
    await until('the plate', async () => (await reading())?.weightG === 2000)
    assert.deepEqual(events(), [])
  })

  it('leaves everything as it was where the change cannot be, and has more than lines started anew', async () => {
    const { profile } = store
    const plates = profile.plates.map((plate, i) =>
      i ? plate : { ...plate, source: { ...plate.source, channel: 60 } },
    )
    await assert.rejects(running.sensing.change({ ...store, profile: { ...profile, plates } }), {
      code: 'device-mismatch',
    })
    assert.equal(await running.sensing.change({ ...store, profile: { ...profile, visionAppliances: [] } }), false)
    assert.deepEqual([a.slave.connections, b.slave.connections], [1, 1])
    const offline = (message: SensedMessage): message is DeviceHealth =>
      message.type === 'device-health' && message.plate !== undefined && message.state === 'offline'
    assert.deepEqual(messages.filter(offline), [])
  })
})

/** Two fixtures of the store, each on a gateway of its own whose last channel is free, and no cameras. */
function twoLines(store: LoadedStore, portA: number, portB: number): LoadedStore {
  const { profile, layout } = store
  const plates = profile.plates.flatMap((plate) => {
    const { unit, channel } = plate.source
    const device = unit === 1 ? 'line-a' : 'line-b'
    return unit <= 2 && channel < 8 ? [{ ...plate, source: { ...plate.source, device } }] : []
  })
  const ids = new Set(plates.map(({ id }) => id))
  const devices = profile.devices.flatMap((device) =>
    device.id === 'weighing-gateway'
      ? [
          { ...device, id: 'line-a', address: addressAt(portA) },
          { ...device, id: 'line-b', address: addressAt(portB) },
        ]
      : [device],
  )
  return {
    ...store,
    profile: { ...profile, plates, devices, cameras: [] },
    layout: { ...layout, plates: layout.plates.filter(({ id }) => ids.has(id)) },
  }
}

const addressAt = (port: number) => ({ transport: 'modbus-tcp' as const, host: '127.0.0.1', port })

function withAddress(store: LoadedStore, device: string, port: number): LoadedStore {
  const devices = store.profile.devices.map((one) => (one.id === device ? { ...one, address: addressAt(port) } : one))
  return { ...store, profile: { ...store.profile, devices } }
}
