import { pino } from 'pino'
import { BrokerAccess, brokerUsers } from '../../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../../runtime/broker/broker.ts'
import { loadStore } from '../../../runtime/profile/load-store.ts'
import { generatedSecrets } from '../../../runtime/security/secret-names.ts'
import { edit } from '../../support/profile-folder.ts'
import type { TestStore } from './test-till.ts'

export const devicesPassword = 'password-of-the-devices'
export const mqttReader = { id: 'second-scanner', topic: 'shop/scanner' }

/** Gives the store's gate one more reader, which is on MQTT, and starts the broker that this one hangs on. */
export async function startStoreBroker(store: TestStore): Promise<Broker> {
  await edit(store.profileDirectory, 'profile.json', (profile) => {
    const { devices, gates } = profile as { devices: object[]; gates: { otherReaders?: string[] }[] }
    const { id, topic } = mqttReader
    devices.push({ id, definition: 'mqtt-scanner', address: { transport: 'mqtt', topic } })
    for (const gate of gates) gate.otherReaders = [...(gate.otherReaders ?? []), id]
  })
  const { profile } = await loadStore(store.profileDirectory)
  store.secrets[generatedSecrets.brokerPasswordTill] = 'password-of-the-till'
  const passwords = {
    [generatedSecrets.brokerPasswordSensing]: 'password-of-sensing',
    [generatedSecrets.brokerPasswordDevices]: devicesPassword,
  }
  const access = new BrokerAccess(brokerUsers(profile, { ...store.secrets, ...passwords }))
  const broker = await startBroker({ host: '127.0.0.1', port: 0, access, log: pino({ level: 'silent' }) })
  store.brokerPort = broker.port
  return broker
}
