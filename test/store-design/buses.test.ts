import assert from 'node:assert/strict'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { LoadCellTransmitter } from '../../runtime/devices/definition-schema.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { checkBuses } from '../../runtime/store-design/bus-check.ts'
import { unitPollMs, unitsPerLine } from '../../runtime/store-design/bus-time.ts'

const definitions = await loadDeviceDefinitions(join(root, 'hardware-profiles/devices'))
const transmitter = (id: string) => definitions.get(id) as LoadCellTransmitter
const fast = { baudRate: 115_200, parity: 'none' } as const

describe('the time on a bus', () => {
  it('is transmission, pauses and answer time of every request', () => {
    // 8 + 5 + 2 x 56 characters of 10 bits, two pauses of 1.75 ms, 5 ms until the answer, 1 ms of network.
    assert.ok(Math.abs(unitPollMs(transmitter('baykon-mx08'), fast) - (125 / 11.52 + 3.5 + 6)) < 1e-9)
    assert.equal(unitPollMs(transmitter('baykon-mx08'), undefined), 6)
    const slow = unitPollMs(transmitter('baykon-mx08'), { baudRate: 9600, parity: 'none' })
    assert.ok(slow > 140 && slow < 150, `${slow} ms`)
  })

  it('counts a parity bit', () => {
    const even = unitPollMs(transmitter('laumas-tlb4'), { ...fast, parity: 'even' })
    assert.ok(even > unitPollMs(transmitter('laumas-tlb4'), fast))
  })

  it('leaves settings out that are read now and then only', () => {
    const seneca = transmitter('seneca-ze-sg3')
    assert.ok(seneca.reads.length > 1)
    assert.equal(unitPollMs(seneca, undefined), 6)
  })

  it('says how many units a line can have', () => {
    assert.equal(unitsPerLine(transmitter('baykon-mx08'), fast, 15), 3)
    assert.equal(unitsPerLine(transmitter('baykon-mx08'), fast, 5), 9)
  })

  it('is checked in a profile: a line that cannot keep up is named with what it gives', async () => {
    const { profile } = await loadStore(join(root, 'hardware-profiles/corner-shop'))
    assert.deepEqual(checkBuses(profile, definitions), [])
    const hasty = {
      ...profile,
      devices: profile.devices.map((device) => (device.pollHz ? { ...device, pollHz: 30 } : device)),
    }
    assert.match(
      checkBuses(hasty, definitions)[0]?.message ?? '',
      /weighing-gateway takes 61 ms.*16\.4 readings a second, not 30/,
    )
  })

  it('is doubted where several units share a line that the profile does not name', async () => {
    const { profile } = await loadStore(join(root, 'hardware-profiles/corner-shop'))
    const devices = profile.devices.map((device) => {
      if (device.address.transport !== 'modbus-tcp') return device
      const { line: _, ...address } = device.address
      return { ...device, address }
    })
    assert.match(checkBuses({ ...profile, devices }, definitions)[0]?.message ?? '', /names no serial line/)
  })
})
