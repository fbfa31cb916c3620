import assert from 'node:assert/strict'
import fc from 'fast-check'
import fusionDefinition from '../../nodes/fusion/definition.ts'
import registerFusion from '../../nodes/fusion/index.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { AttributedLine, Attribution } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { LearnedPriors } from '../../runtime/fusion/learned-priors.ts'
import type { LearnedGoods } from '../../runtime/profile/layout.ts'
import type { LearnedSource } from '../../runtime/store/binding.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { evidence, smallStore, visit } from '../fusion/small-store.ts'
import { loadBench, unloadBench } from '../nodes/bench.ts'
import { fakeStore, startMs } from '../nodes/fake-store.ts'
import { snapshot, weightEvent } from '../nodes/messages.ts'

const goods = (learned: Partial<LearnedGoods>): LearnedGoods => ({
  ...{ weights: new Map(), sold: new Map(), mistaken: [] },
  ...learned,
})

/** What Anna has, by a fusion that goes by `learned`, from the start or in the middle. */
function basketOf(all: readonly Evidence[], learned?: LearnedGoods, takenUpAfter?: number): AttributedLine[] {
  const layout = takenUpAfter === undefined && learned ? { ...smallStore, learned } : smallStore
  const fusion = new Fusion(layout)
  fusion.observeVisit(visit('visit-1', ['anna']))
  all.forEach((one, i) => {
    fusion.addEvidence(one)
    if (i + 1 === takenUpAfter) fusion.takeUp(learned)
  })
  fusion.observeVisit(visit('visit-1', [], { state: 'exited' }))
  return fusion.finish('visit-1').flatMap(({ lines }) => lines)
}

const anna = { hands: { anna: 0.01 } }
const probabilityOf = (lines: readonly AttributedLine[], sku: string) =>
  lines.find((line) => line.sku === sku)?.probability ?? 0

describe('fusion with what was learned', () => {
  it('comes to the same baskets, whether it learned it before or in the middle of a visit', () => {
    const learned = goods({
      weights: new Map([['cola', { weightG: 610, weightSdG: 4 }]]),
      sold: new Map([['tea', 40]]),
      mistaken: [{ sku: 'tea', takenFor: 'mate', times: 4 }],
    })
    const all = [
      evidence('e1', 10, { a: -610 }, anna),
      evidence('e2', 14, { c: -400 }, anna),
      evidence('e3', 18, { a: 611 }, anna),
      evidence('e4', 22, { b: -300 }, anna),
    ]
    const expected = JSON.stringify(basketOf(all, learned))
    for (const after of [1, 2, 3, 4]) assert.equal(JSON.stringify(basketOf(all, learned, after)), expected)
    assert.notEqual(JSON.stringify(basketOf(all)), expected)
  })

  it('judges a product by its learned weight, and says so', () => {
    const weights = new Map([['cola', { weightG: 610, weightSdG: 4 }]])
    const taken = [evidence('e1', 10, { a: -609 }, anna)]
    const [line] = basketOf(taken, goods({ weights }))
    assert.ok((line?.probability ?? 0) > probabilityOf(basketOf(taken), 'cola'))
    assert.match(line?.notes.map(({ text }) => text).join() ?? '', /one Cola weighs 610 g \(learned\)/)
  })

  it('leaves the catalogue’s word about all others', () => {
    const weights = new Map([['cola', { weightG: 610, weightSdG: 4 }]])
    const taken = [evidence('e1', 10, { d: -60 }, anna), evidence('e2', 20, { e: -120 }, anna)]
    assert.equal(JSON.stringify(basketOf(taken, goods({ weights }))), JSON.stringify(basketOf(taken)))
  })

  it('expects what is bought more often where weights say nothing, and never so surely that it is charged', () => {
    const taken = [evidence('e1', 10, { c: -400 }, anna)]
    const [often, always] = [60, 1_000_000].map((times) => basketOf(taken, goods({ sold: new Map([['tea', times]]) })))
    assert.ok(Math.abs(probabilityOf(basketOf(taken), 'tea') - probabilityOf(basketOf(taken), 'mate')) < 0.01)
    assert.ok(probabilityOf(often ?? [], 'tea') > 0.6)
    assert.ok(probabilityOf(always ?? [], 'tea') < 0.85)
  })

  it('expects a product where it has been taken for another, a little more with each time', () => {
    // As heavy as what belongs there: nothing but what was learned tells them apart.
    const taken = [evidence('e1', 10, { a: -500 }, anna)]
    const alike = { weights: new Map([['juice', { weightG: 500, weightSdG: 6 }]]) }
    const shares = [0, 1, 5, 1000].map((times) => {
      const mistaken = times === 0 ? [] : [{ sku: 'juice', takenFor: 'cola', times }]
      return probabilityOf(basketOf(taken, goods({ ...alike, mistaken })), 'juice')
    })
    assert.deepEqual(
      shares.toSorted((a, b) => a - b),
      shares,
    )
    assert.ok((shares[2] ?? 0) > (shares[0] ?? 0) + 0.03, shares.join())
    assert.ok((shares[3] ?? 1) < 0.4, shares.join())
  })
})

describe('what outcomes make of a place', () => {
  const sku = fc.constantFrom('a', 'b', 'c', 'd')
  const learnedGoods = fc.record({
    sold: fc.dictionary(sku, fc.nat(100_000)),
    mistaken: fc.array(fc.record({ sku, takenFor: fc.constant('home'), times: fc.nat(10_000) }), { maxLength: 5 }),
  })

  it('is a share for each product of it, all together one, and none so large that it would be charged by that', () => {
    fc.assert(
      fc.property(learnedGoods, fc.uniqueArray(sku, { minLength: 2 }), ({ sold }, skus) => {
        const priors = new LearnedPriors(goods({ sold: new Map(Object.entries(sold)) }), 1)
        const shares = skus.map((one) => priors.popularity(one, new Set(skus)))
        assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9)
        for (const share of shares) assert.ok(share > 0 && share <= 0.8 + 1e-9, `${share}`)
      }),
    )
  })

  it('never believes look-alikes more than the planogram', () => {
    fc.assert(
      fc.property(learnedGoods, ({ mistaken }) => {
        const usual = new Map([['a', 0.007]])
        const shares = [...new LearnedPriors(goods({ mistaken }), 1).lookAlikes('home', usual).values()]
        assert.ok(shares.reduce((sum, share) => sum + share, 0) <= 0.3 + 1e-9)
      }),
    )
  })
})

describe('the fusion node', () => {
  afterEach(unloadBench)

  it('takes up a newer version while the store runs, and goes on when one cannot be read', async () => {
    let current: ReturnType<LearnedSource['current']> = { number: 0, goods: goods({}) }
    let fault: AisleError | undefined
    const learned: LearnedSource = {
      current() {
        if (fault) throw fault
        return current
      },
    }
    const store = { ...fakeStore(), learned }
    const near = [{ personId: 't-1', handM: 0.01, headM: 0.3, seen: 1 }]
    store.till.visits = [snapshot({ personIds: ['t-1'] })]
    await store.till.tell({ type: 'evidence', data: { event: weightEvent(), near, sighted: [] } })
    store.clock.advanceTo(startMs + 10_000)
    const bench = await loadBench(registerFusion, fusionDefinition, {}, store)
    const last = () => (bench.payloads('attributions').at(-1) as Attribution).lines[0]
    const before = last()?.probability ?? 0

    current = { number: 1, goods: goods({ weights: new Map([['milk', { weightG: 260, weightSdG: 2 }]]) }) }
    await bench.pass(2500)
    const after = last()?.probability ?? 0
    assert.ok(after < before, `${before} -> ${after}`)

    fault = new AisleError('learned-invalid', 'It does not fit.', { action: 'Restore it.' })
    await bench.pass(10_000)
    assert.equal(bench.errors.length, 1)
    fault = undefined
    current = { number: 2, goods: goods({}) }
    await bench.pass(2500)
    assert.equal(last()?.probability, before)
  })
})
