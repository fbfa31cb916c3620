import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import { PaymentBench } from './support/payment-bench.ts'
import { admitVisit, beginCharge, endCharge, paid, tea } from './support/test-ledger.ts'
import { waitFor } from './support/wait.ts'

const hourMs = 3_600_000
const noCaps = { amountMinor: null, count: null, ageMs: null }

describe('while the provider is away', () => {
  let bench: PaymentBench
  const open = async (caps: Partial<typeof noCaps | Record<keyof typeof noCaps, number>>) => {
    bench = await PaymentBench.open('toss', { offline: { ...noCaps, ...caps } })
    bench.provider.faults.down = true
    return bench.ledger
  }
  afterEach(() => bench.close())
  const stateOf = async (visitId: string) => (await bench.ledger.visit(visitId)).state

  it('charges wait up to an amount; what is beyond goes to a person, who may charge it', async () => {
    const ledger = await open({ amountMinor: 2 * tea.priceMinor })
    const [one, two] = [await beginCharge(ledger, 'anna', 1), await beginCharge(ledger, 'bert', 1)]
    const three = await beginCharge(ledger, 'carl', 1)
    assert.deepEqual([await stateOf(one), await stateOf(two), await stateOf(three)], ['charging', 'charging', 'review'])
    assert.equal((await ledger.visit(three)).decision?.lines[0]?.rule, 'provider-away')
    const review = { visitId: three, lineId: 'line-tea', outcome: 'charge' as const, decidedBy: 'owner' }
    await ledger.take({ type: 'resolve-review', commandId: 'review', ...review }, 2)
    assert.equal(await stateOf(three), 'charging')
  })

  it('nobody is let in beyond the number that may wait, until the provider is back', async () => {
    const ledger = await open({ count: 1 })
    const visitId = await beginCharge(ledger, 'anna', 1)
    await assert.rejects(admitVisit(ledger, 'bert', 2), { code: 'cannot-charge' })
    await endCharge(ledger, visitId, paid('late'), 3)
    await admitVisit(ledger, 'carl', 4)
  })

  it('nobody is let in when one has waited too long', async () => {
    const ledger = await open({ ageMs: hourMs })
    await beginCharge(ledger, 'anna', 1)
    await admitVisit(ledger, 'bert', hourMs)
    await assert.rejects(admitVisit(ledger, 'carl', hourMs + 2), { code: 'cannot-charge' })
  })

  it('all that waits is charged once when it is back', async () => {
    const ledger = await open({})
    const visitIds: string[] = []
    for (const name of ['anna', 'bert', 'carl']) visitIds.push(await beginCharge(ledger, name, bench.nowMs))
    bench.carryOut()
    await waitFor('some tries', () => bench.provider.requests.length > 6)
    bench.provider.faults.down = false
    for (const visitId of visitIds) await bench.visit(visitId, 'paid', ({ state }) => state === 'paid')
    assert.equal(bench.provider.takenMinor(), 3 * tea.priceMinor)
  })
})

describe('a webhook', () => {
  for (const name of ['toss', 'stripe'] as const) {
    it(`of ${name}, repeated ten times and shuffled, only makes the till ask: nothing is told or charged twice`, async () => {
      // Time stands still: without a hint the next try would never come.
      const bench = await PaymentBench.open(name, {}, new VirtualClock(1_800_000_000_000))
      const { ledger, provider } = bench
      provider.faults.lostAnswers = 1
      const visitIds = [await beginCharge(ledger, 'anna', bench.nowMs), await beginCharge(ledger, 'bert', bench.nowMs)]
      bench.carryOut()
      const due = async () => (await ledger.paymentsDue(bench.nowMs, 10)).length
      await waitFor('both charges', async () => provider.books.charges.length === 2 && (await due()) === 0)
      // Whoever still looks for what is due would find what is hurried.
      await bench.pause()
      const random = seededRandom(5)
      const hints = Array.from({ length: 10 }, () => provider.changes)
        .flat()
        .map((object) => ({ object, at: random.next() }))
        .sort((a, b) => a.at - b.at)
        .flatMap(({ object }) => provider.client().hinted(name === 'toss' ? { data: object } : { data: { object } }))
      assert.equal(hints.length, 20)
      // The charger may look before all have come: the first of each order is heeded, whatever the others are.
      const heeded = new Set<string>()
      for (const orderId of hints) if (await ledger.hurryPayment(orderId, bench.nowMs)) heeded.add(orderId)
      assert.equal(heeded.size, 2)
      bench.carryOut()
      for (const visitId of visitIds) await bench.visit(visitId, 'paid', ({ state }) => state === 'paid')
      const { sequence } = ledger
      for (const orderId of hints) assert.equal(await ledger.hurryPayment(orderId, bench.nowMs), false)
      assert.equal(ledger.sequence, sequence)
      assert.equal(provider.takenMinor(), 2 * tea.priceMinor)
      await bench.close()
    })
  }

  it('that says nothing we know is no hint', async () => {
    const bench = await PaymentBench.open('toss')
    for (const body of [null, 1, 'x', [], {}, { data: null }, { data: { orderId: 7 } }]) {
      assert.deepEqual(bench.provider.client().hinted(body), [])
    }
    assert.equal(await bench.ledger.hurryPayment('unknown', 0), false)
    await bench.close()
  })
})
