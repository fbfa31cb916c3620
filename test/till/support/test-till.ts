/** A till as it runs in a shop, in the test's own process, between a real provider, scanner and Modbus slave. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import type { AttributedLine, DecidedLine, Scan } from '../../../runtime/contract/messages.ts'
import { seededRandom } from '../../../runtime/contract/random.ts'
import type { RunSettings } from '../../../runtime/program/run-settings.ts'
import { generatedSecrets } from '../../../runtime/security/secret-names.ts'
import { type RunningTill, startTill } from '../../../runtime/till/till.ts'
import type { VisitDeadlines } from '../../../runtime/till/visits/deadlines.ts'
import type { TillRole } from '../../../runtime/till-api/commands.ts'
import type { TillEvent, VisitSnapshot } from '../../../runtime/till-api/events.ts'
import type { TillClient } from '../../../runtime/till-api/till-client.ts'
import { createTillClient } from '../../../runtime/till-api/till-http-client.ts'
import { copyProfile, edit } from '../../support/profile-folder.ts'
import { Scanner } from './scanner.ts'
import { TossServer } from './toss-server.ts'
import { waitFor } from './wait.ts'

export const tokens: Record<TillRole, string> = {
  flows: 'flows-token-of-the-tests',
  console: 'console-token-of-the-tests',
  accounts: 'accounts-token-of-the-tests',
  kiosk: 'kiosk-token-of-the-tests',
}

export const deviceDefinitions = fileURLToPath(new URL('../../../hardware-profiles/devices', import.meta.url))

export const clock = new SystemClock()

export interface TestStore {
  profileDirectory: string
  dataDirectory: string
  toss: TossServer
  scanner: Scanner
  secrets: Record<string, string>
  /** Where a test has one. */
  brokerPort?: number
  stop(): Promise<void>
}

/** The shipped shop with a provider, a scanner and, when given, a gate; otherwise its door stands open. */
export async function openTestStore(options: { seed?: number; gate?: { port: number } } = {}): Promise<TestStore> {
  const toss = await new TossServer(seededRandom(options.seed ?? 1)).start()
  const scanner = await new Scanner().start()
  const profileDirectory = await copyProfile()
  await edit(profileDirectory, 'profile.json', (profile) => {
    const { gates, devices, payment } = profile as unknown as {
      gates: { contacts?: string; wiring?: object; passTimeoutMs: number }[]
      devices: { id: string; address: { port?: number } }[]
      payment: { url: string }
    }
    payment.url = toss.url
    for (const device of devices) {
      if (device.id === 'gate-reader') device.address.port = scanner.port
      if (device.id === 'gate-contacts' && options.gate) device.address.port = options.gate.port
    }
    for (const gate of gates) {
      gate.passTimeoutMs = 1500
      if (options.gate) continue
      delete gate.contacts
      delete gate.wiring
    }
  })
  const dataDirectory = await mkdtemp(join(tmpdir(), 'open-aisle-till-'))
  const secrets = {
    [generatedSecrets.tillTokenFlows]: tokens.flows,
    [generatedSecrets.tillTokenConsole]: tokens.console,
    [generatedSecrets.tillTokenAccounts]: tokens.accounts,
    [generatedSecrets.tillTokenKiosk]: tokens.kiosk,
    [generatedSecrets.journalKey]: Buffer.alloc(32, 7).toString('base64url'),
    'toss-secret-key': toss.secretKey,
  }
  return {
    profileDirectory,
    dataDirectory,
    toss,
    scanner,
    secrets,
    async stop() {
      await Promise.all([toss.stop(), scanner.stop()])
      await rm(dataDirectory, { recursive: true })
      await rm(join(profileDirectory, '..'), { recursive: true })
    },
  }
}

export const settingsOf = (store: TestStore, port: number): RunSettings => ({
  profileDirectory: store.profileDirectory,
  dataDirectory: store.dataDirectory,
  host: '127.0.0.1',
  ports: { console: 0, editor: 0, till: port, sensing: 0, broker: store.brokerPort ?? 0, phone: 0 },
  clock: { scale: 1, originMs: 0 },
  live: true,
  twin: { seed: 1, shoppersPerHour: 0, visits: 0 },
})

export interface TestTill extends RunningTill {
  url: string
  notices: string[]
  client(role: TillRole): TillClient
}

export async function startTestTill(store: TestStore, deadlines: Partial<VisitDeadlines> = {}): Promise<TestTill> {
  const notices: string[] = []
  const till = await startTill(
    {
      settings: settingsOf(store, 0),
      secrets: store.secrets,
      clock,
      log: pino({ level: process.env.OPEN_AISLE_LOG_LEVEL ?? 'silent' }),
      notice: (text) => notices.push(text),
    },
    { deviceDefinitions, random: seededRandom(7), deadlines },
  )
  const url = `http://127.0.0.1:${till.port}`
  return { ...till, url, notices, client: (role) => createTillClient({ url, token: tokens[role], clock }) }
}

/** Everything that the till tells, as it comes. */
export function record(
  client: TillClient,
  onEvent: (event: TillEvent) => void = () => {},
): { events: TillEvent[]; stop(): void } {
  const events: TillEvent[] = []
  const stop = client.follow(0, (event) => {
    events.push(event)
    onEvent(event)
  })
  return { events, stop }
}

/** Two products of the shipped corner shop, with their prices in won. */
export const cola = { sku: '8801001000016', priceMinor: 2100 }
export const gum = { sku: '8801001000207', priceMinor: 1000 }

export const registration = (accountId: string, payment: 'card' | 'none' = 'card') => ({
  type: 'register-account' as const,
  commandId: `register-${accountId}`,
  accountId,
  role: 'shopper' as const,
  credential: `credential-of-${accountId}`,
  party: 1,
  payment: payment === 'card' ? { customerKey: `customer-${accountId}`, billingKey: `billing-${accountId}` } : null,
})

export const lineOf = (sku: string, quantity: number, lineId = `line-${sku}`): AttributedLine => ({
  lineId,
  sku,
  quantity,
  probability: 0.98,
  eventIds: ['event-1'],
  alternatives: [],
  notes: [],
})

export const decisionOn = (line: AttributedLine, outcome: DecidedLine['outcome'] = 'charge'): DecidedLine => ({
  lineId: line.lineId,
  sku: line.sku,
  quantity: line.quantity,
  probability: line.probability,
  outcome,
  rule: 'sure',
})

/** Longer than the reader takes the same code for the same scan. */
const showAgainMs = 2200

/** Shows an account's credential until the till tells of a scan of it that is newer than `after`. */
export async function showUntilScanned(
  scanner: Scanner,
  events: readonly TillEvent[],
  accountId: string,
  { after = 0, withinMs = 120_000 } = {},
): Promise<Scan> {
  let shownAtMs = Number.NEGATIVE_INFINITY
  let shownTo = 0
  return waitFor(
    `the scan of ${accountId}`,
    () => {
      // A reader that was connected anew remembers no code.
      const isNew = scanner.connections > shownTo
      if (scanner.connected && (isNew || performance.now() - shownAtMs > showAgainMs)) {
        scanner.show(`credential-of-${accountId}`)
        shownAtMs = performance.now()
        shownTo = scanner.connections
      }
      // A stranger's scan names no account.
      const scans = events.flatMap((event) => (event.type === 'scan' && event.sequence > after ? [event.data] : []))
      return scans.find(({ account }) => account.accountId === accountId || account.accountId === null)
    },
    withinMs,
  )
}

export async function scanIn(till: TestTill, store: TestStore, accountId: string): Promise<Scan> {
  const { sequence } = await till.client('flows').state()
  const { events, stop } = record(till.client('flows'))
  try {
    return await showUntilScanned(store.scanner, events, accountId, { after: sequence })
  } finally {
    stop()
  }
}

export async function admit(till: TestTill, scanId: string, party = 1): Promise<string> {
  const answer = await till.client('flows').send({
    type: 'admit',
    commandId: `admit-${scanId}`,
    scanId,
    party,
    rule: 'known',
    policyHash: 'policy',
  })
  if (!answer.visitId) throw new Error('The till opened no visit.')
  return answer.visitId
}

/** Takes down a basket, ends the visit and decides it. */
export async function checkOut(
  client: TillClient,
  visitId: string,
  lines: AttributedLine[],
  decide: (line: AttributedLine) => DecidedLine = (line) => decisionOn(line),
): Promise<void> {
  await client.send({ type: 'set-lines', commandId: `lines-${visitId}`, visitId, revision: 1, final: false, lines })
  await client.send({ type: 'end-visit', commandId: `end-${visitId}`, visitId, exitedAtMs: clock.nowMs(), gate: null })
  await client.send({ type: 'set-lines', commandId: `final-${visitId}`, visitId, revision: 2, final: true, lines })
  await client.send({
    type: 'decide',
    commandId: `decide-${visitId}`,
    visitId,
    basketRevision: 2,
    lines: lines.map(decide),
    policyHash: 'policy',
    profileHash: 'profile',
  })
}

export async function visitIn(till: TestTill, visitId: string, state: VisitSnapshot['state']): Promise<VisitSnapshot> {
  return waitFor(`${visitId} to be ${state}`, async () => {
    const answer = await get(till.url, `/v1/visits/${visitId}`, 'console')
    const visit = (await answer.json()) as VisitSnapshot
    return visit.state === state && visit
  })
}

export const get = (url: string, path: string, role: TillRole): Promise<Response> =>
  fetch(new URL(path, url), { headers: { authorization: `Bearer ${tokens[role]}` } })
