/** Visits by an open entrance, and what is paid at a kiosk before they end. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { DecidedLine } from '../../runtime/contract/messages.ts'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import type { OrderOutcome } from '../../runtime/till/ledger/outbox.ts'
import { type KioskPayment, prepaymentKey, uncovered } from '../../runtime/till/ledger/prepayments.ts'
import { defaultDeadlines } from '../../runtime/till/visits/deadlines.ts'
import type { Prepaid } from '../../runtime/till-api/events.ts'
import { tappedPrefix } from '../../runtime/twin/provider/toss.ts'
import { PaymentBench } from './support/payment-bench.ts'
import { newLedgerPath, openLedger, openVisit, paid, tea } from './support/test-ledger.ts'
import { decisionOn, lineOf } from './support/test-till.ts'

const gate = 'door'
const gum = { ...tea, sku: 'gum', name: 'Gum', priceMinor: 1000 }
const declined: OrderOutcome = { outcome: 'declined', reason: 'REJECT_CARD_PAYMENT' }

describe('a visit by an open entrance', () => {
  let ledger: Ledger
  let commands = 0
  beforeEach(async () => {
    ledger = await openLedger(await newLedgerPath(), 0, { products: new Map([tea, gum].map((one) => [one.sku, one])) })
  })
  afterEach(() => ledger.close())

  const commandId = () => `command-${++commands}`
  const walkIn = async (personId: string, at = gate) => {
    await ledger.take({ type: 'walk-in', commandId: commandId(), gate: at, personId, seenAtMs: 5 }, 10)
    const { visits } = await ledger.state()
    return visits.find(({ personIds }) => personIds.includes(personId))?.visitId as string
  }
  const holds = (visitId: string, revision: number, pieces: Record<string, number>, final = false) => {
    const lines = Object.entries(pieces).map(([sku, quantity]) => lineOf(sku, quantity))
    return ledger.take({ type: 'set-lines', commandId: commandId(), visitId, revision, final, lines }, 20)
  }
  const leaves = (visitId: string) =>
    ledger.take({ type: 'end-visit', commandId: commandId(), visitId, exitedAtMs: 30, gate }, 30)
  const decided = async (visitId: string) => {
    const { basket } = await ledger.visit(visitId)
    const lines = (basket?.lines ?? []).map((line) => decisionOn(line))
    const basketRevision = basket?.revision ?? 0
    const hashes = { policyHash: 'policy', profileHash: '' }
    await ledger.take({ type: 'decide', commandId: commandId(), visitId, basketRevision, lines, ...hashes }, 40)
    return ledger.visit(visitId)
  }
  /** Leaves with this, and the line rules are sure of all of it. */
  const leavesWith = async (visitId: string, revision: number, pieces: Record<string, number>) => {
    await leaves(visitId)
    await holds(visitId, revision, pieces, true)
    return decided(visitId)
  }
  const confirmed = (visitId: string, pieces: Record<string, number>): KioskPayment => ({
    ...{ kiosk: 'kiosk-1', visitId, basketRevision: 1 },
    lines: Object.entries(pieces).map(([sku, quantity]) => ({ lineId: `line-${sku}`, sku, quantity })),
    means: { customerKey: 'customer', billingKey: 'billing' },
  })
  const pays = (visitId: string, pieces: Record<string, number>) => ledger.prepay(confirmed(visitId, pieces), 25)
  const answers = (visitId: string, outcome: OrderOutcome, attempt = 1) =>
    ledger.settlePayment(prepaymentKey('test-shop', visitId, attempt), outcome, 26)
  const review = (visitId: string, lineId: string, outcome: 'charge' | 'let-go') =>
    ledger.take({ type: 'resolve-review', commandId: commandId(), visitId, lineId, outcome, decidedBy: 'kim' }, 50)
  const alarms = async () =>
    (await ledger.events(0, 1000)).events.flatMap((event) => (event.type === 'gate-alarm' ? [event.data.alarm] : []))
  const ordered = async () => (await ledger.paymentsDue(1e9, 50)).map(({ kind, amount_minor }) => [kind, amount_minor])

  it('begins with the person who walked in, and with no account', async () => {
    const visitId = await walkIn('p1')
    const { state, accountId, role, personIds, enteredAtMs } = await ledger.visit(visitId)
    assert.deepEqual(
      { state, accountId, role, personIds, enteredAtMs },
      { state: 'open', accountId: null, role: 'unknown', personIds: ['p1'], enteredAtMs: 5 },
    )
  })

  it('is one, however often the person is told of', async () => {
    const visitId = await walkIn('p1')
    assert.equal(await walkIn('p1'), visitId)
    assert.notEqual(await walkIn('p2'), visitId)
    assert.equal((await ledger.state()).visits.length, 2)
  })

  it('begins nowhere else', async () => {
    await assert.rejects(walkIn('p1', 'gate-1'), { code: 'gate-not-open' })
  })

  it('ends empty with an empty basket', async () => {
    const visit = await leavesWith(await walkIn('p1'), 1, {})
    assert.equal(visit.state, 'empty')
    assert.deepEqual(await alarms(), [])
  })

  it("ends as a debt of nobody's with goods that nobody paid, and staff hear of it", async () => {
    const visit = await leavesWith(await walkIn('p1'), 1, { tea: 2 })
    assert.equal(visit.state, 'debt')
    assert.equal(visit.payment?.amountMinor, 3000)
    assert.deepEqual(await alarms(), ['unpaid'])
    assert.deepEqual(await ordered(), [])
  })

  it('counts into the store and out of it: with the last, whoever left unseen has left', async () => {
    const [seen, unseen] = [await walkIn('p1'), await openVisit(ledger, 'anna')]
    await leaves(seen)
    await ledger.recordPass({ gate: 'gate-1', direction: 'out', visitId: null, seenAtMs: 31, count: null }, 31)
    await ledger.sweep(31 + defaultDeadlines.emptyMs)
    assert.equal((await ledger.visit(unseen)).state, 'exited')
  })

  describe('paid at a kiosk', () => {
    let visitId: string
    beforeEach(async () => {
      visitId = await walkIn('p1')
      await holds(visitId, 1, { tea: 2, gum: 1 })
    })

    it('is charged what was confirmed at once, has its receipt, and ends paid when its shopper has left', async () => {
      await pays(visitId, { tea: 2, gum: 1 })
      assert.deepEqual(await ordered(), [['prepayment', 4000]])
      await answers(visitId, paid('ref'))
      const inside = await ledger.visit(visitId)
      assert.deepEqual([inside.state, inside.prepaid?.state, inside.payment], ['open', 'paid', null])
      assert.equal(inside.receipt?.totalMinor, 4000)
      const left = await leavesWith(visitId, 2, { tea: 2, gum: 1 })
      assert.deepEqual([left.state, left.payment?.amountMinor], ['paid', 4000])
      assert.deepEqual(await ordered(), [])
      assert.deepEqual(await alarms(), [])
    })

    it('costs at most what was confirmed and at most what is still there, whatever came between list and card', async () => {
      await holds(visitId, 2, { tea: 3 })
      await pays(visitId, { tea: 2, gum: 1 })
      assert.deepEqual(await ordered(), [['prepayment', 3000]])
    })

    it('may be tried again after a declined card, and never while a card may have been charged', async () => {
      await pays(visitId, { tea: 2 })
      await assert.rejects(pays(visitId, { tea: 2 }), { code: 'prepaid' })
      await answers(visitId, declined)
      assert.equal((await ledger.visit(visitId)).prepaid?.state, 'declined')
      assert.equal((await ledger.visit(visitId)).receipt, null)
      await pays(visitId, { tea: 2 })
      await answers(visitId, paid('ref'), 2)
      await assert.rejects(pays(visitId, { tea: 2 }), { code: 'prepaid' })
      assert.equal((await leavesWith(visitId, 2, { tea: 2 })).state, 'paid')
    })

    it('is owed whole when the only card was declined', async () => {
      await pays(visitId, { tea: 2, gum: 1 })
      await answers(visitId, declined)
      const left = await leavesWith(visitId, 2, { tea: 2, gum: 1 })
      assert.deepEqual([left.state, left.payment?.amountMinor], ['debt', 4000])
    })

    for (const [outcome, state] of [
      [paid('ref'), 'paid'],
      [declined, 'debt'],
    ] as const) {
      it(`waits for the provider when its shopper has left before the answer, and is ${state} then`, async () => {
        await pays(visitId, { tea: 2, gum: 1 })
        assert.equal((await leavesWith(visitId, 2, { tea: 2, gum: 1 })).state, 'charging')
        await answers(visitId, outcome)
        const ended = await ledger.visit(visitId)
        assert.deepEqual([ended.state, ended.receipt?.totalMinor], [state, 4000])
      })
    }

    it('leaves what was taken since to a person, and never to the card', async () => {
      await pays(visitId, { tea: 2 })
      await answers(visitId, paid('ref'))
      const left = await leavesWith(visitId, 2, { tea: 3, gum: 1 })
      assert.equal(left.state, 'review')
      assert.deepEqual(
        left.decision?.lines.map(({ sku, quantity, outcome, rule }) => [sku, quantity, outcome, rule]),
        [
          ['tea', 1, 'review', 'after-kiosk'],
          ['gum', 1, 'review', 'after-kiosk'],
        ],
      )
      await review(visitId, 'line-tea', 'charge')
      await review(visitId, 'line-gum', 'let-go')
      const owed = await ledger.visit(visitId)
      assert.deepEqual([owed.state, owed.payment?.amountMinor], ['debt', 1500])
      assert.equal(owed.receipt?.totalMinor, 3000, 'the receipt of what was paid stays')
      assert.deepEqual(await ordered(), [])
    })

    it('ends paid when a person lets go what was taken since', async () => {
      await pays(visitId, { tea: 2 })
      await answers(visitId, paid('ref'))
      await leavesWith(visitId, 2, { tea: 2, gum: 1 })
      await review(visitId, 'line-gum', 'let-go')
      const ended = await ledger.visit(visitId)
      assert.deepEqual([ended.state, ended.payment?.amountMinor], ['paid', 3000])
    })

    it('gives back what was put back after it was paid', async () => {
      await pays(visitId, { tea: 2, gum: 1 })
      await answers(visitId, paid('ref'))
      const left = await leavesWith(visitId, 2, { tea: 2 })
      assert.equal(left.state, 'paid')
      assert.deepEqual(await ordered(), [['refund', 1000]])
    })

    it('ends paid also when nobody saw its shopper leave', async () => {
      await pays(visitId, { tea: 2, gum: 1 })
      await answers(visitId, paid('ref'))
      await ledger.sweep(10 + defaultDeadlines.stayMs)
      const ended = await ledger.visit(visitId)
      assert.deepEqual([ended.state, ended.payment?.amountMinor], ['paid', 4000])
    })

    it('is refused for whoever has an account: theirs is charged after the exit', async () => {
      const anna = await openVisit(ledger, 'anna')
      await holds(anna, 1, { tea: 1 })
      await assert.rejects(pays(anna, { tea: 1 }), { code: 'visit-state' })
    })

    it('goes to a person where the provider took another amount', async () => {
      await pays(visitId, { tea: 2 })
      await answers(visitId, { outcome: 'mismatch', reason: 'It knows another amount.' })
      const left = await leavesWith(visitId, 2, { tea: 2 })
      assert.equal(left.state, 'review')
      await review(visitId, 'line-tea', 'let-go')
      assert.equal((await ledger.visit(visitId)).state, 'void')
    })
  })
})

describe('a card at a kiosk', function () {
  this.timeout(60_000)
  for (const provider of ['toss', 'stripe'] as const) {
    it(`is charged once by ${provider}, whatever answers are lost, and gives back a line`, async () => {
      const bench = await PaymentBench.open(provider)
      const { ledger } = bench
      const atMs = bench.nowMs
      await ledger.take({ type: 'walk-in', commandId: 'walk-in', gate, personId: 'p1', seenAtMs: atMs }, atMs)
      const [visit] = (await ledger.state()).visits
      const visitId = visit?.visitId as string
      const lines = [lineOf(tea.sku, 2)]
      await ledger.take({ type: 'set-lines', commandId: 'lines', visitId, revision: 1, final: false, lines }, atMs)
      const customerKey = provider === 'toss' ? `kiosk-${visitId}` : ''
      const billingKey = provider === 'toss' ? `billing-kiosk-${visitId}` : `${tappedPrefix}card`
      const means = { customerKey: customerKey && `customer-${customerKey}`, billingKey }
      const paidLines = lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }))
      bench.provider.faults = { ...bench.provider.faults, lostAnswers: 0.5 }
      await ledger.prepay({ kiosk: 'kiosk-1', visitId, basketRevision: 1, lines: paidLines, means }, atMs)
      bench.carryOut()
      const at = await bench.visit(visitId, 'paid', ({ prepaid }) => prepaid?.state === 'paid')
      assert.deepEqual([at.receipt?.totalMinor, bench.provider.takenMinor()], [3000, 3000])
      const refund = { lineId: 'line-tea', reason: '', decidedBy: 'kim' }
      await ledger.take({ type: 'refund-line', commandId: 'refund', visitId, ...refund }, bench.nowMs)
      bench.carryOut()
      await bench.settled()
      assert.equal(bench.provider.takenMinor(), 0)
      await bench.close()
    })
  }
})

describe('what a payment at a kiosk covers', () => {
  const outcome = fc.constantFrom<DecidedLine['outcome'][]>('charge', 'review', 'let-go')
  const quantity = fc.integer({ min: 1, max: 9 })
  const skus = ['a', 'b', 'c', 'd']
  const some = <T>(value: fc.Arbitrary<T>) => fc.array(fc.option(value, { nil: null }), { minLength: 4, maxLength: 4 })

  it('is never charged a second time, and neither is what was taken since without a person', () => {
    fc.assert(
      fc.property(
        some(fc.record({ quantity, outcome })),
        some(quantity),
        fc.constantFrom<Prepaid['state'][]>('due', 'paid'),
        (wanted, covered, state) => {
          const lines = wanted.flatMap((line, i) =>
            line ? [decisionOn(lineOf(skus[i] as string, line.quantity), line.outcome)] : [],
          )
          const paidLines = covered.flatMap((pieces, i) =>
            pieces === null ? [] : [{ lineId: `line-${skus[i]}`, sku: skus[i] as string, quantity: pieces }],
          )
          const prepaid: Prepaid = { kiosk: 'k', state, amountMinor: 1, lines: paidLines, atMs: 0 }
          const left = uncovered(lines, prepaid)
          assert.deepEqual(
            left.map(({ lineId }) => lineId),
            lines.map(({ lineId }) => lineId),
          )
          for (const [i, line] of left.entries()) {
            const before = lines[i] as DecidedLine
            const pieces = paidLines.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0
            assert.notEqual(line.outcome, 'charge')
            if (pieces >= before.quantity) assert.equal(line.rule, 'paid-at-kiosk')
            else assert.equal(line.quantity, before.quantity - pieces)
          }
        },
      ),
    )
  })
})
