import assert from 'node:assert/strict'
import { type WeightEvent as Event, WeightEvent } from '../../runtime/contract/messages.ts'
import { compileCheck } from '../../runtime/contract/schema.ts'
import { mostCurvePoints, type WeightCurve } from '../../runtime/weighing/event-curve.ts'
import { SyntheticShelf, standing, startMs } from './synthetic-shelf.ts'

function last(events: readonly Event[]): { event: Event; curve: WeightCurve } {
  const event = standing(events).at(-1)
  assert.ok(event?.evidence.curve)
  assert.deepEqual(compileCheck(WeightEvent)(event), [])
  return { event, curve: event.evidence.curve }
}

/** The curve's value at a time in seconds from the start. */
function at({ fromMs, stepMs, gramsOff }: WeightCurve, atS: number): number {
  return gramsOff[Math.floor((startMs + atS * 1000 - fromMs) / stepMs)] ?? Number.NaN
}

describe('the curve of a weight event', () => {
  for (const rateHz of [60, 15]) {
    it(`goes from the level before to the level after, at ${rateHz} Hz`, () => {
      const { curve } = last(new SyntheticShelf({ rateHz }).step('p3', -500, 3).run(7))
      assert.ok(Math.abs(at(curve, 2.8)) < 5, `${at(curve, 2.8)} before`)
      const after = curve.gramsOff.at(-1) ?? Number.NaN
      assert.ok(Math.abs(after + 500) < 8, `${after} after`)
    })
  }

  it('is the sum of the plates that changed, against what each bore before', () => {
    const shelf = new SyntheticShelf().put('p3', () => 900).put('p4', () => 300)
    const { curve } = last(shelf.step('p3', -60, 3).step('p4', -42, 3.1).run(7))
    assert.ok(Math.abs(at(curve, 3.5) + 102) < 8, `${at(curve, 3.5)}`)
  })

  it('shows a hand that holds before it takes', () => {
    const { curve } = last(new SyntheticShelf().hand('p3', -150, 3, 4.5).step('p3', -400, 4.4).run(9))
    assert.ok(at(curve, 4) < -100 && at(curve, 4) > -200, `${at(curve, 4)} while it was held`)
  })

  it('stays thin, however long the event was', () => {
    const { event, curve } = last(new SyntheticShelf().step('p3', -500, 3, 9).run(18))
    assert.ok(event.settledAtMs - event.startedAtMs > 6000)
    assert.ok(curve.gramsOff.length <= mostCurvePoints && curve.gramsOff.length > mostCurvePoints / 2)
    assert.ok(JSON.stringify(curve).length < 450)
  })

  it('is not drawn of a time that no sensor saw', () => {
    const shelf = new SyntheticShelf()
    shelf.weighing.restoreLevels({ p3: { weightG: 500, atMs: startMs - 60_000 } })
    const gap = standing(shelf.run(4)).find(({ kind }) => kind === 'gap')
    assert.ok(gap && gap.evidence.curve === undefined)
  })
})
