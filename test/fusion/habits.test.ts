/** What somebody bought before, and what sells, where a weight alone does not say which product it was. */
import assert from 'node:assert/strict'
import type { AttributedLine } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import type { FusionPolicy } from '../../runtime/fusion/fusion-policy.ts'
import { decideLines, defaultLineRules } from '../../runtime/policy/line-rules.ts'
import type { PastPurchases } from '../../runtime/till-api/events.ts'
import { evidence, smallStore, visit } from './small-store.ts'

const oftenTea: PastPurchases = { visits: 12, goods: [{ sku: 'tea', visits: 9 }] }
const taken = (personId: string, deltaG: number) => evidence('e1', 10, { c: deltaG }, { hands: { [personId]: 0.01 } })

/** What Anna has when she takes something of 400 g from c, where tea and mate lie. */
function linesWith(purchases: PastPurchases, policy: Partial<FusionPolicy> = {}, deltaG = -400): AttributedLine[] {
  const fusion = new Fusion(smallStore, policy)
  fusion.observeVisit(visit('visit-anna', ['anna']))
  const told = [...fusion.addEvidence(taken('anna', deltaG)), ...fusion.observePurchases('visit-anna', purchases)]
  return told.findLast(({ visitId }) => visitId === 'visit-anna')?.lines ?? []
}

const shareOf = (sku: string, lines: readonly AttributedLine[]) =>
  lines.find((line) => line.sku === sku)?.probability ?? 0

describe('what an account bought before', () => {
  it('makes it likelier where either product may be meant, and says so among the reasons', () => {
    const lines = linesWith(oftenTea)
    assert.ok(shareOf('tea', lines) > 0.6, `tea ${shareOf('tea', lines)}`)
    assert.ok(shareOf('mate', lines) < 0.4, `mate ${shareOf('mate', lines)}`)
    const reasons = lines.find(({ sku }) => sku === 'tea')?.notes.filter(({ kind }) => kind === 'prior')
    assert.deepEqual(
      reasons?.map(({ text }) => text),
      ['This account bought it before.'],
    )
  })

  it('charges nobody, however often it was', () => {
    const lines = linesWith({ visits: 30, goods: [{ sku: 'tea', visits: 30 }] }, { pastPurchases: 1 })
    const products = new Map(smallStore.products.map((product) => [product.sku, product]))
    assert.equal(decideLines(lines, defaultLineRules, { products, isFinal: true }).outcome, 'review')
  })

  it('says nothing of whether anything was taken', () => {
    const odd = -217
    const something = (purchases: PastPurchases) =>
      linesWith(purchases, {}, odd).reduce((sum, { probability }) => sum + probability, 0)
    assert.ok(Math.abs(something(oftenTea) - something({ visits: 12, goods: [{ sku: 'soap', visits: 1 }] })) < 0.15)
  })

  it('says nothing of others, and nothing where the policy does not want it', () => {
    const off = linesWith(oftenTea, { pastPurchases: 0 })
    assert.deepEqual([shareOf('tea', off), shareOf('mate', off)], [shareOf('mate', off), shareOf('tea', off)])
    const fusion = new Fusion(smallStore)
    for (const one of ['anna', 'ben']) fusion.observeVisit(visit(`visit-${one}`, [one]))
    fusion.observePurchases('visit-anna', oftenTea)
    const [ben] = fusion.addEvidence(taken('ben', -400))
    assert.equal(shareOf('tea', ben?.lines ?? []), shareOf('mate', ben?.lines ?? []))
  })
})

describe('what sells', () => {
  const sellsTea = {
    ...smallStore,
    learned: { weights: new Map(), mistaken: [], sold: new Map([['tea', 60]]) },
  }
  const tea = (popularity: number) => {
    const fusion = new Fusion(sellsTea, { popularity })
    fusion.observeVisit(visit('visit-anna', ['anna']))
    return shareOf('tea', fusion.addEvidence(taken('anna', -400))[0]?.lines ?? [])
  }

  it('counts as much as the policy says', () => {
    const [none, some, all] = [0, 0.3, 1].map(tea) as [number, number, number]
    assert.ok(Math.abs(none - 0.5) < 0.02 && some > none + 0.05 && all > some + 0.05, `${none}, ${some}, ${all}`)
  })
})
