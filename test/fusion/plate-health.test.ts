import assert from 'node:assert/strict'
import { envelope, type HealthState } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { evidence, people, smallStore, visit } from './small-store.ts'

const health = (state: HealthState) => ({
  type: 'device-health' as const,
  ...envelope('small', 0, 0),
  ...{ device: 'transmitter', plate: 'e', state, previous: null, reason: 'test' },
})

/** Somebody takes 115 g from the soap's plate after it was said to be in these states. */
function soap(states: HealthState[]) {
  const fusion = new Fusion(smallStore)
  fusion.observeVisit(visit('visit-1', ['anna']))
  for (const state of states) fusion.observeHealth(health(state))
  for (let atMs = 9000; atMs <= 14_000; atMs += 100) {
    fusion.observePeople(people(atMs, { anna: { head: [1.45, 1.7], hand: [1.45, 2.2, 1.05] } }))
  }
  fusion.observeWeight(evidence('e1', 10, { e: -120 }).event)
  const summaries = fusion.advance(14_000)
  const lines = summaries.flatMap((summary) => fusion.addEvidence(summary)).at(-1)?.lines
  return {
    sigmaG: summaries[0]?.event.sigmaG ?? 0,
    probability: lines?.find(({ sku }) => sku === 'soap')?.probability ?? 0,
  }
}

describe('a plate that is not well', () => {
  it('makes what it tells less certain, and the journalled summary says so', () => {
    const well = soap(['online'])
    for (const state of ['drifting', 'noisy', 'stuck', 'saturated', 'sign-flipped', 'offline'] as const) {
      const unwell = soap([state])
      assert.ok(unwell.sigmaG > 10 * well.sigmaG, state)
      assert.ok(unwell.probability < well.probability, `${state}: ${unwell.probability}`)
    }
  })

  it('is believed again when it is well again', () => {
    assert.deepEqual(soap(['stuck', 'online']), soap(['online']))
  })
})
