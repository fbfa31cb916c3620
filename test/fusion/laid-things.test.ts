/** Somebody lays among the goods what is none of them: maybe in the place of what went into a bag. */
import assert from 'node:assert/strict'
import type { AttributedLine } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { decideLines, defaultLineRules } from '../../runtime/policy/line-rules.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { evidence, smallStore, visit } from './small-store.ts'

const anna = { hands: { anna: 0.01 } }
const products = new Map(smallStore.products.map((product) => [product.sku, product]))

/** Anna's basket in the end. */
function basketAfter(...told: Evidence[]): AttributedLine[] {
  const fusion = new Fusion(smallStore)
  fusion.observeVisit(visit('visit-anna', ['anna']))
  for (const one of told) fusion.addEvidence(one)
  fusion.observeVisit(visit('visit-anna', ['anna'], { state: 'exited', seenAtMs: 90_000 }))
  return fusion.finish('visit-anna')[0]?.lines ?? []
}

const decided = (lines: AttributedLine[]) =>
  decideLines(lines, defaultLineRules, { products, isFinal: true }).lines.map(({ sku, outcome }) => [sku, outcome])

describe('a thing that is no goods of the store, laid among them', () => {
  it('is shown to a person, who may find that goods went in exchange; nothing is charged for it', () => {
    const lines = basketAfter(evidence('e1', 10, { a: 40 }, anna))
    assert.deepEqual(decided(lines), [['cola', 'review']])
    assert.match(lines[0]?.notes[0]?.text ?? '', /gained 40.0 g that are no goods of the store/)
  })

  it('asks for each product that belongs there', () => {
    const lines = basketAfter(evidence('e1', 10, { c: 40 }, anna))
    assert.deepEqual(decided(lines), [
      ['mate', 'review'],
      ['tea', 'review'],
    ])
  })

  it('says nothing where nothing of the place weighs about as much', () => {
    assert.ok(decided(basketAfter(evidence('e1', 10, { d: 333 }, anna))).every(([, outcome]) => outcome === 'let-go'))
  })

  it('says nothing when it is taken away again, as a bag is', () => {
    for (const liftedG of [1740, 1744]) {
      const lines = basketAfter(evidence('e1', 10, { d: 1740 }, anna), evidence('e2', 14, { d: -liftedG }, anna))
      assert.ok(
        decided(lines).every(([, outcome]) => outcome === 'let-go'),
        JSON.stringify(lines),
      )
    }
  })

  it('is the hand itself, where that pressed before it lifted', () => {
    const lines = basketAfter(evidence('e1', 10, { a: 66 }, anna), evidence('e2', 13, { a: -566 }, anna))
    assert.deepEqual(decided(lines), [['cola', 'charge']])
  })

  it('is what its bearer took elsewhere, where that weighs as much', () => {
    const lines = basketAfter(evidence('e1', 10, { d: -60 }, anna), evidence('e2', 20, { a: 60 }, anna))
    assert.ok(
      decided(lines).every(([, outcome]) => outcome !== 'charge' && outcome !== 'review'),
      JSON.stringify(decided(lines)),
    )
  })

  it('is not suspected where a plate only kept an offset, or no hand was there', () => {
    assert.deepEqual(basketAfter(evidence('e1', 10, { a: 9 }, anna)), [])
    assert.deepEqual(basketAfter(evidence('e1', 10, { a: 40 }, { hands: { anna: 1.5 } })), [])
  })
})
