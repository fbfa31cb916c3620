import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import modbusSerial from 'modbus-serial'
import { SystemClock } from '../../runtime/contract/clock.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { type ServedDevices, serveDevices } from '../../runtime/twin/served-devices.ts'
import { RelayModule } from '../../runtime/twin/world/gate-mechanics.ts'
import { freePorts } from '../support/free-ports.ts'
import { cornerShop } from './corner-shop.ts'
import { ShopFloor } from './shop-floor.ts'

const definitions = new URL('../../hardware-profiles/devices/', import.meta.url)

describe('the devices of a profile, as the twin serves them', () => {
  const clock = new SystemClock()
  let store: LoadedStore
  let floor: ShopFloor
  let faults: Faults
  let served: ServedDevices | undefined

  before(async () => {
    store = await cornerShop()
  })

  beforeEach(() => {
    floor = new ShopFloor(store, 1)
    faults = new Faults(clock)
  })

  afterEach(() => served?.stop())

  type Device = LoadedStore['profile']['devices'][number]

  /** Serves one device instead of those of the shop; its plates stay at unit 1. */
  async function serve(device: Device): Promise<void> {
    const plates = store.profile.plates
      .filter(({ source }) => source.unit === 1)
      .map((plate) => ({ ...plate, source: { ...plate.source, device: device.id } }))
    served = await serveDevices({
      profile: { ...store.profile, devices: [device], plates },
      world: floor.world,
      modules: new Map([[device.id, new RelayModule()]]),
      view: { people: () => [] } as never,
      clock,
      faults,
      brokerUrl: 'mqtt://127.0.0.1:9',
      brokerPassword: 'nobody listens there',
      advance: () => {},
    })
  }

  function addressFor(protocol: string, port: number): Device['address'] {
    if (protocol === 'modbus') return { transport: 'modbus-tcp', host: '127.0.0.1', port }
    if (protocol === 'mqtt') return { transport: 'mqtt', topic: 'shop/device' }
    if (protocol === 'usb-keyboard') return { transport: protocol, path: join(tmpdir(), `open-aisle-event-${port}`) }
    if (protocol === 'rtsp') return { transport: 'rtsp', url: `rtsp://127.0.0.1:${port}` }
    if (protocol.startsWith('http') || protocol === 'mjpeg' || protocol === 'isapi')
      return { transport: 'http', url: `http://127.0.0.1:${port}/device` }
    return { transport: 'tcp', host: '127.0.0.1', port }
  }

  it('are of every model that the platform knows', async () => {
    const files = (await readdir(definitions)).filter((name) => name.endsWith('.json'))
    assert.ok(files.length >= 10)
    for (const file of files) {
      const { id, protocol } = JSON.parse(await readFile(new URL(file, definitions), 'utf8'))
      // A recording in place of a camera is no device.
      if (protocol === 'video-file' || protocol === 'picture-folder') continue
      const [port = 0] = await freePorts(1)
      await serve({ id: 'device', definition: id, address: addressFor(protocol, port), units: [1] })
      assert.notEqual(faults.all.find(({ name }) => name === 'device')?.kind, undefined, id)
      await served?.stop()
      faults = new Faults(clock)
    }
  })

  it('weigh what lies on their plates, and break one by one', async () => {
    const [port = 0] = await freePorts(1)
    await serve({
      id: 'gateway',
      definition: 'laumas-tlb4',
      address: addressFor('modbus', port),
    })
    const plate = store.profile.plates.find(({ source }) => source.unit === 1 && source.channel === 1)?.id ?? ''
    const client = new modbusSerial.default()
    await client.connectTCP('127.0.0.1', { port })
    client.setID(1)
    const read = async () => (await client.readHoldingRegisters(6, 3)).buffer
    const trueG = floor.world.shelves.gramsAt(plate, clock.nowMs())
    assert.ok(trueG > 100)
    const shownG = (await read()).readUInt32BE(2) / 10
    assert.ok(Math.abs(shownG - trueG) < 1, `${shownG} of ${trueG}`)
    faults.set(plate, 'flipped', 60)
    assert.equal((await read()).readUInt16BE(0) & (1 << 7), 1 << 7)
    faults.mend()
    faults.set(plate, 'disconnected', 60)
    assert.equal((await read()).readUInt16BE(0) & 1, 1)
    await new Promise<void>((resolve) => client.close(() => resolve()))
  })
})
