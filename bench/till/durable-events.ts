/** Durable events a second: the ledger as the till uses it, beside bare better-sqlite3 on the same disk. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openLedgerThread } from '../../runtime/till/ledger/ledger-thread.ts'
import type { Shop } from '../../runtime/till/ledger/step.ts'
import { defaultDeadlines } from '../../runtime/till/visits/deadlines.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'

export interface DurableEvents {
  /** Events in one transaction, and so in one command. */
  batch: number
  oursPerS: number
  barePerS: number
  ratio: number
  /** From the sending of a batch to its acknowledgement. */
  oursP99Ms: number
}

const shop: Shop = {
  ...{ storeId: 'bench', currency: 'KRW', timeZone: 'Asia/Seoul', products: new Map(), holdMinor: null },
  ...{ terms: { promotions: [], tax: null }, deadlines: defaultDeadlines },
  disputes: { refundUpToMinor: 0, mostAMonth: 0 },
  offline: { amountMinor: null, count: null, ageMs: null },
  retention: { accountMs: Number.POSITIVE_INFINITY, commandMs: Number.POSITIVE_INFINITY },
  sendsMail: false,
}

/** Both in turns, so that whatever else the machine does strikes both alike. */
export async function measureDurableEvents(batch: number, seconds: number): Promise<DurableEvents> {
  const directory = await mkdtemp(join(tmpdir(), 'open-aisle-bench-'))
  const ledger = await openLedgerThread({ path: join(directory, 'till.sqlite'), shop, nowMs: 0 }, (lost) => {
    throw lost
  })
  const bare = openBare(join(directory, 'bare.sqlite'))
  const delaysMs: number[] = []
  const [ours, theirs] = [
    { events: 0, ms: 0 },
    { events: 0, ms: 0 },
  ]
  const evidence = Array.from({ length: batch }, (_, i) => evidenceOf(i))
  const turns = 10
  let n = 0
  for (let turn = 0; turn < turns; turn++) {
    let beganMs = performance.now()
    while (performance.now() - beganMs < (seconds * 500) / turns) {
      const sentMs = performance.now()
      await ledger.take({ type: 'add-evidence', commandId: `c-${n++}`, evidence }, n)
      delaysMs.push(performance.now() - sentMs)
      ours.events += batch
    }
    ours.ms += performance.now() - beganMs
    beganMs = performance.now()
    while (performance.now() - beganMs < (seconds * 500) / turns) theirs.events += bare.insert(evidence)
    theirs.ms += performance.now() - beganMs
  }
  await ledger.close()
  bare.close()
  await rm(directory, { recursive: true })
  const [oursPerS, barePerS] = [(ours.events / ours.ms) * 1000, (theirs.events / theirs.ms) * 1000]
  const oursP99Ms = delaysMs.sort((a, b) => a - b)[Math.floor(delaysMs.length * 0.99)] ?? Number.NaN
  return { batch, oursPerS, barePerS, ratio: oursPerS / barePerS, oursP99Ms }
}

/** Rows of the same size in the same kind of table, with the same durability, and nothing else. */
function openBare(path: string): { insert(evidence: Evidence[]): number; close(): void } {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE journal (sequence INTEGER PRIMARY KEY, at_ms REAL, type TEXT, data TEXT)')
  const statement = database.prepare('INSERT INTO journal (at_ms, type, data) VALUES (?, ?, ?)')
  const insert = database.transaction((evidence: Evidence[]) => {
    for (const one of evidence) statement.run(0, 'evidence', JSON.stringify(one))
    return evidence.length
  })
  return { insert, close: () => database.close() }
}

/** A weight event as a shelf of ten plates tells it, with three people near. */
const evidenceOf = (i: number): Evidence => ({
  event: {
    ...{ type: 'weight-event', version: 1, storeId: 'bench', sequence: i, seenAtMs: i, receivedAtMs: i },
    ...{ eventId: `event-${i}`, revision: 0, fixture: 'g1', startedAtMs: i, settledAtMs: i, kind: 'removed' },
    plates: [{ plate: 'g1-s1-p1', deltaG: -251.5 }],
    ...{ deltaG: -251.5, sigmaG: 1.2, evidence: { noiseG: 0.8, swingG: 3.1, samples: 42 } },
  },
  near: ['p1', 'p2', 'p3'].map((personId) => ({ personId, handM: 0.12, headM: 0.4, seen: 1 })),
  sighted: [],
})
