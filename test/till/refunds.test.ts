import assert from 'node:assert/strict'
import Database from 'better-sqlite3'
import type { CommandOf } from '../../runtime/till-api/commands.ts'
import { PaymentBench } from './support/payment-bench.ts'
import { beginCharge, tea } from './support/test-ledger.ts'
import { lineOf } from './support/test-till.ts'

const milk = { ...tea, sku: 'milk', name: 'Milk', priceMinor: 2000, taxFree: true }
const products = new Map([tea, milk].map((product) => [product.sku, product]))
const terms = {
  promotions: [{ id: 'tea', name: 'Tea 1+1', offer: { kind: 'one-free' as const, skus: ['tea'], take: 2 } }],
  tax: { name: 'VAT', percent: 10 },
}
const shop = { products, terms, disputes: { refundUpToMinor: 2000, mostAMonth: 2 } }

for (const name of ['toss', 'stripe'] as const) {
  describe(`a line given back at ${name}`, () => {
    let bench: PaymentBench
    let visitId: string
    beforeEach(async () => {
      bench = await PaymentBench.open(name, shop)
      visitId = await beginCharge(bench.ledger, 'anna', bench.nowMs, [lineOf('tea', 2), lineOf('milk', 2)])
      bench.carryOut()
      await bench.visit(visitId, 'paid', ({ state }) => state === 'paid')
    })
    afterEach(() => bench.close())

    const refund = (lineId: string, commandId = `r-${lineId}`): CommandOf<'refund-line'> => {
      return { type: 'refund-line', commandId, visitId, lineId, reason: 'broken', decidedBy: 'owner' }
    }
    const take = (command: CommandOf<'refund-line' | 'dispute-line' | 'resolve-dispute'>) =>
      bench.ledger.take(command, bench.nowMs)
    const carriedOut = async () => {
      bench.carryOut()
      await bench.settled()
      return bench.ledger.visit(visitId)
    }

    it('costs the provider what it was paid with, discounts included, and corrects the receipt', async () => {
      await take(refund('line-tea'))
      const { receipt, refunds, state } = await carriedOut()
      assert.equal(state, 'paid')
      assert.deepEqual(refunds, [
        { lineId: 'line-tea', amountMinor: 1500, state: 'refunded', reason: 'broken', by: 'owner' },
      ])
      assert.equal(receipt?.totalMinor, 4000)
      assert.deepEqual(receipt?.refunds, [{ lineId: 'line-tea', amountMinor: 1500 }])
      assert.deepEqual(receipt?.tax, { name: 'VAT', percent: 10, supplyMinor: 0, taxMinor: 0, taxFreeMinor: 4000 })
      assert.equal(bench.provider.takenMinor(), 4000)
    })

    it('is given back once, however often that is asked for and answers are lost', async () => {
      Object.assign(bench.provider.faults, { lostAnswers: 0.5, lostRequests: 0.2, tooMany: 0.1, broken: 0.1 })
      for (const commandId of ['one', 'two', 'three']) await take(refund('line-tea', commandId))
      await take(refund('line-milk'))
      const { receipt } = await carriedOut()
      assert.equal(receipt?.totalMinor, 0)
      assert.equal(bench.provider.takenMinor(), 0)
      assert.equal(bench.provider.books.charges[0]?.cancels.length, 2)
      await take(refund('line-tea', 'four'))
      assert.equal((await carriedOut()).refunds?.length, 2)
    })

    it('is one that was paid', async () => {
      await assert.rejects(take(refund('line-other')), { code: 'line-not-paid' })
    })

    it('is what a shopper disputes, at once when it is little, and by a person when it is not', async () => {
      const dispute = (lineId: string) =>
        take({ type: 'dispute-line', commandId: `d-${lineId}`, visitId, lineId, reason: 'I put it back.' })
      await dispute('line-tea')
      await dispute('line-milk')
      const { disputes } = await carriedOut()
      assert.deepEqual(
        disputes?.map(({ lineId, state, decidedBy }) => [lineId, state, decidedBy]),
        [
          ['line-tea', 'refunded', 'rule'],
          ['line-milk', 'open', null],
        ],
      )
      assert.equal(bench.provider.takenMinor(), 4000)
      await take({
        ...{ type: 'resolve-dispute', commandId: 'resolve', visitId, lineId: 'line-milk' },
        ...{ outcome: 'refund', decidedBy: 'owner' },
      })
      assert.equal((await carriedOut()).disputes?.[1]?.decidedBy, 'owner')
      assert.equal(bench.provider.takenMinor(), 0)
    })
  })
}

describe('small disputes', () => {
  it('are given back without a look only so often', async () => {
    const bench = await PaymentBench.open('toss', shop)
    const states: (string | undefined)[] = []
    for (let i = 0; i < 3; i++) {
      const visitId = await beginCharge(bench.ledger, 'anna', bench.nowMs)
      bench.carryOut()
      await bench.visit(visitId, 'paid', ({ state }) => state === 'paid')
      const dispute = { type: 'dispute-line' as const, commandId: `d-${i}`, visitId, lineId: 'line-tea', reason: '' }
      await bench.ledger.take(dispute, bench.nowMs)
      states.push((await bench.ledger.visit(visitId)).disputes?.[0]?.state)
    }
    assert.deepEqual(states, ['refunded', 'refunded', 'open'])
    await bench.close()
  })
})

describe('a debt', () => {
  let bench: PaymentBench
  let visitId: string
  beforeEach(async () => {
    bench = await PaymentBench.open('toss')
    bench.provider.declines = true
    visitId = await beginCharge(bench.ledger, 'anna', bench.nowMs)
    bench.carryOut()
    await bench.visit(visitId, 'a debt', ({ state }) => state === 'debt')
  })
  afterEach(() => bench.close())

  const scanned = async () => {
    const shown = { gate: 'gate-1', method: 'qr' as const, credentialHash: 'hash-of-anna', seenAtMs: 0 }
    return (await bench.ledger.takeScan(shown, bench.nowMs)).account.debt
  }
  const collect = (commandId: string) => bench.ledger.take({ type: 'collect-debt', commandId, visitId }, bench.nowMs)

  it('bars the door until it is collected, each try being a charge of its own that is made once', async () => {
    assert.equal(await scanned(), true)
    await collect('one')
    bench.carryOut()
    await bench.settled()
    assert.equal(await scanned(), true, 'declined again')
    bench.provider.declines = false
    bench.provider.faults.lostAnswers = 0.5
    await collect('two')
    await collect('three')
    bench.carryOut()
    const { state, receipt } = await bench.visit(visitId, 'paid up', ({ debtSettled }) => debtSettled === 'collected')
    assert.deepEqual([state, receipt?.reason, receipt?.totalMinor], ['debt', undefined, tea.priceMinor])
    assert.equal(await scanned(), false)
    assert.equal(bench.provider.takenMinor(), tea.priceMinor)
    await assert.rejects(collect('four'), { code: 'no-debt' })
  })

  it('is forgiven by a person, who is written down', async () => {
    const command = { type: 'settle-debt' as const, commandId: 'forgive', visitId, how: 'forgiven' as const }
    await bench.ledger.take({ ...command, decidedBy: 'owner' }, bench.nowMs)
    assert.equal(await scanned(), false)
    assert.equal((await bench.ledger.visit(visitId)).debtSettled, 'forgiven')
    const journal = new Database(bench.path, { readonly: true })
    const entry = journal.prepare("SELECT data FROM journal WHERE type = 'debt-settled'").pluck().get() as string
    journal.close()
    assert.deepEqual(JSON.parse(entry), { visitId, how: 'forgiven', decidedBy: 'owner' })
  })
})
