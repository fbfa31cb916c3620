/**
 * Durable events a second: the ledger as the till uses it, beside bare better-sqlite3 on the same disk with as many
 * events in each of its transactions; and that once more with SHA-256 over each row, which is what a chain costs.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LedgerThread, openLedgerThread } from '../../runtime/till/ledger/ledger-thread.ts'
import type { Shop } from '../../runtime/till/ledger/step.ts'
import { defaultDeadlines } from '../../runtime/till/visits/deadlines.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { type BareJournal, openBare } from './bare-journal.ts'

/** How events are sent: so many in a command, so many commands under way at the same time. */
export interface Sending {
  inCommand: number
  inFlight: number
}

export interface RateFigures {
  /** Events. */
  perS: number
  /** Processor time an event, of all threads of the process: what does not hang on what else the machine does. */
  processorUs: number
}

export interface DurableEvents extends Sending {
  /** Events in one transaction of ours, in the mean, and of the bare database. */
  inTransaction: number
  ours: RateFigures
  bare: RateFigures
  /** The bare database, each row with the hash of the row before it and its own. */
  chained: RateFigures
  /** From the sending of a command to its acknowledgement. */
  p50Ms: number
  p99Ms: number
}

const shop: Shop = {
  ...{ storeId: 'bench', currency: 'KRW', timeZone: 'Asia/Seoul', products: new Map(), holdMinor: null },
  ...{ terms: { promotions: [], tax: null }, deadlines: defaultDeadlines },
  disputes: { refundUpToMinor: 0, mostAMonth: 0 },
  offline: { amountMinor: null, count: null, ageMs: null },
  retention: { accountMs: Number.POSITIVE_INFINITY, commandMs: Number.POSITIVE_INFINITY },
  sendsMail: false,
  openEntrances: [],
}

const turns = 10
/** What all have done before anything is counted. */
const warmUpTurns = 2

/** All in turns, so that whatever else the machine does strikes all alike. */
export async function measureDurableEvents(sending: Sending, seconds: number): Promise<DurableEvents> {
  const directory = await mkdtemp(join(tmpdir(), 'open-aisle-bench-'))
  const ledger = await openLedgerThread({ path: join(directory, 'till.sqlite'), shop, nowMs: 0 }, (lost) => {
    throw lost
  })
  const bare = openBare(join(directory, 'bare.sqlite'), false)
  const chained = openBare(join(directory, 'chained.sqlite'), true)
  const sender = new Sender(ledger, sending)
  const rates = { ours: new Rate(), bare: new Rate(), chained: new Rate() }
  const sliceMs = (seconds * 1000) / turns / 3
  for (let turn = -warmUpTurns; turn < turns; turn++) {
    if (turn === 0) for (const counted of [sender, ...Object.values(rates)]) counted.startAnew()
    await rates.ours.during(() => sender.sendFor(sliceMs))
    const rows = evidenceOf(Math.round(sender.inTransaction))
    await rates.bare.during(insertFor(sliceMs, bare, rows))
    await rates.chained.during(insertFor(sliceMs, chained, rows))
  }
  await ledger.close()
  bare.close()
  chained.close()
  await rm(directory, { recursive: true })
  return {
    ...{ ...sending, inTransaction: sender.inTransaction, p50Ms: sender.delayMs(0.5), p99Ms: sender.delayMs(0.99) },
    ...{ ours: rates.ours.figures, bare: rates.bare.figures, chained: rates.chained.figures },
  }
}

/** How many events in how much time. */
class Rate {
  #events = 0
  #ms = 0
  #processorUs = 0

  async during(work: () => Promise<number> | number): Promise<void> {
    const [beganMs, before] = [performance.now(), process.cpuUsage()]
    this.#events += await work()
    const { user, system } = process.cpuUsage(before)
    this.#ms += performance.now() - beganMs
    this.#processorUs += user + system
  }

  startAnew(): void {
    this.#events = 0
    this.#ms = 0
    this.#processorUs = 0
  }

  get figures(): RateFigures {
    return { perS: (this.#events / this.#ms) * 1000, processorUs: this.#processorUs / this.#events }
  }
}

const insertFor = (ms: number, database: BareJournal, rows: Evidence[]) => () => {
  let events = 0
  for (const endMs = performance.now() + ms; performance.now() < endMs; ) events += database.insert(rows)
  return events
}

/** Sends to the ledger, and keeps count. */
class Sender {
  readonly #ledger: LedgerThread
  readonly #sending: Sending
  #commands = 0
  #delaysMs: number[] = []
  #transactions = 0

  constructor(ledger: LedgerThread, sending: Sending) {
    this.#ledger = ledger
    this.#sending = sending
    // The journal's end is told anew with each commit.
    ledger.onAppended(() => this.#transactions++)
  }

  /** Says how many events were acknowledged. */
  async sendFor(ms: number): Promise<number> {
    const endMs = performance.now() + ms
    const evidence = evidenceOf(this.#sending.inCommand)
    let events = 0
    const lane = async () => {
      while (performance.now() < endMs) {
        const sentMs = performance.now()
        const n = this.#commands++
        await this.#ledger.take({ type: 'add-evidence', commandId: `c-${n}`, evidence }, n)
        this.#delaysMs.push(performance.now() - sentMs)
        events += evidence.length
      }
    }
    await Promise.all(Array.from({ length: this.#sending.inFlight }, lane))
    return events
  }

  get inTransaction(): number {
    return (this.#delaysMs.length * this.#sending.inCommand) / this.#transactions
  }

  delayMs(share: number): number {
    const sorted = this.#delaysMs.toSorted((a, b) => a - b)
    return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  }

  startAnew(): void {
    this.#delaysMs = []
    this.#transactions = 0
  }
}

const evidenceOf = (count: number): Evidence[] => Array.from({ length: count }, (_, i) => oneEvidence(i))

/** A weight event as a shelf of ten plates tells it, with three people near. */
const oneEvidence = (i: number): Evidence => ({
  event: {
    ...{ type: 'weight-event', version: 1, storeId: 'bench', sequence: i, seenAtMs: i, receivedAtMs: i },
    ...{ eventId: `event-${i}`, revision: 0, fixture: 'g1', startedAtMs: i, settledAtMs: i, kind: 'removed' },
    plates: [{ plate: 'g1-s1-p1', deltaG: -251.5 }],
    ...{ deltaG: -251.5, sigmaG: 1.2, evidence: { noiseG: 0.8, swingG: 3.1, samples: 42 } },
  },
  near: ['p1', 'p2', 'p3'].map((personId) => ({ personId, handM: 0.12, headM: 0.4, seen: 1 })),
  sighted: [],
})
