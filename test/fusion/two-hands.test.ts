import assert from 'node:assert/strict'
import type { Actor } from '../../runtime/fusion/cues.ts'
import { actedBy, subjectOf } from '../../runtime/fusion/explanations.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { defaultFusionPolicy } from '../../runtime/fusion/fusion-policy.ts'
import { Shelves } from '../../runtime/fusion/shelves.ts'
import { evidence, smallStore, visit } from './small-store.ts'

const probabilities = (happened: ReturnType<typeof evidence>[]) => {
  const fusion = new Fusion(smallStore)
  fusion.observeVisit(visit('visit-1', ['anna']))
  const lines = happened.map((one) => fusion.addEvidence(one)).at(-1)?.[0]?.lines ?? []
  return Object.fromEntries(lines.map(({ sku, quantity, probability }) => [`${quantity} × ${sku}`, probability]))
}

describe('two hands of one person', () => {
  const hands = { anna: 0 }

  it('are charged with what both took at the same moment, near each other', () => {
    const found = probabilities([
      evidence('e1', 10, { a: -500 }, { hands }),
      evidence('e2', 10.1, { d: -60 }, { hands }),
    ])
    assert.ok((found['1 × cola'] ?? 0) > 0.9, JSON.stringify(found))
    assert.ok((found['1 × crisps'] ?? 0) > 0.9, JSON.stringify(found))
  })

  it('are looked at each by itself: looks that say both things speak for both', () => {
    const sighted = [
      { personId: 'anna', sku: 'cola', probability: 0.5 },
      { personId: 'anna', sku: 'mate', probability: 0.49 },
    ]
    const found = probabilities([
      evidence('e1', 10, { a: -500 }, { hands, sighted }),
      evidence('e2', 10, { c: -400 }, { hands, sighted }),
    ])
    assert.ok((found['1 × cola'] ?? 0) > 0.9, JSON.stringify(found))
    assert.ok((found['1 × mate'] ?? 0) > 0.9, JSON.stringify(found))
  })

  it('count as one moment even when a step lasted no time at all', () => {
    const instant = { hands, lastsMs: 0 }
    const together = probabilities([evidence('e1', 10, { a: -500 }, instant), evidence('e2', 10, { d: -60 }, instant)])
    const apart = probabilities([evidence('e1', 10, { a: -500 }, instant), evidence('e2', 20, { d: -60 }, instant)])
    assert.ok((together['1 × crisps'] ?? 1) < (apart['1 × crisps'] ?? 0), 'one hand is not seen to act twice')
  })
})

describe('something put down and something else taken at one place', () => {
  const hands = { anna: 0 }
  const cola = evidence('e1', 10, { a: -500 }, { hands })
  const differenceG = 500 - 300

  it('may be an exchange when it lasted long enough for both moves', () => {
    const found = probabilities([cola, evidence('e2', 20, { b: differenceG }, { hands, lastsMs: 1500 })])
    assert.ok((found['1 × juice'] ?? 0) > 0.5, JSON.stringify(found))
  })

  it('is rather a bag when it was one short step, and goes again', () => {
    const found = probabilities([
      cola,
      evidence('e2', 20, { b: differenceG }, { hands, lastsMs: 50 }),
      evidence('e3', 28, { b: -differenceG }, { hands, lastsMs: 50 }),
    ])
    assert.ok((found['1 × cola'] ?? 0) > 0.9, JSON.stringify(found))
  })
})

/** What a look at tea says of these things in one hand. */
function lookAt(...skus: string[]): number {
  const sighted = [{ personId: 'anna', sku: 'tea', probability: 0.98 }]
  const shelves = new Shelves(smallStore, defaultFusionPolicy)
  const taken = evidence('e1', 10, { c: -800 }, { hands: { anna: 0 }, sighted })
  const subject = subjectOf(taken, shelves, defaultFusionPolicy)
  const actor = subject.cues.actors[0] as Actor
  return actedBy(
    subject,
    actor,
    skus.map((sku) => ({ sku })),
  ).sighting
}

describe('a look into a hand with two things', () => {
  it('is at either of them, and so says less for both than for the one it saw', () => {
    assert.ok(lookAt('tea', 'mate') < lookAt('tea'))
    assert.ok(lookAt('tea', 'mate') > lookAt('mate'))
  })
})
