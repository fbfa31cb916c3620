import assert from 'node:assert/strict'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { evidence, smallStore, visit } from './small-store.ts'

/** Tea on c and mate on f: as heavy as one another, and not beside each other. */
const twins = {
  ...smallStore,
  planogram: [
    ...smallStore.planogram.filter(({ sku }) => sku !== 'mate' && sku !== 'soap'),
    { sku: 'mate', plates: ['f'] },
  ],
}

const surely = (personId: string, sku: string): Evidence['sighted'] => [{ personId, sku, probability: 0.98 }]

/** One shopper after another takes something of 400 g from c; how likely each product is for the last of them. */
function probabilities(seenAs: string[], layout = twins): Record<string, number> {
  const fusion = new Fusion(layout)
  let last: ReturnType<Fusion['addEvidence']> = []
  seenAs.forEach((sku, i) => {
    const person = `person-${i}`
    fusion.observeVisit(visit(`visit-${i}`, [person]))
    last = fusion.addEvidence(
      evidence(`e${i}`, 10 * (i + 1), { c: -400 }, { hands: { [person]: 0.01 }, sighted: surely(person, sku) }),
    )
  })
  const own = last.find(({ visitId }) => visitId === `visit-${seenAs.length - 1}`)
  return Object.fromEntries((own?.lines ?? []).map((line) => [line.sku, line.probability]))
}

describe('a planogram that may be mistaken', () => {
  it('is not charged against a sure look at another product of the same weight', () => {
    const { tea = 0, mate = 0 } = probabilities(['mate'])
    assert.ok(tea < 0.9, `tea ${tea}`)
    assert.ok(mate < 0.9, `mate ${mate}`)
    assert.ok(tea + mate > 0.95, 'one of them was taken')
  })

  it('is believed when the look agrees', () => {
    assert.ok((probabilities(['tea']).tea ?? 0) > 0.99)
  })

  it('is corrected by several sightings at the place', () => {
    const { mate = 0 } = probabilities(['mate', 'mate', 'mate', 'mate'])
    assert.ok(mate > 0.9, `mate ${mate}`)
  })

  it('is believed against one odd look once others agreed with it', () => {
    const { tea = 0 } = probabilities(['tea', 'tea', 'tea', 'mate'])
    assert.ok(tea > 0.9, `tea ${tea}`)
  })

  it('is corrected all the same where something else belongs to the place, too, and is taken from it', () => {
    const shared = { ...twins, planogram: [...twins.planogram, { sku: 'crisps', plates: ['c'] }] }
    const fusion = new Fusion(shared)
    const takings = [...Array(4).fill(['crisps', 60]), ...Array(4).fill(['mate', 400])] as [string, number][]
    const baskets = takings.flatMap(([sku, massG], i) => {
      const person = `person-${i}`
      fusion.observeVisit(visit(`visit-${i}`, [person]))
      const circumstances = { hands: { [person]: 0.01 }, sighted: surely(person, sku) }
      return fusion.addEvidence(evidence(`e${i}`, 10 * (i + 1), { c: -massG }, circumstances))
    })
    const last = baskets.findLast(({ visitId }) => visitId === 'visit-7')?.lines.find(({ sku }) => sku === 'mate')
    assert.ok((last?.probability ?? 0) > 0.9, `mate ${last?.probability}`)
  })

  it('is not doubted where the weights differ', () => {
    const sighted = surely('anna', 'juice')
    const fusion = new Fusion(twins)
    fusion.observeVisit(visit('visit-1', ['anna']))
    const [attribution] = fusion.addEvidence(evidence('e1', 10, { c: -400 }, { hands: { anna: 0.01 }, sighted }))
    assert.equal(attribution?.lines[0]?.sku, 'tea')
    assert.ok((attribution?.lines[0]?.probability ?? 0) > 0.9)
  })
})

describe('looks at one thing', () => {
  const certainty = (sighted: Evidence['sighted']) => {
    const fusion = new Fusion(twins)
    fusion.observeVisit(visit('visit-1', ['anna']))
    const [attribution] = fusion.addEvidence(evidence('e1', 10, { c: -400 }, { hands: { anna: 0.01 }, sighted }))
    return attribution?.lines.find(({ sku }) => sku === 'mate')?.probability ?? 0
  }

  it('are one opinion, whether all of them had a place or not', () => {
    const placed = surely('anna', 'mate')
    assert.equal(certainty([...placed, { personId: null, sku: 'mate', probability: 0.98 }]), certainty(placed))
  })

  it('do not make a product surer by being seen again when it is put back and taken again', () => {
    const fusion = new Fusion(twins)
    fusion.observeVisit(visit('visit-1', ['anna']))
    const circumstances = { hands: { anna: 0.01 }, sighted: surely('anna', 'mate') }
    const of = (lines: { sku: string; probability: number }[] = []) =>
      lines.find(({ sku }) => sku === 'mate')?.probability ?? 0
    const first = of(fusion.addEvidence(evidence('e1', 10, { c: -400 }, circumstances))[0]?.lines)
    fusion.addEvidence(evidence('e2', 20, { c: 400 }, circumstances))
    const again = of(fusion.addEvidence(evidence('e3', 30, { c: -400 }, circumstances))[0]?.lines)
    assert.ok(again < 0.9, `first ${first}, again ${again}`)
  })
})
