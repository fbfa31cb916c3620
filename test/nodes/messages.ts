/** Messages as the stages before a node would send them. */
import {
  type Admission,
  type AnyMessage,
  type AttributedLine,
  type Attribution,
  type BasketChange,
  type DecidedLine,
  type Decision,
  type DeviceHealth,
  envelope,
  type GateAlarm,
  type GatePass,
  type Payment,
  type People,
  type Receipt,
  type Scan,
  type Sighting,
  type Visit,
  type WeightEvent,
} from '../../runtime/contract/messages.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { startMs } from './fake-store.ts'

let sequence = 0
const head = (seenAtMs = startMs) => envelope('test-store', ++sequence, seenAtMs)
type Fields<M extends AnyMessage> = Partial<M>

export const scan = (account: Partial<Scan['account']> = {}, fields: Fields<Scan> = {}): Scan => ({
  type: 'scan',
  ...head(),
  scanId: 'scan-1',
  gate: 'gate-1',
  method: 'qr',
  account: {
    known: true,
    accountId: 'a-1',
    role: 'shopper',
    party: 1,
    openVisit: false,
    debt: false,
    blocked: false,
    adult: null,
    usable: true,
    ...account,
  },
  ...fields,
})

export const admission = (fields: Fields<Admission> = {}): Admission => ({
  type: 'admission',
  ...head(),
  scanId: 'scan-1',
  gate: 'gate-1',
  decision: 'admit',
  party: 1,
  role: 'shopper',
  reason: 'Welcome.',
  rule: 'welcome',
  policyHash: 'a'.repeat(64),
  ...fields,
})

export const gatePass = (fields: Fields<GatePass> = {}): GatePass => ({
  type: 'gate-pass',
  ...head(fields.seenAtMs),
  passId: 'pass-1',
  gate: 'gate-1',
  direction: 'in',
  visitId: 'v-1',
  ...fields,
})

export const people = (
  persons: { trackId: string; atM: [number, number]; handM?: [number, number, number] }[],
  seenAtMs = startMs,
): People => ({
  type: 'people',
  ...head(seenAtMs),
  source: 'vision',
  people: persons.map(({ trackId, atM, handM }) => ({
    trackId,
    headM: [...atM, 1.7],
    handsM: handM ? [handM] : [],
    score: 0.9,
  })),
})

export const sighting = (fields: Fields<Sighting> = {}): Sighting => ({
  type: 'sighting',
  ...head(),
  camera: 'cam-1',
  positionM: [2.3, 4.2, 1],
  candidates: [{ sku: 'milk', probability: 0.8 }],
  ...fields,
})

export const weightEvent = (fields: Fields<WeightEvent> = {}): WeightEvent => ({
  type: 'weight-event',
  ...head(fields.seenAtMs),
  eventId: 'e-1',
  revision: 0,
  fixture: 'f1',
  plates: [{ plate: 'p1', deltaG: -200 }],
  startedAtMs: startMs,
  settledAtMs: startMs + 800,
  deltaG: -200,
  sigmaG: 1.5,
  kind: 'removed',
  evidence: { noiseG: 1, swingG: 0, samples: 20 },
  ...fields,
})

export const visit = (fields: Fields<Visit> = {}): Visit => ({
  type: 'visit',
  ...head(fields.seenAtMs),
  visitId: 'v-1',
  state: 'opened',
  gate: 'gate-1',
  personIds: ['t-1'],
  role: 'shopper',
  ...fields,
})

export const line = (sku: string, probability: number, fields: Partial<AttributedLine> = {}): AttributedLine => ({
  lineId: `line-${sku}`,
  sku,
  quantity: 1,
  probability,
  eventIds: ['e-1'],
  alternatives: [],
  notes: [],
  ...fields,
})

export const attribution = (lines: AttributedLine[], fields: Fields<Attribution> = {}): Attribution => ({
  type: 'attribution',
  ...head(),
  personId: 't-1',
  visitId: 'v-1',
  revision: 1,
  final: false,
  lines,
  shelf: [],
  ...fields,
})

export const basketChange = (lines: AttributedLine[], fields: Fields<BasketChange> = {}): BasketChange => ({
  type: 'basket-change',
  ...head(),
  visitId: 'v-1',
  revision: 1,
  final: false,
  currency: 'KRW',
  lines: lines.map((one) => ({ ...one, name: one.sku, unitPriceMinor: 1500, amountMinor: 1500 * one.quantity })),
  totalMinor: lines.reduce((sum, { quantity }) => sum + 1500 * quantity, 0),
  ...fields,
})

export const snapshot = (fields: Partial<VisitSnapshot> = {}): VisitSnapshot => ({
  visitId: 'v-1',
  accountId: 'a-1',
  role: 'shopper',
  party: 1,
  state: 'open',
  gate: 'gate-1',
  openedAtMs: startMs,
  enteredAtMs: startMs,
  exitedAtMs: null,
  personIds: [],
  basket: null,
  decision: null,
  payment: null,
  receipt: null,
  ...fields,
})

export const health = (fields: Fields<DeviceHealth> = {}): DeviceHealth => ({
  type: 'device-health',
  ...head(),
  device: 'gateway',
  state: 'offline',
  previous: 'online',
  reason: 'It does not answer.',
  ...fields,
})

export const decision = (lines: DecidedLine[], fields: Fields<Decision> = {}): Decision => ({
  type: 'decision',
  ...head(),
  visitId: 'v-1',
  basketRevision: 1,
  outcome: 'charge',
  lines,
  policyHash: 'a'.repeat(64),
  ...fields,
})

export const decidedLine = (sku: string, outcome: DecidedLine['outcome']): DecidedLine => ({
  lineId: `line-${sku}`,
  sku,
  quantity: 1,
  probability: 0.95,
  outcome,
  rule: 'charge-from',
})

export const payment = (fields: Fields<Payment> = {}): Payment => ({
  type: 'payment',
  ...head(),
  visitId: 'v-1',
  state: 'paid',
  amountMinor: 1500,
  currency: 'KRW',
  ...fields,
})

export const receipt = (fields: Fields<Receipt> = {}): Receipt => ({
  type: 'receipt',
  ...head(),
  visitId: 'v-1',
  receiptId: 'r-1',
  state: 'sent',
  channel: 'page',
  totalMinor: 1500,
  currency: 'KRW',
  lines: [],
  ...fields,
})

export const gateAlarm = (fields: Fields<GateAlarm> = {}): GateAlarm => ({
  type: 'gate-alarm',
  ...head(),
  gate: 'gate-1',
  alarm: 'tailgate',
  text: 'Two people passed on one scan.',
  ...fields,
})
