/** Sensing as it runs, with a broker and a data folder of its own, on ports that the system chose. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { BrokerAccess, brokerUsers } from '../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../runtime/broker/broker.ts'
import { type Clock, SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { type RunningSensing, startSensing } from '../../runtime/sensing/sensing.ts'
import type { SensingClient } from '../../runtime/sensing-api/sensing-client.ts'
import { createSensingClient } from '../../runtime/sensing-api/sensing-http-client.ts'

export const profiles = join(import.meta.dirname, '../../hardware-profiles')
export const sensingToken = 'the-token'
/** With which every device of the store speaks to the broker. */
export const devicePassword = 'the-device-password'
const catalogue = await loadDeviceDefinitions(join(profiles, 'devices'))
const log = pino({ level: 'silent' })
const host = '127.0.0.1'
const secrets = {
  [generatedSecrets.sensingToken]: sensingToken,
  [generatedSecrets.brokerPasswordSensing]: 'the-sensing-password',
  [generatedSecrets.brokerPasswordDevices]: devicePassword,
}

export interface TestSensing {
  broker: Broker
  dataDirectory: string
  /** Of the one that runs now. */
  sensing: RunningSensing
  client: SensingClient
  url: string
  /** Starts it again on the same data, after it was stopped. */
  startAgain(): Promise<void>
  stop(): Promise<void>
}

/** @param clock the store's time */
export async function runSensing(store: LoadedStore, clock: Clock = new SystemClock()): Promise<TestSensing> {
  const access = new BrokerAccess(brokerUsers(store.profile, secrets))
  const broker = await startBroker({ host, port: 0, access, log })
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sensing-'))
  const ports = { sensing: 0, broker: broker.port }
  async function start() {
    const sensing = await startSensing({ store, catalogue, dataDirectory, host, ports, secrets, clock, log })
    const url = `http://${host}:${sensing.port}`
    return { sensing, url, client: createSensingClient({ url, token: sensingToken, clock: new SystemClock() }) }
  }
  const running: TestSensing = {
    ...(await start()),
    broker,
    dataDirectory,
    async startAgain() {
      Object.assign(running, await start())
    },
    async stop() {
      await running.sensing.stop()
      await broker.stop()
      await rm(dataDirectory, { recursive: true })
    },
  }
  return running
}

/** Waits for what has to come, however slow the machine is. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, everyMs = 20): Promise<void> {
  const clock = new SystemClock()
  for (const endMs = clock.nowMs() + 15_000; clock.nowMs() < endMs; await sleep(clock, everyMs)) {
    if (await holds()) return
  }
  assert.fail(`this never came: ${what}`)
}
