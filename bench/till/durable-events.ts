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
import { openBare } from './bare-journal.ts'

/** How events are sent: so many in a command, so many commands under way at the same time. */
export interface Sending {
  inCommand: number
  inFlight: number
}

export interface DurableEvents extends Sending {
  /** Events in one transaction of ours, in the mean, and of the bare database. */
  inTransaction: number
  oursPerS: number
  barePerS: number
  /** The bare database, each row with the hash of the row before it and its own. */
  chainedPerS: number
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
  const rates = { bare: new Rate(), chained: new Rate() }
  const sliceMs = (seconds * 1000) / turns / 3
  for (let turn = -warmUpTurns; turn < turns; turn++) {
    if (turn === 0) for (const counted of [sender, rates.bare, rates.chained]) counted.startAnew()
    await sender.sendFor(sliceMs)
    const rows = evidenceOf(Math.round(sender.figures().inTransaction))
    rates.bare.runFor(sliceMs, () => bare.insert(rows))
    rates.chained.runFor(sliceMs, () => chained.insert(rows))
  }
  const ours = sender.figures()
  await ledger.close()
  bare.close()
  chained.close()
  await rm(directory, { recursive: true })
  return { ...sending, ...ours, barePerS: rates.bare.perS, chainedPerS: rates.chained.perS }
}

class Rate {
  #events = 0
  #ms = 0

  runFor(ms: number, insert: () => number): void {
    const beganMs = performance.now()
    while (performance.now() - beganMs < ms) this.#events += insert()
    this.#ms += performance.now() - beganMs
  }

  startAnew(): void {
    this.#events = 0
    this.#ms = 0
  }

  get perS(): number {
    return (this.#events / this.#ms) * 1000
  }
}

/** Sends to the ledger, and keeps count. */
class Sender {
  readonly #ledger: LedgerThread
  readonly #sending: Sending
  #commands = 0
  #delaysMs: number[] = []
  #ms = 0
  #transactions = 0

  constructor(ledger: LedgerThread, sending: Sending) {
    this.#ledger = ledger
    this.#sending = sending
    // The journal's end is told anew with each commit.
    ledger.onAppended(() => this.#transactions++)
  }

  async sendFor(ms: number): Promise<void> {
    const beganMs = performance.now()
    const evidence = evidenceOf(this.#sending.inCommand)
    const lane = async () => {
      while (performance.now() - beganMs < ms) {
        const sentMs = performance.now()
        const n = this.#commands++
        await this.#ledger.take({ type: 'add-evidence', commandId: `c-${n}`, evidence }, n)
        this.#delaysMs.push(performance.now() - sentMs)
      }
    }
    await Promise.all(Array.from({ length: this.#sending.inFlight }, lane))
    this.#ms += performance.now() - beganMs
  }

  /** How it went so far. */
  figures(): Pick<DurableEvents, 'inTransaction' | 'oursPerS' | 'p50Ms' | 'p99Ms'> {
    const delaysMs = this.#delaysMs.sort((a, b) => a - b)
    const at = (share: number) => delaysMs[Math.floor(delaysMs.length * share)] ?? Number.NaN
    const events = delaysMs.length * this.#sending.inCommand
    return {
      ...{ inTransaction: events / this.#transactions, oursPerS: (events / this.#ms) * 1000 },
      ...{ p50Ms: at(0.5), p99Ms: at(0.99) },
    }
  }

  startAnew(): void {
    this.#delaysMs = []
    this.#ms = 0
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
