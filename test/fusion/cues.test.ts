import assert from 'node:assert/strict'
import { Cues } from '../../runtime/fusion/cues.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { defaultFusionPolicy } from '../../runtime/fusion/fusion-policy.ts'
import { Shelves } from '../../runtime/fusion/shelves.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { evidence, people, smallStore } from './small-store.ts'

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

describe('hands that cameras place roughly', () => {
  const anna = { personId: 'anna', handM: 0.35, headM: 0.4, seen: 1 }
  const ben = { personId: 'ben', handM: 0.9, headM: 1.1, seen: 1 }
  const actorsOf = (near: NonNullable<Evidence['near']>) => {
    const told = { ...evidence('e1', 10, { a: -500 }), near }
    const { actors } = new Cues(told, new Shelves(smallStore, defaultFusionPolicy), defaultFusionPolicy)
    return (personId: string | null) => actors.find((one) => one.personId === personId)?.handLogOdds ?? Number.NaN
  }

  it('are no reason to believe in somebody whom nobody saw: one error away is as near as can be told', () => {
    const exactly = actorsOf([anna])
    assert.ok(exactly('anna') < exactly(null), 'placed to the centimetre, it was not hers')
    const roughly = actorsOf([{ ...anna, handSigmaM: 0.3 }])
    assert.ok(roughly('anna') > roughly(null) + 3)
  })

  it('tell the nearer one from who is farther by more than the error', () => {
    const logOdds = actorsOf([
      { ...anna, handSigmaM: 0.3 },
      { ...ben, handSigmaM: 0.3 },
    ])
    assert.ok(logOdds('anna') > logOdds('ben') + 2)
  })

  it('leave it open between two who stand side by side', () => {
    const logOdds = actorsOf([
      { ...anna, handSigmaM: 0.3 },
      { ...anna, personId: 'ben', handM: 0.45, headM: 0.5, handSigmaM: 0.3 },
    ])
    const apart = logOdds('anna') - logOdds('ben')
    assert.ok(apart > 0 && apart < 1, `${apart}`)
  })

  it('are told with how roughly', () => {
    const fusion = new Fusion(smallStore)
    fusion.observeWeight(evidence('e1', 10, { a: -501 }).event)
    for (let atMs = 9000; atMs <= 10_300; atMs += 50) {
      const seen = people(atMs, { anna: { head: [1.05, 1.6], hand: [1.05, 1.9, 1.1] } })
      for (const person of seen.people) person.handSigmasM = [0.25, null]
      fusion.observePeople(seen)
    }
    assert.equal(fusion.advance(10_300)[0]?.near?.[0]?.handSigmaM, 0.25)
  })
})
