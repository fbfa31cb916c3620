import assert from 'node:assert/strict'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import { arrivalsOf } from '../../runtime/twin/virtual/arrivals-of.ts'
import { runVirtual, usualStartMs, type VirtualTruth } from '../../runtime/twin/virtual/run-virtual.ts'
import { itemsOf, type VisitTruth } from '../../runtime/twin/world/truth.ts'
import { basketOf } from '../support/twin-truth.ts'
import { cornerShop } from './corner-shop.ts'

describe('people who walk in by an open entrance, in virtual time', function () {
  this.timeout(60_000)

  it('have a visit each, by their tracks alone, with what they took, until they walk out', async () => {
    const store = await cornerShop()
    const gates = store.layout.gates.map((gate) => ({ ...gate, open: true as const }))
    const layout: StoreLayout = { ...store.layout, gates }
    let truth: VirtualTruth | undefined
    function* arrivals() {
      truth = yield* arrivalsOf(runVirtual({ layout, planogram: store.planogram, seed: 4, visits: 6 }))
    }
    const input = { startMs: usualStartMs, durationMs: 0, layout, admission: 'by-scan' as const, arrivals: arrivals() }
    const { visits } = replayStore(input)

    assert.equal(visits.length, 6)
    const of = ({ trackIds }: VisitTruth) =>
      visits.filter(({ personIds }) => personIds.some((id) => trackIds.includes(id)))
    for (const shopper of truth?.visits ?? []) {
      const [visit, ...more] = of(shopper)
      assert.equal(more.length, 0)
      assert.ok(
        visit?.exitedAtMs && Math.abs(visit.exitedAtMs - (shopper.leftAtMs ?? 0)) < 3000,
        `left ${visit?.state}`,
      )
      assert.deepEqual(basketOf(visit.decision?.lines ?? []), basketOf(itemsOf(shopper)))
    }
  })
})
