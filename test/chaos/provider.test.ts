/** Charges, while the provider loses answers, refuses, fails, is slow, forgets keys and tells everything ten times. */
import assert from 'node:assert/strict'
import { type Random, seededRandom } from '../../runtime/contract/random.ts'
import { PaymentBench } from '../till/support/payment-bench.ts'
import { beginCharge } from '../till/support/test-ledger.ts'
import { patienceMs, seed, seedNote, shuffled, times } from './support/trial.ts'

const charges = times(1000, 30)
const faults = { lostAnswers: 0.25, lostRequests: 0.1, tooMany: 0.1, broken: 0.1, slowMs: 30 }

describe(`${charges} charges of each provider, which fails in every way ${seedNote}`, function () {
  this.timeout(patienceMs + charges * 1000)

  for (const name of ['toss', 'stripe'] as const) {
    it(`${name}: each is made once, and receipted as it was made`, async () => {
      const random = seededRandom(seed)
      const bench = await PaymentBench.open(name)
      const { ledger, provider } = bench
      provider.faults = { ...provider.faults, ...faults }
      const visitIds: string[] = []
      for (let i = 0; i < charges; i++) {
        visitIds.push(await beginCharge(ledger, `shopper-${i}`, bench.nowMs))
        bench.carryOut()
        provider.forgetsKeys = i > charges / 2
        if (i % 10 === 9) await tellEverythingTenTimes(bench, name, random)
      }
      let receiptedMinor = 0
      for (const visitId of visitIds) {
        const { receipt } = await bench.visit(visitId, 'paid', ({ state }) => state === 'paid')
        receiptedMinor += receipt?.totalMinor ?? 0
      }
      const { sequence } = ledger
      await tellEverythingTenTimes(bench, name, random)
      assert.equal(ledger.sequence, sequence, 'of what is settled, nothing is told twice')
      assert.equal(provider.books.charges.length, charges, 'one charge an order')
      assert.equal(provider.takenMinor(), receiptedMinor)
      await bench.close()
    })
  }
})

/** Webhooks of all changes so far, repeated and in any order: hints, after which the till asks for itself. */
async function tellEverythingTenTimes(bench: PaymentBench, name: 'toss' | 'stripe', random: Random): Promise<void> {
  const { ledger, provider } = bench
  const recent = provider.changes.slice(-20)
  for (const object of shuffled(random, Array.from({ length: 10 }, () => recent).flat())) {
    const orders = provider.client().hinted(name === 'toss' ? { data: object } : { data: { object } })
    for (const orderId of orders) await ledger.hurryPayment(orderId, bench.nowMs)
  }
  bench.carryOut()
}
