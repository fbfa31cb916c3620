/** What goods weigh in their own place, where the catalogue errs. */
import assert from 'node:assert/strict'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { evidence, smallStore, visit } from './small-store.ts'

/** The catalogue's 500 g of cola are without the bottle, and what stands beside weighs as much as both. */
const store = {
  ...smallStore,
  products: smallStore.products.map((product) => (product.sku === 'juice' ? { ...product, weightG: 551 } : product)),
}
const bottledG = 550

const unweighed = {
  ...store,
  products: store.products.map((product) => (product.sku === 'cola' ? { ...product, weightG: null } : product)),
}

/** Cola's probability when somebody takes something of this weight from its place unseen, after others who were seen. */
function cola(massG: number, seen: { sku: string; massG: number }[], layout = store): number {
  const fusion = new Fusion(layout)
  const all = [...seen.map((one) => ({ ...one, sighted: true })), { sku: 'cola', massG, sighted: false }]
  const last = all.flatMap(({ sku, massG, sighted }, i) => {
    const personId = `person-${i}`
    fusion.observeVisit(visit(`visit-${i}`, [personId]))
    const looks = sighted ? [{ personId, sku, probability: 0.98 }] : []
    return fusion.addEvidence(
      evidence(`e${i}`, 20 * (i + 1), { a: -massG }, { hands: { [personId]: 0 }, sighted: looks }),
    )
  })
  const own = last.findLast(({ visitId }) => visitId === `visit-${seen.length}`)
  return own?.lines.find(({ sku }) => sku === 'cola')?.probability ?? 0
}

const bottle = { sku: 'cola', massG: bottledG }
const asCatalogued = { sku: 'cola', massG: 500 }

describe('goods whose catalogue weight is wrong', () => {
  it('are doubtful at first where a neighbour weighs as much', () => assert.ok(cola(bottledG, []) < 0.5))

  it('are known by the weight that they had in their place before', () => {
    const [none, once, often] = [[], [bottle], [bottle, bottle, bottle]].map((seen) => cola(bottledG, seen))
    assert.ok((once ?? 0) > (none ?? 0) + 0.1, `${none} -> ${once}`)
    assert.ok((often ?? 0) > 0.9, `${often}`)
  })

  it('are not expected where they weighed what the catalogue says', () => {
    assert.ok(cola(bottledG, [asCatalogued, asCatalogued]) <= cola(bottledG, []))
    assert.ok(cola(500, [asCatalogued]) > 0.95)
  })

  it('have no digit too many once they weighed what the catalogue says', () => {
    const slipped = 50
    const known = cola(slipped, [asCatalogued, asCatalogued, asCatalogued])
    assert.ok(known < 0.5, `${cola(slipped, [])} -> ${known}`)
  })

  it('are counted by it, too, where the catalogue has a digit too many', () => {
    const products = smallStore.products.map((one) => (one.sku === 'soap' ? { ...one, weightG: 1200 } : one))
    const fusion = new Fusion({ ...smallStore, products })
    const baskets = [-120, -120, -120, -360].flatMap((deltaG, i) => {
      const personId = `person-${i}`
      const sighted = [{ personId, sku: 'soap', probability: 0.98 }]
      fusion.observeVisit(visit(`visit-${i}`, [personId]))
      return fusion.addEvidence(evidence(`e${i}`, 20 * (i + 1), { e: deltaG }, { hands: { [personId]: 0 }, sighted }))
    })
    const last = baskets.findLast(({ visitId }) => visitId === 'visit-3')
    assert.equal(last?.lines.find(({ sku }) => sku === 'soap')?.quantity, 3)
  })

  it('are not what a neighbour in their place was seen to be', () => {
    assert.ok(cola(bottledG, [{ sku: 'juice', massG: 551 }]) <= cola(bottledG, []) + 0.05)
  })

  it('are known again where the catalogue says nothing', () => {
    const [none, once] = [[], [bottle]].map((seen) => cola(bottledG, seen, unweighed))
    assert.ok((once ?? 0) > 0.9, `${none} -> ${once}`)
  })
})
