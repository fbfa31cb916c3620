import assert from 'node:assert/strict'
import { envelope } from '../../runtime/contract/messages.ts'
import { endedVisit, outcomesOf } from '../../runtime/learning/outcomes.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { evidence } from '../fusion/small-store.ts'

type Line = { sku: string; events: string[]; outcome: 'charge' | 'let-go'; rule?: string; quantity?: number }

function visitOf(lines: Line[], change: Partial<VisitSnapshot> = {}, endedAt = 10): VisitSnapshot {
  const money = { visitId: 'v', currency: 'KRW' }
  const basket = lines.map(({ sku, events, quantity = 1 }) => ({
    ...{ lineId: `v:${sku}`, sku, quantity, probability: 0.7, eventIds: events, alternatives: [], notes: [] },
    ...{ name: sku, unitPriceMinor: 1, amountMinor: 1 },
  }))
  return {
    ...{ visitId: 'v', accountId: 'anna', role: 'shopper', party: 1, state: 'paid', gate: 'gate' },
    ...{ openedAtMs: 0, enteredAtMs: 0, exitedAtMs: 1, personIds: ['anna'], receipt: null },
    basket: {
      type: 'basket-change',
      ...envelope('small', 1, 1),
      ...money,
      revision: 1,
      final: true,
      lines: basket,
      totalMinor: 1,
    },
    decision: {
      ...{ outcome: 'charge', policyHash: '' },
      lines: lines.map(({ sku, outcome, rule = 'review', quantity = 1 }) => ({
        ...{ lineId: `v:${sku}`, sku, quantity, probability: 0.7, outcome, rule },
      })),
    },
    payment: { type: 'payment', ...envelope('small', endedAt, 1), ...money, state: 'paid', amountMinor: 1 },
    ...change,
  }
}

const journalled = (...all: Evidence[]) => new Map(all.map((one) => [one.event.eventId, one]))
const cola = evidence('e1', 1, { a: -501.5 })

function outcomes(visits: VisitSnapshot[], known = journalled(cola), countedTo = 0) {
  const ended = visits.flatMap((visit) => endedVisit(visit) ?? [])
  return outcomesOf(ended, countedTo, known, new Set(['loose']))
}

const confirmed: Line = { sku: 'cola', events: ['e1'], outcome: 'charge' }
const masses = ({ takings }: ReturnType<typeof outcomes>) => takings.map(({ sku, taking }) => [sku, taking.pieceG])

describe('the outcome of a visit', () => {
  it('confirms what a person charged, and what its events weighed', () => {
    assert.deepEqual(masses(outcomes([visitOf([confirmed])])), [['cola', 501.5]])
  })

  it('confirms nothing that a rule charged alone, but counts it as sold', () => {
    const { takings, sold } = outcomes([visitOf([{ ...confirmed, rule: 'charge-from' }])])
    assert.deepEqual([takings, [...sold]], [[], [['cola', 1]]])
  })

  it('confirms nothing that nobody looked at in time', () => {
    const { takings, mistaken } = outcomes([visitOf([{ ...confirmed, outcome: 'let-go', rule: 'review-expired' }])])
    assert.deepEqual([takings, mistaken], [[], []])
  })

  it('confirms a charged line whose dispute a person rejected', () => {
    const disputes = [{ lineId: 'v:cola', reason: '', state: 'rejected' as const, decidedBy: 'staff', atMs: 1 }]
    assert.deepEqual(masses(outcomes([visitOf([{ ...confirmed, rule: 'charge-from' }], { disputes })])), [
      ['cola', 501.5],
    ])
  })

  it('takes back what was confirmed when the line is given back', () => {
    const refunds = [{ lineId: 'v:cola', amountMinor: 1, state: 'refunded' as const, reason: '', by: 'staff' }]
    const { takings, doubtedEvents, sold } = outcomes([visitOf([confirmed], { refunds })])
    assert.deepEqual([takings, [...doubtedEvents], [...sold]], [[], ['e1'], []])
  })

  it('says what was taken for what, when a person chose the other reading of an event', () => {
    const denied: Line = { sku: 'juice', events: ['e1'], outcome: 'let-go' }
    assert.deepEqual(outcomes([visitOf([denied, confirmed])]).mistaken, [{ sku: 'cola', takenFor: 'juice' }])
  })

  it('weighs a piece by all that the line rests on, with what was put back', () => {
    const known = journalled(cola, evidence('e2', 2, { a: -1001 }), evidence('e3', 3, { a: 500 }))
    const line = { ...confirmed, events: ['e1', 'e2', 'e3'], quantity: 2 }
    assert.deepEqual(masses(outcomes([visitOf([line])], known)), [['cola', 501.25]])
  })

  it('weighs nothing where an event is not clear: shared, across a gap, not journalled, or partly an offset', () => {
    const shared = visitOf([confirmed, { sku: 'juice', events: ['e1'], outcome: 'charge' }])
    const gap = journalled(evidence('e1', 1, { a: -500 }, { kind: 'gap' }))
    const offset = journalled(evidence('e1', 1, { a: -500, b: 9 }))
    const all = [
      outcomes([shared]),
      ...[gap, offset, journalled()].map((known) => outcomes([visitOf([confirmed])], known)),
    ]
    for (const { takings } of all) assert.deepEqual(takings, [])
  })

  it('counts a visit once, however often it is told of later', () => {
    const { visits, sold } = outcomes([visitOf([confirmed])], journalled(cola), 10)
    assert.deepEqual([visits, [...sold]], [0, []])
  })

  it('is nothing while the visit goes on, and nothing of what staff carried', () => {
    for (const change of [{ state: 'review' }, { role: 'staff' }] as const) {
      assert.equal(endedVisit(visitOf([confirmed], change)), undefined)
    }
  })
})
