import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { AttributedLine } from '../../runtime/contract/messages.ts'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { newLedgerPath, openLedger, openVisit, tea } from './support/test-ledger.ts'
import { decisionOn, lineOf } from './support/test-till.ts'

const coffee = { ...tea, sku: 'coffee', name: 'Coffee', priceMinor: 2100 }

describe('a decision', () => {
  let ledger: Ledger
  let lastCommand = 0

  beforeEach(async () => {
    ledger = await openLedger(await newLedgerPath())
  })
  afterEach(() => ledger.close())

  const id = () => `command-${++lastCommand}`
  const setLines = (visitId: string, revision: number, lines: AttributedLine[], final = false) =>
    ledger.take({ type: 'set-lines', commandId: id(), visitId, revision, final, lines }, 0)
  const end = (visitId: string) =>
    ledger.take({ type: 'end-visit', commandId: id(), visitId, exitedAtMs: 0, gate: null }, 0)
  const decide = (visitId: string, basketRevision: number, lines: AttributedLine[], outcome?: 'charge' | 'review') =>
    ledger.take(
      {
        type: 'decide',
        commandId: id(),
        visitId,
        basketRevision,
        lines: lines.map((line) => decisionOn(line, outcome)),
        policyHash: '',
        profileHash: '',
      },
      0,
    )
  const chargeOf = async (visitId: string) =>
    (await ledger.paymentsDue(0, 1000)).find((payment) => payment.visit_id === visitId)?.amount_minor
  const one = [lineOf(tea.sku, 1)]
  const two = [lineOf(tea.sku, 2)]

  it('on an older basket is refused, and nothing is charged', async () => {
    const visitId = await openVisit(ledger, 'anna')
    await setLines(visitId, 1, two)
    await end(visitId)
    await setLines(visitId, 2, one, true)
    await assert.rejects(decide(visitId, 1, two), { code: 'basket-stale' })
    await assert.rejects(decide(visitId, 2, two), { code: 'decision-invalid' })
    assert.equal(await chargeOf(visitId), undefined)
    await decide(visitId, 2, one)
    assert.equal(await chargeOf(visitId), tea.priceMinor)
  })

  it('is not undermined by a basket that comes after it', async () => {
    const visitId = await openVisit(ledger, 'anna')
    await setLines(visitId, 1, one)
    await end(visitId)
    await decide(visitId, 1, one, 'review')
    await assert.rejects(setLines(visitId, 2, two, true), { code: 'visit-state' })
    const review = { type: 'resolve-review' as const, visitId, lineId: `line-${tea.sku}`, decidedBy: 'owner' }
    await ledger.take({ ...review, commandId: id(), outcome: 'charge' }, 0)
    assert.equal(await chargeOf(visitId), tea.priceMinor)
  })

  describe('on two readings of one event', () => {
    const [oneTea, oneCoffee] = [lineOf(tea.sku, 1), lineOf(coffee.sku, 1)]
    const readings = [
      { ...decisionOn(oneTea, 'review'), rule: 'uncertain' },
      { ...decisionOn(oneCoffee, 'review'), rule: 'other-reading' },
    ]
    let visitId: string

    beforeEach(async () => {
      await ledger.close()
      const products = new Map([tea, coffee].map((product) => [product.sku, product]))
      ledger = await openLedger(await newLedgerPath(), 0, { products })
      visitId = await openVisit(ledger, 'anna')
      await end(visitId)
      await setLines(visitId, 1, [oneTea, oneCoffee], true)
      const decision = { visitId, basketRevision: 1, lines: readings, policyHash: '', profileHash: '' }
      await ledger.take({ type: 'decide', commandId: id(), ...decision }, 0)
    })

    const resolve = (line: AttributedLine, outcome: 'charge' | 'let-go') => {
      const { lineId } = line
      return ledger.take({ type: 'resolve-review', commandId: id(), visitId, lineId, outcome, decidedBy: 'owner' }, 0)
    }

    it('says which is a reading of which', async () => {
      const { decision } = await ledger.visit(visitId)
      assert.deepEqual(
        decision?.lines.map(({ readingOf }) => readingOf),
        [undefined, [oneTea.lineId]],
      )
    })

    for (const [charged, other] of [
      [oneTea, oneCoffee],
      [oneCoffee, oneTea],
    ] as const) {
      it(`charges ${charged.sku} when a person says so, and lets ${other.sku} go with that`, async () => {
        await resolve(charged, 'charge')
        await assert.rejects(resolve(other, 'charge'), { code: 'other-reading-charged' })
        const { state, decision } = await ledger.visit(visitId)
        assert.equal(state, 'charging')
        assert.deepEqual(
          decision?.lines.map(({ lineId, outcome }) => [lineId, outcome]),
          [oneTea, oneCoffee].map(({ lineId }) => [lineId, lineId === charged.lineId ? 'charge' : 'let-go']),
        )
        assert.equal(await chargeOf(visitId), (charged === oneTea ? tea : coffee).priceMinor)
      })
    }

    it('may be charged for the other when the first was let go, or for none', async () => {
      await resolve(oneTea, 'let-go')
      assert.equal((await ledger.visit(visitId)).state, 'review')
      await resolve(oneCoffee, 'let-go')
      assert.equal((await ledger.visit(visitId)).state, 'empty')
    })
  })

  it('by deadline is about the basket of that moment, and charges nothing', async () => {
    const visitId = await openVisit(ledger, 'anna')
    await setLines(visitId, 1, two)
    await end(visitId)
    await ledger.sweep(1e9)
    await assert.rejects(setLines(visitId, 2, one, true), { code: 'visit-state' })
    await ledger.sweep(1e12)
    assert.equal((await ledger.visit(visitId)).state, 'empty')
    assert.equal(await chargeOf(visitId), undefined)
  })

  it('on an empty basket waits for a person where nobody was ever bound to the visit, and charges nothing', async () => {
    const [unseen, seen] = [await openVisit(ledger, 'anna'), await openVisit(ledger, 'bert')]
    await ledger.take({ type: 'bind-visit', commandId: id(), visitId: seen, personIds: ['person-1'] }, 0)
    for (const visitId of [unseen, seen]) {
      await end(visitId)
      await setLines(visitId, 1, [], true)
      await decide(visitId, 1, [])
    }
    assert.equal((await ledger.visit(unseen)).state, 'review')
    assert.equal((await ledger.visit(seen)).state, 'empty')
    await ledger.sweep(1e12)
    assert.equal((await ledger.visit(unseen)).state, 'empty')
    assert.equal(await chargeOf(unseen), undefined)
  })

  it('charges what it says of the last basket that was taken, in whatever order things come', async () => {
    const quantity = fc.integer({ min: 1, max: 5 })
    const revision = fc.integer({ min: 1, max: 6 })
    const step = fc.oneof(
      fc.record({ what: fc.constant('lines' as const), revision, quantity, final: fc.boolean() }),
      fc.record({ what: fc.constant('decide' as const), revision, quantity }),
      fc.record({ what: fc.constant('end' as const) }),
    )
    let shopper = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (story) => {
        const visitId = await openVisit(ledger, `shopper-${++shopper}`)
        let taken = { revision: 0, quantity: 0 }
        let decided: number | undefined
        for (const what of story) {
          const accepted = await carryOut(visitId, what)
          if (!accepted) continue
          if (what.what === 'lines' && what.revision > taken.revision) taken = what
          if (what.what === 'decide') {
            assert.equal(what.revision, taken.revision)
            assert.ok(what.quantity <= taken.quantity)
            decided = what.quantity
          }
        }
        const charged = await chargeOf(visitId)
        assert.equal(charged, decided === undefined ? undefined : decided * tea.priceMinor)
      }),
      { numRuns: 30 },
    )

    async function carryOut(visitId: string, step: { what: string; revision?: number; quantity?: number }) {
      const { what, revision = 0, quantity = 0 } = step
      const lines = [lineOf(tea.sku, quantity)]
      const final = 'final' in step && step.final === true
      const carried =
        what === 'lines'
          ? setLines(visitId, revision, lines, final)
          : what === 'end'
            ? end(visitId)
            : decide(visitId, revision, lines)
      return carried.then(
        () => true,
        () => false,
      )
    }
  }).timeout(60_000)
})
