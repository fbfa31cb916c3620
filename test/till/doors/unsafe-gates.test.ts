import assert from 'node:assert/strict'
import { join } from 'node:path'
import { loadDeviceDefinitions } from '../../../runtime/devices/catalogue.ts'
import { loadStore } from '../../../runtime/profile/load-store.ts'
import type { Profile } from '../../../runtime/profile/profile-schema.ts'
import { unsafeGates } from '../../../runtime/till/doors/unsafe-gates.ts'
import { fullWiring } from '../support/bench-gate.ts'

const profiles = join(import.meta.dirname, '../../../hardware-profiles')
const definitions = await loadDeviceDefinitions(join(profiles, 'devices'))

describe('what an installer forgot at a gate', () => {
  const said = (definition: string, gate: Partial<Profile['gates'][number]>) => {
    const url = { transport: 'http' as const, url: 'http://192.0.2.1' }
    const tcp = { transport: 'modbus-tcp' as const, host: '192.0.2.1', port: 502 }
    const address = definition === 'hikvision-door' ? url : tcp
    const devices = [{ id: 'contacts', definition, address }]
    const whole = { id: 'gate-1', kind: 'both' as const, zoneM: [], contacts: 'contacts', wiring: fullWiring, ...gate }
    return unsafeGates({ gates: [whole], devices }, definitions).join(' ')
  }
  const { watchdogRelay: _watchdog, ...noWatchdog } = fullWiring
  const { fireInput: _fire, ...noFire } = fullWiring

  it('is nothing in the shipped stores, at an open door, or at an entry', async () => {
    for (const store of ['corner-shop', 'gs25-euljiro', 'emart24-gimpo']) {
      assert.deepEqual(unsafeGates((await loadStore(join(profiles, store))).profile, definitions), [])
    }
    assert.equal(said('moxa-e1214', {}), '')
    assert.equal(said('waveshare-relay-8', { wiring: { ...noWatchdog, exitOpensWhenOff: true } }), '')
    assert.equal(said('moxa-e1214', { kind: 'entry', wiring: noWatchdog }), '')
    assert.equal(said('moxa-e1214', { contacts: 'none', wiring: noWatchdog }), '')
  })

  it('is a lock that only a program opens, and a fire that nobody sees', () => {
    assert.match(said('moxa-e1214', { wiring: noWatchdog }), /does not open its exit without power/)
    assert.match(said('moxa-e1214', { wiring: noFire }), /does not see a fire alarm/)
    assert.match(said('hikvision-door', {}), /does not open by itself/)
  })
})
