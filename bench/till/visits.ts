/**
 * Whole visits through the till as it runs in a shop: scans over TCP, commands and events over HTTP, charges at a
 * provider over HTTP, everything durable. Clients and provider run in this process too, so that its processor time
 * says more than the till alone takes.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { SystemClock } from '../../runtime/contract/clock.ts'
import type { AttributedLine, DecidedLine, Scan } from '../../runtime/contract/messages.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import { listen } from '../../runtime/program/listen.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { type RunningTill, startTill } from '../../runtime/till/till.ts'
import type { TillEvent } from '../../runtime/till-api/events.ts'
import type { TillClient } from '../../runtime/till-api/till-client.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { ProviderLedger } from '../../runtime/twin/provider/provider-ledger.ts'
import { serveProvider } from '../../runtime/twin/provider/provider-server.ts'
import { createToss } from '../../runtime/twin/provider/toss.ts'

export interface VisitFigures {
  visits: number
  perMinute: number
  /** What a single core would carry: visits by the processor time that the whole process took. */
  perMinuteOfOneCore: number
  /** From the sending of the decision to the receipt's arrival with a client. */
  receiptP50Ms: number
  receiptP99Ms: number
  /** At the provider; as many as visits. */
  charges: number
}

const profiles = fileURLToPath(new URL('../../hardware-profiles/', import.meta.url))
/** Shoppers who are on their way at the same time. */
const atOnce = 8
const skus = ['8801001000016', '8801001000184', '8801001000207']
const tokens = { flows: 'flows-token', console: 'console-token', accounts: 'accounts-token' }

export async function measureVisits(seconds: number): Promise<VisitFigures> {
  const shop = await openShop()
  const { flows, accounts, events, showCode } = shop
  const receiptMs: number[] = []
  let begun = 0
  const endMs = performance.now() + seconds * 1000
  const cpuBefore = process.cpuUsage()
  const beganMs = performance.now()
  const shopper = async () => {
    while (performance.now() < endMs) {
      const name = `shopper-${++begun}`
      await accounts.send({
        ...{ type: 'register-account', commandId: `register-${name}`, accountId: name, role: 'shopper', party: 1 },
        ...{ credential: `code-of-${name}`, payment: { customerKey: `c-${name}`, billingKey: `b-${name}` } },
      })
      const scanned = events.next((event) => event.type === 'scan' && event.data.account.accountId === name)
      showCode(`code-of-${name}`)
      const { scanId } = (await scanned).data as Scan
      const admission = { type: 'admit' as const, commandId: `admit-${scanId}`, scanId, party: 1 }
      const { visitId = '' } = await flows.send({ ...admission, rule: '', policyHash: '' })
      receiptMs.push(await checkOut(flows, events, visitId))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, shopper))
  const minutes = (performance.now() - beganMs) / 60_000
  const cpu = process.cpuUsage(cpuBefore)
  const charges = shop.books.charges.length
  await shop.close()
  receiptMs.sort((a, b) => a - b)
  const at = (share: number) => receiptMs[Math.floor(receiptMs.length * share)] ?? Number.NaN
  return {
    visits: receiptMs.length,
    perMinute: receiptMs.length / minutes,
    perMinuteOfOneCore: receiptMs.length / ((cpu.user + cpu.system) / 60e6),
    ...{ receiptP50Ms: at(0.5), receiptP99Ms: at(0.99), charges },
  }
}

/** Fills a basket in three steps, leaves, decides; resolves with how long the receipt took. */
async function checkOut(flows: TillClient, events: Heard, visitId: string): Promise<number> {
  const lines = skus.map(lineOf)
  await flows.send({ type: 'bind-visit', commandId: `bind-${visitId}`, visitId, personIds: [`person-${visitId}`] })
  for (let revision = 1; revision <= skus.length; revision++) {
    const step = { revision, final: false, lines: lines.slice(0, revision) }
    await flows.send({ type: 'set-lines', commandId: `lines-${visitId}-${revision}`, visitId, ...step })
  }
  const revision = skus.length + 1
  await flows.send({ type: 'end-visit', commandId: `end-${visitId}`, visitId, exitedAtMs: Date.now(), gate: null })
  await flows.send({ type: 'set-lines', commandId: `final-${visitId}`, visitId, revision, final: true, lines })
  const receipt = events.next((event) => event.type === 'receipt' && event.data.visitId === visitId)
  const decidedMs = performance.now()
  await flows.send({
    ...{ type: 'decide', commandId: `decide-${visitId}`, visitId, basketRevision: revision },
    ...{ lines: lines.map(decisionOn), policyHash: '', profileHash: '' },
  })
  await receipt
  return performance.now() - decidedMs
}

const lineOf = (sku: string, i: number): AttributedLine => ({
  ...{ lineId: `line-${i}`, sku, quantity: 1 + i, probability: 0.98, eventIds: [`event-${i}`] },
  ...{ alternatives: [], notes: [{ kind: 'weight', text: 'The shelf lost as much as this weighs.', logOdds: 3 }] },
})
const decisionOn = ({ lineId, sku, quantity, probability }: AttributedLine): DecidedLine => {
  return { lineId, sku, quantity, probability, outcome: 'charge', rule: 'sure' }
}

/** The till's events as they come, each handed to whoever waits for it. */
class Heard {
  readonly #waiting = new Set<{ is(event: TillEvent): boolean; resolve(event: TillEvent): void }>()

  take(event: TillEvent): void {
    for (const one of this.#waiting) {
      if (!one.is(event)) continue
      this.#waiting.delete(one)
      one.resolve(event)
    }
  }

  next(is: (event: TillEvent) => boolean): Promise<TillEvent> {
    return new Promise((resolve) => this.#waiting.add({ is, resolve }))
  }
}

async function openShop() {
  const clock = new SystemClock()
  const directory = await mkdtemp(join(tmpdir(), 'open-aisle-bench-'))
  const books = new ProviderLedger(null)
  let keys = 0
  const provider = await serveProvider({
    ...{ host: '127.0.0.1', port: 0, clock, faults: new Faults(clock), secretKey: 'sk', controlToken: 'control' },
    toss: createToss({
      ...{ ledger: books, clock, newKey: () => `key${++keys}`, customerOf: (key) => key.replace('b-', 'c-') },
      ...{ declines: () => false, forgetsKeys: () => false, changed: () => {} },
    }),
    control: () => ({ status: 404, body: {} }),
  })
  const readers = new Set<Socket>()
  const scanner = createServer((socket) => void readers.add(socket))
  const scannerPort = await listen(scanner, { host: '127.0.0.1', port: 0, what: 'the scanner of the benchmark' })
  const profileDirectory = join(directory, 'corner-shop')
  await cp(join(profiles, 'corner-shop'), profileDirectory, { recursive: true })
  await connectProfile(join(profileDirectory, 'profile.json'), provider.port, scannerPort)
  const till = await start(profileDirectory, join(directory, 'data'), clock)
  const client = (role: keyof typeof tokens) =>
    createTillClient({ url: `http://127.0.0.1:${till.port}`, token: tokens[role], clock })
  const events = new Heard()
  const stop = client('flows').follow(0, (event) => events.take(event))
  while (readers.size === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  return {
    ...{ flows: client('flows'), accounts: client('accounts'), events, books },
    showCode(code: string) {
      for (const reader of readers) reader.write(`${code}\r\n`)
    },
    async close() {
      stop()
      await till.stop()
      for (const reader of readers) reader.destroy()
      scanner.close()
      await provider.stop()
      await rm(directory, { recursive: true })
    },
  }
}

/** The shipped shop with our scanner and provider, and a door that stands open. */
async function connectProfile(path: string, providerPort: number, scannerPort: number): Promise<void> {
  const profile = JSON.parse(await readFile(path, 'utf8'))
  profile.payment.url = `http://127.0.0.1:${providerPort}`
  for (const device of profile.devices) if (device.id === 'gate-reader') device.address.port = scannerPort
  for (const gate of profile.gates) {
    delete gate.contacts
    delete gate.wiring
  }
  await writeFile(path, JSON.stringify(profile))
}

function start(profileDirectory: string, dataDirectory: string, clock: SystemClock): Promise<RunningTill> {
  return startTill(
    {
      settings: {
        ...{ profileDirectory, dataDirectory, host: '127.0.0.1', clock: { scale: 1, originMs: 0 }, live: true },
        ports: { console: 0, editor: 0, till: 0, sensing: 0, broker: 0, phone: 0 },
        twin: { seed: 1, shoppersPerHour: 0, visits: 0 },
      },
      secrets: {
        [generatedSecrets.tillTokenFlows]: tokens.flows,
        [generatedSecrets.tillTokenConsole]: tokens.console,
        [generatedSecrets.tillTokenAccounts]: tokens.accounts,
        [generatedSecrets.journalKey]: Buffer.alloc(32, 1).toString('base64url'),
        'toss-secret-key': 'sk',
      },
      clock,
      log: pino({ level: 'silent' }),
      notice: () => {},
    },
    {
      deviceDefinitions: join(profiles, 'devices'),
      random: seededRandom(1),
    },
  )
}
