/** A little scene in the corner shop: what till and sensing say of three shoppers, one of them gone. */
import { envelope, type PricedLine } from '../../runtime/contract/messages.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import type { EvidenceEvent, VisitSnapshot } from '../../runtime/till-api/events.ts'

const storeId = 'corner-shop'

interface LineFacts {
  lineId: string
  product: number
  quantity: number
  probability: number
}

export function pricedLine(layout: StoreLayout, { lineId, product, quantity, probability }: LineFacts): PricedLine {
  const { sku, name, priceMinor, weightG } = layout.products[product] ?? {
    ...{ sku: 'none', name: 'none', priceMinor: 0, weightG: 0 },
  }
  return {
    ...{ lineId, sku, name, quantity, probability },
    unitPriceMinor: priceMinor,
    amountMinor: priceMinor * quantity,
    eventIds: ['event-1'],
    alternatives: probability < 0.9 ? [{ text: 'Only one piece was taken', probability: 1 - probability }] : [],
    notes: [
      {
        kind: 'weight',
        text: `The shelf lost ${(weightG ?? 0) * quantity} g; ${quantity} pieces fit that.`,
        logOdds: 3.1,
      },
      { kind: 'hand', text: "This shopper's hand was 4 cm from the plate.", logOdds: 2.2 },
      ...(probability < 0.9
        ? [{ kind: 'hand' as const, text: 'Another hand was 11 cm from the plate.', logOdds: -1.4 }]
        : []),
    ],
  }
}

export function visit(visitId: string, facts: Partial<VisitSnapshot> & { lines?: PricedLine[] } = {}): VisitSnapshot {
  const { lines = [], ...rest } = facts
  const openedAtMs = Date.now() - 90_000
  const totalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
  return {
    ...{ visitId, accountId: 'account-1', role: 'shopper', party: 1, state: 'open', gate: 'gate-1' },
    ...{ openedAtMs, enteredAtMs: openedAtMs + 2000, exitedAtMs: null, personIds: [`person-${visitId}`] },
    basket: {
      ...{ type: 'basket-change', ...envelope(storeId, 1, Date.now()), visitId, revision: 1, final: false },
      ...{ currency: 'KRW', lines, totalMinor },
    },
    ...{ decision: null, payment: null, receipt: null },
    ...rest,
  }
}

/** What the till journalled of the one event of {@link pricedLine}: how the weight went, and two hands. */
export function eventWithCourses(ownPerson: string): EvidenceEvent {
  const startedAtMs = Date.now() - 60_000
  const settledAtMs = startedAtMs + 900
  const fromMs = startedAtMs - 300
  return {
    ...{ type: 'evidence', sequence: 7, atMs: settledAtMs },
    data: {
      event: {
        ...{ type: 'weight-event', ...envelope(storeId, 1, settledAtMs), eventId: 'event-1', revision: 0 },
        ...{ fixture: 'g1', plates: [{ plate: 'g1-s1-p1', deltaG: -515.2 }], startedAtMs, settledAtMs },
        ...{ deltaG: -515.2, sigmaG: 1.3, kind: 'removed' },
        evidence: {
          ...{ noiseG: 1, swingG: 0, samples: 40 },
          curve: { fromMs, stepMs: 300, gramsOff: [0, -80, null, -510, -515] },
        },
      },
      near: [
        { personId: ownPerson, handM: 0.02, headM: 0.6, seen: 1 },
        { personId: 'person-other', handM: 0.9, headM: 1.2, seen: 1 },
      ],
      sighted: [],
      course: {
        ...{ fromMs, stepMs: 300 },
        hands: [
          { personId: ownPerson, cm: [40, 12, 2, 8, 60] },
          { personId: 'person-other', cm: [null, 95, 90, null, 120] },
        ],
      },
    },
  }
}

export function receiptOf(of: VisitSnapshot): VisitSnapshot['receipt'] {
  const { visitId, basket } = of
  const lines = (basket?.lines ?? []).map(({ lineId, sku, name, quantity, amountMinor }) => {
    return { lineId, sku, name, quantity, amountMinor }
  })
  return {
    ...{
      type: 'receipt',
      ...envelope(storeId, 2, Date.now()),
      visitId,
      receiptId: `receipt-${visitId}`,
      state: 'sent',
    },
    ...{ channel: 'page', totalMinor: basket?.totalMinor ?? 0, currency: 'KRW', lines },
  }
}

export function decisionOf(lines: PricedLine[]): VisitSnapshot['decision'] {
  const decided = lines.map(({ lineId, sku, quantity, probability }) => {
    const outcome = probability < 0.9 ? ('review' as const) : ('charge' as const)
    return { lineId, sku, quantity, probability, outcome, rule: 'probability' }
  })
  return { lines: decided, outcome: 'review', policyHash: 'hash' }
}

export function people(
  positions: { visitId: string; headM: [number, number, number]; handM: [number, number, number] | null }[],
) {
  return {
    ...{ type: 'people' as const, ...envelope(storeId, 3, Date.now()), source: 'vision' },
    people: positions.map(({ visitId, headM, handM }) => {
      return { trackId: `person-${visitId}`, headM, handsM: [handM, null], score: 0.9 }
    }),
  }
}
