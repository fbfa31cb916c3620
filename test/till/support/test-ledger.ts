/** A ledger on a real file, in the test's own thread, with visits brought straight to where a test begins. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Product } from '../../../runtime/profile/layout.ts'
import { Ledger } from '../../../runtime/till/ledger/ledger.ts'
import { chargeKey, type OrderOutcome } from '../../../runtime/till/ledger/outbox.ts'
import type { Shop } from '../../../runtime/till/ledger/step.ts'
import type { LedgerTables } from '../../../runtime/till/ledger/tables.ts'
import { defaultDeadlines } from '../../../runtime/till/visits/deadlines.ts'
import { decisionOn, lineOf } from './test-till.ts'

export const tea: Product = {
  sku: 'tea',
  name: 'Tea',
  weightG: 250,
  weightSdG: 1,
  priceMinor: 1500,
  soldBy: 'each',
  ageRestricted: false,
  aliases: [],
}

const shop: Shop = {
  storeId: 'test-shop',
  currency: 'KRW',
  timeZone: 'Asia/Seoul',
  products: new Map([[tea.sku, tea]]),
  terms: { promotions: [], tax: null },
  deadlines: defaultDeadlines,
  holdMinor: null,
  disputes: { refundUpToMinor: 0, mostAMonth: 0 },
  offline: { amountMinor: null, count: null, ageMs: null },
  retention: { accountMs: 1000 * 86_400_000, commandMs: 90 * 86_400_000 },
  sendsMail: false,
  openEntrances: ['door'],
}

export const newLedgerPath = async () => join(await mkdtemp(join(tmpdir(), 'open-aisle-ledger-')), 'till.sqlite')

export const openLedger = (path: string, nowMs = 0, other: Partial<Shop> = {}) =>
  Ledger.open(path, { ...shop, ...other }, nowMs)

/** On a database that has every migration, whoever keeps it. */
export const ledgerOver = (db: Kysely<LedgerTables>): Promise<Ledger> => Ledger.over(db, shop, 0)

/** Registers an account, scans, admits it, and lets it in. */
export async function openVisit(ledger: Ledger, accountId: string, nowMs = 0): Promise<string> {
  const visitId = await admitVisit(ledger, accountId, nowMs)
  await ledger.recordPass({ gate: 'gate-1', direction: 'in', visitId, seenAtMs: nowMs, count: null }, nowMs)
  return visitId
}

/** Registers an account, scans and admits it; nobody has seen it walk in. */
export async function admitVisit(ledger: Ledger, accountId: string, nowMs = 0): Promise<string> {
  await ledger.take(
    {
      type: 'register-account',
      commandId: `register-${accountId}`,
      accountId,
      role: 'shopper',
      credential: `hash-of-${accountId}`,
      party: 1,
      payment: { customerKey: `customer-${accountId}`, billingKey: `billing-${accountId}` },
    },
    nowMs,
  )
  const shown = { gate: 'gate-1', method: 'qr' as const, credentialHash: `hash-of-${accountId}`, seenAtMs: nowMs }
  const { scanId } = await ledger.takeScan(shown, nowMs)
  const { visitId } = await ledger.take(
    { type: 'admit', commandId: `admit-${scanId}`, scanId, party: 1, rule: '', policyHash: '' },
    nowMs,
  )
  if (!visitId) throw new Error('The ledger opened no visit.')
  return visitId
}

/** Brings a visit to its charge: one tea, if nothing else is said. */
export async function beginCharge(
  ledger: Ledger,
  accountId: string,
  nowMs = 0,
  lines = [lineOf(tea.sku, 1)],
): Promise<string> {
  const visitId = await openVisit(ledger, accountId, nowMs)
  await ledger.take({ type: 'set-lines', commandId: `s-${visitId}`, visitId, revision: 1, final: true, lines }, nowMs)
  await ledger.take({ type: 'end-visit', commandId: `e-${visitId}`, visitId, exitedAtMs: nowMs, gate: null }, nowMs)
  await ledger.take(
    {
      type: 'decide',
      commandId: `d-${visitId}`,
      visitId,
      basketRevision: 1,
      lines: lines.map((line) => decisionOn(line)),
      policyHash: '',
      profileHash: '',
    },
    nowMs,
  )
  return visitId
}

/** What the provider answers to a visit's charge. */
export const endCharge = (ledger: Ledger, visitId: string, ended: OrderOutcome, nowMs = 1): Promise<void> =>
  ledger.settlePayment(chargeKey(shop.storeId, visitId), ended, nowMs)

export const paid = (reference: string): OrderOutcome => ({ outcome: 'done', reference })
