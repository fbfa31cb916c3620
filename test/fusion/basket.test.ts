import assert from 'node:assert/strict'
import { linesOf } from '../../runtime/fusion/basket.ts'
import { subjectOf } from '../../runtime/fusion/explanations.ts'
import { defaultFusionPolicy } from '../../runtime/fusion/fusion-policy.ts'
import type { Hypothesis, Step } from '../../runtime/fusion/hypotheses.ts'
import { Shelves } from '../../runtime/fusion/shelves.ts'
import { decideLines, defaultLineRules } from '../../runtime/policy/line-rules.ts'
import { evidence, smallStore } from './small-store.ts'

const shelves = new Shelves(smallStore, defaultFusionPolicy)
const anna = { id: 'v-anna', personIds: new Set(['anna']) }
const products = new Map(smallStore.products.map((product) => [product.sku, product]))

/** Somebody took a cola, in as many ways as asked for, all equally likely, while no sensor watched. */
function takenUnwatched(ways: number): Hypothesis[] {
  const event = evidence('e1', 10, { a: -501 }, { kind: 'gap' })
  const unweighted = { offLogOdds: 0, here: new Map(), weighs: new Map(), habits: new Map(), inHands: 1 }
  const step: Step = {
    subject: { ...subjectOf(event, shelves, defaultFusionPolicy), ...unweighted },
    ...{ act: 'take', acted: [], moves: [{ personId: 'anna', sku: 'cola', quantity: 1 }], weighedBefore: false },
    parts: { weight: 0, hand: 0, sighting: 0, planogram: 0, prior: 0 },
  }
  const cola = { sku: 'cola', quantity: 1, massG: 501, massSigmaG: 1, takenBy: 'anna', plates: null, eventIds: ['e1'] }
  return Array.from({ length: ways }, () => {
    return { logWeight: -Math.log(ways), units: [{ ...cola, seenAs: undefined }], steps: [step] }
  })
}

/** A taking of a cola that is held for this person's because they may have been there. */
function takenUnseen(eventId: string, atS: number, probability: number): Hypothesis[] {
  const unseen = evidence(eventId, atS, { a: -501 }, { hands: { anna: 1 } })
  const event = { ...unseen, near: unseen.near?.map((one) => ({ ...one, handM: null, seen: 0 })) ?? null }
  const unweighted = { offLogOdds: 0, here: new Map(), weighs: new Map(), habits: new Map(), inHands: 1 }
  const subject = { ...subjectOf(event, shelves, defaultFusionPolicy), ...unweighted }
  const parts = { weight: 0, hand: 0, sighting: 0, planogram: 0, prior: 0 }
  const by = (personId: string | null, share: number): Hypothesis => ({
    logWeight: Math.log(share),
    units: [
      {
        ...{ sku: 'cola', quantity: 1, massG: 501, massSigmaG: 1, takenBy: personId },
        ...{ plates: null, seenAs: undefined, eventIds: [eventId] },
      },
    ],
    steps: [
      {
        ...{ subject, act: 'take', acted: [], moves: [{ personId, sku: 'cola', quantity: 1 }] },
        ...{ parts, weighedBefore: false },
      },
    ],
  })
  return [by('anna', probability), by(null, 1 - probability)]
}

describe('a basket’s line', () => {
  it('is no surer by two takings for which nobody saw the person: whoever was not there took neither', () => {
    const [cola, ...others] = linesOf(anna, [takenUnseen('e1', 10, 0.83), takenUnseen('e2', 20, 0.8)], shelves)
    assert.deepEqual(others, [])
    assert.deepEqual([cola?.quantity, cola?.probability], [2, 0.8])
  })

  it('says that no sensor watched, and waits for a person, however many ways there are in which it may have come about', () => {
    for (const ways of [1, 100]) {
      const lines = linesOf(anna, [takenUnwatched(ways)], shelves)
      assert.ok(lines[0]?.notes.some(({ kind }) => kind === 'gap'))
      const { lines: decided } = decideLines(lines, defaultLineRules, { products, isFinal: true })
      assert.deepEqual(
        decided.map(({ sku, outcome, rule }) => [sku, outcome, rule]),
        [['cola', 'review', 'after-gap']],
      )
    }
  })
})
