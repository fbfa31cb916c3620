/** Every other way in than a QR code at a TCP reader, up to the scan that the till tells of. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { SerialPort } from 'serialport'
import type { Broker } from '../../../runtime/broker/broker.ts'
import type { Scan } from '../../../runtime/contract/messages.ts'
import { databaseFile } from '../../../runtime/till/data-files.ts'
import { StreamReader } from '../../../runtime/till/doors/readers/stream-reader.ts'
import type { TillEvent } from '../../../runtime/till-api/events.ts'
import { Faults } from '../../../runtime/twin/devices/faults.ts'
import { startMqttScanner, type Scanner as TwinScanner } from '../../../runtime/twin/devices/scanner.ts'
import { edit } from '../../support/profile-folder.ts'
import { Scanner } from '../support/scanner.ts'
import { devicesPassword, mqttReader, startStoreBroker } from '../support/store-broker.ts'
import {
  clock,
  openTestStore,
  record,
  registration,
  startTestTill,
  type TestStore,
  type TestTill,
} from '../support/test-till.ts'
import { waitFor } from '../support/wait.ts'

describe('a gate with several readers', () => {
  let store: TestStore
  let till: TestTill
  let broker: Broker
  let told: { events: TillEvent[]; stop(): void }
  let mqtt: TwinScanner
  const readers = { card: new Scanner(), badge: new Scanner(), adult: new Scanner() }

  before(async () => {
    store = await openTestStore()
    for (const reader of Object.values(readers)) await reader.start()
    const at = (id: string, definition: string, reader: Scanner) => ({
      ...{ id, definition, address: { transport: 'tcp', host: '127.0.0.1', port: reader.port } },
    })
    await edit(store.profileDirectory, 'profile.json', (profile) => {
      const { devices, gates } = profile as { devices: object[]; gates: Record<string, unknown>[] }
      devices.push(
        at('card-terminal', 'card-terminal', readers.card),
        at('badge-reader', 'badge-reader', readers.badge),
        at('adult-terminal', 'adult-terminal', readers.adult),
      )
      const names = ['card-terminal', 'badge-reader', 'adult-terminal']
      Object.assign(gates[0] ?? {}, { otherReaders: names })
      return profile
    })
    broker = await startStoreBroker(store)
    const at2 = { brokerUrl: `mqtt://127.0.0.1:${broker.port}`, password: devicesPassword, clock }
    mqtt = startMqttScanner({ ...at2, device: mqttReader.id, topic: mqttReader.topic, faults: new Faults(clock) })
    till = await startTestTill(store)
    told = record(till.client('flows'))
    await till.client('accounts').send(registration('anna'))
    await till.client('accounts').send({ ...registration('staff'), role: 'staff', payment: null })
    await waitFor('the readers', () => Object.values(readers).every(({ connected }) => connected))
  })
  after(async () => {
    told.stop()
    await till.stop()
    await mqtt.stop()
    await broker.stop()
    await Promise.all([store.stop(), ...Object.values(readers).map((reader) => reader.stop())])
  })

  /** The scan that comes of what `act` shows. */
  async function scanOf(act: () => void): Promise<Scan> {
    const scans = () => told.events.flatMap((event) => (event.type === 'scan' ? [event.data] : []))
    const before = scans().length
    act()
    return waitFor('the scan', () => scans()[before])
  }

  it('takes a registered card by its token, and a strange one as a card that nobody knows', async () => {
    const known = await scanOf(() => readers.card.show('credential-of-anna'))
    assert.deepEqual([known.method, known.account.accountId, known.account.usable], ['card', 'anna', true])
    const strange = await scanOf(() => readers.card.show('tok-of-nobody'))
    assert.deepEqual([strange.method, strange.account.known, strange.account.usable], ['card', false, true])
  })

  it('throws a card number away: it is told of by nobody and written nowhere', async () => {
    const number = '4111111111111111'
    readers.card.show(number)
    const next = await scanOf(() => readers.card.show('tok-after-it'))
    assert.equal(next.account.known, false)
    for (const suffix of ['', '-wal']) {
      const bytes = await readFile(join(store.dataDirectory, databaseFile + suffix)).catch(() => Buffer.alloc(0))
      assert.equal(bytes.includes(number), false)
    }
    assert.equal(JSON.stringify(told.events).includes(number), false)
  })

  it('knows staff by their badge', async () => {
    const { method, account } = await scanOf(() => readers.badge.show('credential-of-staff'))
    assert.deepEqual([method, account.role], ['badge', 'staff'])
  })

  it("takes somebody else's yes or no for the next scan, once, and nobody's word for it", async () => {
    readers.adult.show('ADULT-YES')
    // The two readers are different devices: that the answer has come shows only in a scan.
    const adult = await waitFor('a scan of an adult', async () => {
      const scan = await scanOf(() => readers.badge.show(`badge-${told.events.length}`))
      return scan.account.adult !== null && scan
    })
    assert.equal(adult.account.adult, true)
    const next = await scanOf(() => readers.badge.show('badge-next'))
    assert.equal(next.account.adult, null)
    const claimed = await scanOf(() => store.scanner.show('ADULT-YES'))
    assert.deepEqual([claimed.account.adult, claimed.account.usable], [null, false])
  })

  it('hears a scanner on MQTT, through a broker that lets the till hear nothing else', async () => {
    const { method, account } = await waitFor('the scan', async () => {
      mqtt.reads('credential-of-anna')
      await new Promise((resolve) => setTimeout(resolve, 100))
      const scan = told.events.findLast((event) => event.type === 'scan' && event.data.method === 'qr')
      return scan?.type === 'scan' && scan.data.account.known && scan.data
    })
    assert.deepEqual([method, account.accountId], ['qr', 'anna'])
  })
})

describe('a reader on a serial line', () => {
  it('is read, also after the line was away', async function () {
    this.timeout(30_000)
    const folder = await mkdtemp(join(tmpdir(), 'open-aisle-serial-'))
    const [near, far] = [join(folder, 'near'), join(folder, 'far')]
    const codes: string[] = []
    const framing = { terminator: '\r', idleMs: 500, repeatMs: 0, maxBytes: 64 } as const
    const address = { transport: 'serial', path: near, baudRate: 9600, parity: 'none' } as const
    const options = { name: 'scanner', address, framing, clock, log: pino({ level: 'silent' }) }
    const reader = new StreamReader(options, (code) => codes.push(code))
    reader.start()
    for (const code of ['code-1', 'code-2']) {
      const pair = spawn('socat', [`PTY,raw,echo=0,link=${near}`, `PTY,raw,echo=0,link=${far}`])
      const missing = await new Promise((resolve) => {
        pair.on('error', () => resolve(true))
        pair.on('spawn', () => resolve(false))
      })
      if (missing) {
        reader.stop()
        return this.skip()
      }
      const scanner = await waitFor('the line', () => openSerial(far))
      // Whoever speaks before the reader listens is not heard, as at a shop's door.
      await waitFor(`the code ${code}`, async () => {
        scanner.write(`${code}\r`)
        await new Promise((resolve) => setTimeout(resolve, 50))
        return codes.at(-1) === code
      })
      await new Promise((resolve) => scanner.close(resolve))
      const gone = new Promise((resolve) => pair.once('exit', resolve))
      pair.kill()
      await gone
    }
    reader.stop()
    await rm(folder, { recursive: true })
  })

  const openSerial = (path: string): Promise<SerialPort | undefined> =>
    new Promise((resolve) => {
      const port = new SerialPort({ path, baudRate: 9600, autoOpen: false })
      port.open((error) => resolve(error ? undefined : port))
    })
})
