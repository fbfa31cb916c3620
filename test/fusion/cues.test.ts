import assert from 'node:assert/strict'
import { Cues } from '../../runtime/fusion/cues.ts'
import { defaultFusionPolicy } from '../../runtime/fusion/fusion-policy.ts'
import { Shelves } from '../../runtime/fusion/shelves.ts'
import { evidence, smallStore } from './small-store.ts'

describe('a look into a hand', () => {
  const policy = { ...defaultFusionPolicy, sightingWorth: 3 }
  const shelves = new Shelves(smallStore, policy)
  const sighted = [{ personId: 'anna', sku: 'tea', probability: 0.97 }]
  const cues = new Cues(evidence('e1', 10, { c: -400 }, { hands: { anna: 0 }, sighted }), shelves, policy)
  const logOdds = (sku: string) => cues.sightingLogOdds('anna', sku)

  it('says more against what looks unlike than against what looks alike', () => {
    assert.ok(logOdds('tea') > logOdds('mate'), 'seen, against one of its weight')
    assert.ok(logOdds('mate') > logOdds('cola'), 'of its weight, against another')
    assert.equal(logOdds('cola'), logOdds('crisps'))
  })

  it('speaks against nothing having been moved as against what looks unlike', () => {
    assert.ok(Math.abs(cues.astrayLogOdds - logOdds('crisps')) < 1e-9)
  })

  it('says nothing of somebody into whose hands nobody looked', () => {
    assert.equal(cues.sightingLogOdds('ben', 'tea'), 0)
  })
})

describe('a hand beside the other one of the same person', () => {
  const cues = new Cues(
    evidence('e1', 10, { a: -500 }, { hands: { anna: 0 } }),
    new Shelves(smallStore, defaultFusionPolicy),
    defaultFusionPolicy,
  )

  it('is the less surprising the nearer the other one works', () => {
    assert.ok(cues.besideLogOdds('anna', 0.05) > cues.besideLogOdds('anna', 0.4))
    assert.ok(cues.besideLogOdds('anna', 2) < 1e-9)
  })
})
