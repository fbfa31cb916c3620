import { deepEqual, equal, rejects } from 'node:assert/strict'
import cameras from '../../nodes/cameras/definition.ts'
import registerCameras from '../../nodes/cameras/index.ts'
import deviceHealth from '../../nodes/device-health/definition.ts'
import registerDeviceHealth from '../../nodes/device-health/index.ts'
import loadCells from '../../nodes/load-cells/definition.ts'
import registerLoadCells from '../../nodes/load-cells/index.ts'
import vision from '../../nodes/vision-appliance/definition.ts'
import registerVision from '../../nodes/vision-appliance/index.ts'
import type { DeviceHealth } from '../../runtime/contract/messages.ts'
import { loadBench, unloadBench } from './bench.ts'
import { health, people, sighting, weightEvent } from './messages.ts'

afterEach(unloadBench)

describe('the load cells node', () => {
  it('journals each weight event before it sends it on', async () => {
    const { store, payloads, settle } = await loadBench(registerLoadCells, loadCells)
    const sentBefore: number[] = []
    store.till.onCommand = () => {
      sentBefore.push(payloads('weights').length)
    }
    const event = weightEvent()
    await store.sensing.say(event)
    await settle()
    deepEqual(store.till.commands, [
      { type: 'add-evidence', commandId: 'seen-e-1-0', evidence: [{ event, near: null, sighted: [] }] },
    ])
    deepEqual(sentBefore, [0])
    deepEqual(payloads('weights'), [event])
  })

  it('does not take from sensing what the till has not taken down', async () => {
    const { store, payloads, errors, settle } = await loadBench(registerLoadCells, loadCells)
    let answer = Promise.withResolvers<void>()
    store.till.onCommand = () => answer.promise
    const said = store.sensing.say(weightEvent())
    await new Promise(setImmediate)
    deepEqual(payloads('weights'), [])
    answer.resolve()
    await said
    await settle()
    equal(payloads('weights').length, 1)

    answer = Promise.withResolvers<void>()
    const given = store.sensing.say(weightEvent({ eventId: 'e-2' }))
    const rejected = rejects(given)
    const closed = unloadBench()
    answer.reject(new Error('the till is gone'))
    await closed
    await rejected.catch(() => {})
    equal(payloads('weights').length, 1)
    deepEqual(errors, [])
  })

  it('journals a redelivered event once', async () => {
    const { store } = await loadBench(registerLoadCells, loadCells)
    const event = weightEvent()
    await store.sensing.say(event)
    await store.sensing.say(event)
    await store.sensing.say({ ...event, revision: 1 })
    deepEqual(
      store.till.commands.map(({ commandId }) => commandId),
      ['seen-e-1-0', 'seen-e-1-1'],
    )
  })

  it('tells of its own group only', async () => {
    const { store, payloads, settle } = await loadBench(registerLoadCells, loadCells, { group: 'shelf-2' })
    await store.sensing.say(weightEvent())
    await store.sensing.say(weightEvent({ eventId: 'e-2', plates: [{ plate: 'p2', deltaG: -100 }] }))
    await store.sensing.say(health({ plate: 'p1' }))
    await store.sensing.say(health({ plate: 'p2' }))
    await settle()
    equal(store.till.commands.length, 1)
    deepEqual(
      payloads('weights').map((message) => message.type === 'weight-event' && message.eventId),
      ['e-2'],
    )
    deepEqual(
      payloads('health').map((message) => message.type === 'device-health' && message.plate),
      ['p2'],
    )
  })
})

describe('the vision appliance node', () => {
  it('passes on people and sightings, and asks to see two minutes again after a restart', async () => {
    const { store, payloads, settle } = await loadBench(registerVision, vision, { appliance: 'vision' })
    deepEqual(store.sensing.consumers.get('aisle-vision-appliance-node'), { keepMs: 120_000 })
    const seen = people([{ trackId: 't-1', atM: [1, 1] }])
    await store.sensing.say(seen)
    await store.sensing.say({ ...seen, source: 'another' })
    await store.sensing.say(sighting())
    await settle()
    deepEqual(payloads('people'), [seen])
    equal(payloads('sightings').length, 1)
  })

  it('takes whatever is not the cameras’ when no appliance is chosen', async () => {
    const { store, payloads, settle } = await loadBench(registerVision, vision)
    for (const source of ['vision', 'recording', 'ceiling', 'cam-1']) {
      await store.sensing.say({ ...people([]), source })
    }
    await settle()
    deepEqual(
      payloads('people').map((message) => message.type === 'people' && message.source),
      ['vision', 'recording'],
    )
  })
})

describe('the cameras node', () => {
  it('tells what the cameras of its group see, and how their devices are', async () => {
    const { store, payloads, settle, statuses } = await loadBench(registerCameras, cameras, { group: 'ceiling' })
    await store.sensing.say({ ...people([]), source: 'vision' })
    await store.sensing.say({ ...people([]), source: 'ceiling' })
    await store.sensing.say(sighting())
    await store.sensing.say(sighting({ camera: 'cam-9' }))
    await store.sensing.say(health({ device: 'camera-1', state: 'offline' }))
    await store.sensing.say(health({ device: 'camera-9' }))
    await settle()
    deepEqual(
      ['people', 'sightings', 'health'].map((port) => payloads(port).length),
      [1, 1, 1],
    )
    deepEqual(statuses, [{ fill: 'red', shape: 'dot', text: '1 cameras, 1 not well' }])
  })
})

describe('the device health node', () => {
  const changes: [DeviceHealth['state'], DeviceHealth['previous']][] = [
    ['late', 'online'],
    ['offline', 'late'],
    ['online', 'offline'],
    ['noisy', 'online'],
  ]
  async function told(tell: string) {
    const { store, payloads, settle } = await loadBench(registerDeviceHealth, deviceHealth, { tell })
    for (const [state, previous] of changes) await store.sensing.say(health({ state, previous }))
    await settle()
    return payloads('changes').map((message) => message.type === 'device-health' && message.state)
  }

  it('tells every change', async () => deepEqual(await told('changes'), ['late', 'offline', 'online', 'noisy']))
  it('tells outages and their ends only, if so set', async () =>
    deepEqual(await told('outages'), ['offline', 'online']))
})
