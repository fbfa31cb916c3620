import assert from 'node:assert/strict'
import { type WeightEvent as Event, WeightEvent } from '../../runtime/contract/messages.ts'
import { compileCheck } from '../../runtime/contract/schema.ts'
import { Weighing } from '../../runtime/weighing/weighing.ts'
import { receivedAtMs, SyntheticShelf, standing, startMs, told } from './synthetic-shelf.ts'

const near = (actual: number, expected: number, within: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual}, expected ${expected} ± ${within}`)

function only(events: readonly Event[]): Event {
  const [event, ...others] = standing(events)
  assert.ok(event, 'nothing was told')
  assert.deepEqual(others, [])
  return event
}

const toldKinds = (events: readonly Event[]) => standing(events).map(({ kind }) => kind)

describe('Weighing', () => {
  for (const rateHz of [60, 15]) {
    describe(`at ${rateHz} Hz`, () => {
      it('tells what was taken, from where, when and how surely', () => {
        const event = only(new SyntheticShelf({ rateHz }).step('p3', -622, 3).run(7))
        assert.equal(event.kind, 'removed')
        assert.deepEqual(
          event.plates.map(({ plate }) => plate),
          ['p3'],
        )
        near(event.deltaG, -622, 3, 'weight')
        near(event.startedAtMs - startMs, 3000, 200, 'start')
        near(event.settledAtMs - startMs, 3200, 200, 'end')
        assert.ok(event.sigmaG < 3, `sigma ${event.sigmaG}`)
        assert.deepEqual(compileCheck(WeightEvent)(event), [])
      })

      it('sees 20 g lifted', () => {
        near(only(new SyntheticShelf({ rateHz }).step('p3', -20, 3).run(7)).deltaG, -20, 3, 'weight')
      })

      it('makes one event of an item that rests on two plates', () => {
        const event = only(new SyntheticShelf({ rateHz }).step('p3', 60, 3).step('p4', 42, 3.1).run(7))
        near(event.deltaG, 102, 3, 'weight')
        assert.equal(event.plates.length, 2)
      })

      it('tells nothing of footsteps', () => {
        assert.deepEqual(standing(new SyntheticShelf({ rateHz }).footsteps(50, 3, 8).run(10)), [])
      })

      it('tells nothing of a press that leaves nothing behind', () => {
        const shelf = new SyntheticShelf({ rateHz }).hand('p3', 900, 3, 4.2)
        assert.deepEqual(standing(shelf.run(8)), [])
      })
    })
  }

  it('tells within half a second of rest', () => {
    const [first] = new SyntheticShelf().step('p3', -100, 3).run(7)
    assert.ok(first)
    assert.ok(first.receivedAtMs - (startMs + 3200) <= 500, `${first.receivedAtMs - startMs - 3200} ms`)
  })

  it('sees a light item lifted beside ten swinging neighbours', () => {
    const shelf = new SyntheticShelf({ plates: 11 }).footsteps(50, 2, 7).step('p6', -32, 4)
    near(only(shelf.run(10)).deltaG, -32, 4, 'weight')
  })

  it('takes what a neighbour keeps of a heavy step for cross-talk', () => {
    const event = only(new SyntheticShelf().step('p3', -622, 3).step('p4', -9, 3).step('p2', 6, 3).run(7))
    assert.equal(event.plates.length, 1)
    near(event.deltaG, -622, 10, 'weight')
  })

  it('does not tell of cross-talk when what explains it is long past', () => {
    const shelf = new SyntheticShelf().step('p3', -622, 3).step('p4', -14, 3.3)
    for (let atS = 15; atS < 22; atS += 0.4) shelf.hand('p8', 300, atS, atS + 0.3)
    assert.equal(standing(shelf.run(24)).length, 1)
  })

  it('keeps an item apart from one beside it that was held up long before, though both are taken at one moment', () => {
    const shelf = new SyntheticShelf().step('p3', -100, 3).step('p3', 100, 8, 0.1)
    shelf.step('p3', -230, 8.3).step('p4', -150, 8.4)
    assert.deepEqual(
      standing(shelf.run(12))
        .map(({ deltaG }) => Math.round(deltaG / 10) * 10)
        .sort(),
      [-150, -230],
    )
  })

  it('weighs what lay there before a hand pressed on it', () => {
    const pressed = new SyntheticShelf().hand('p3', 4, 4, 4.6).hand('p3', 4, 4.7, 5).step('p3', -110, 5)
    near(only(pressed.run(9)).deltaG, -110, 1.5, 'weight')
  })

  it('makes one event of what is put down and let go of a little later', () => {
    const shelf = new SyntheticShelf().step('p3', 100, 3).step('p3', 11, 3).step('p3', -11, 4.3, 0.3)
    near(only(shelf.run(9)).deltaG, 100, 2, 'weight')
  })

  it('says when a slow lift was over', () => {
    const event = only(new SyntheticShelf({ noiseG: 1.5 }).step('p3', -50, 3, 2).run(9))
    near(event.settledAtMs - startMs, 5000, 350, 'end')
  })

  it('counts a step that may be a share or cross-talk in part, and says how unsure it is', () => {
    const event = only(new SyntheticShelf().step('p3', -600, 3).step('p4', -33, 3).run(7))
    near(event.deltaG, -616, 16, 'weight')
    assert.ok(event.sigmaG > 8)
  })

  it('keeps two items apart that lie two plates from one another', () => {
    const events = standing(new SyntheticShelf().step('p2', -120, 3).step('p5', -80, 3).run(7))
    assert.deepEqual(events.map(({ deltaG }) => Math.round(deltaG / 10) * 10).sort(), [-120, -80])
  })

  it('splits steps that follow one another on one plate', () => {
    const events = standing(new SyntheticShelf().step('p3', -300, 3).step('p3', 300, 4.5).step('p3', -110, 7).run(10))
    assert.deepEqual(
      events.map(({ deltaG }) => Math.round(deltaG / 10) * 10),
      [-300, 300, -110],
    )
  })

  it('makes one event of a slow lift', () => {
    near(only(new SyntheticShelf().step('p3', -45, 3, 4).run(11)).deltaG, -45, 3, 'weight')
  })

  it('makes one event of an item that is held up long before it is taken', () => {
    const shelf = new SyntheticShelf().hand('p3', -250, 3, 9).step('p3', -590, 9.2, 0.15)
    near(only(shelf.run(13)).deltaG, -590, 5, 'weight')
  })

  it('follows drift and creep without a word', () => {
    assert.deepEqual(standing(new SyntheticShelf().put('p3', (t) => 0.1 * t).run(60)), [])
  })

  it('is not misled by single-sample spikes', () => {
    const shelf = new SyntheticShelf()
    for (const atS of [3, 3.8, 5]) shelf.put('p3', (t) => (Math.round(t * 60) === Math.round(atS * 60) ? 4000 : 0))
    assert.deepEqual(standing(shelf.run(8)), [])
  })

  it('joins the shares of an item across a dead plate', () => {
    const shelf = new SyntheticShelf().step('p3', -60, 3).step('p5', -50, 3)
    const batches = shelf.batches(7).map((batch) => ({
      ...batch,
      grams: batch.grams.map((row, i) => (i === 3 ? row.map(() => null) : row)),
    }))
    near(only(told(shelf.weighing, batches)).deltaG, -110, 3, 'weight')
  })

  it('survives late, repeated and missing batches', () => {
    const shelf = new SyntheticShelf().step('p3', -150, 3).step('p3', 150, 6)
    const batches = shelf.batches(10)
    const [late] = batches.splice(15, 1)
    assert.ok(late)
    batches.splice(17, 0, late, late)
    batches.splice(31, 1)
    assert.deepEqual(toldKinds(told(shelf.weighing, batches)), ['removed', 'added'])
  })

  it('tells the same of the same samples', () => {
    const run = () => new SyntheticShelf().footsteps(40, 2, 6).step('p3', -150, 3).step('p4', -90, 3).run(8)
    assert.equal(JSON.stringify(run()), JSON.stringify(run()))
  })

  it('tells of a shelf the same while plates of other shelves come and go', () => {
    const shelf = new SyntheticShelf().footsteps(40, 2, 6).step('p3', -150, 3)
    const batches = shelf.batches(8)
    const other = shelf.plates.map((plate) => ({ ...plate, id: `q${plate.index}`, shelf: 2 }))
    const run = (changes: boolean) => {
      const weighing = new Weighing({ storeId: 'shop', plates: [...shelf.plates, ...other] })
      return batches.flatMap((batch, i) => {
        if (changes && i > 0) weighing.change([...shelf.plates, ...other.slice(i % 3)])
        return told(weighing, [batch])
      })
    }
    assert.equal(JSON.stringify(run(true)), JSON.stringify(run(false)))
  })

  it('tells what was taken from a shelf while one of its plates came, as a gap', () => {
    const shelf = new SyntheticShelf().step('p3', -150, 3)
    const batches = shelf.batches(8)
    const weighing = new Weighing({ storeId: 'shop', plates: shelf.plates.slice(0, 4) })
    const events = batches.flatMap((batch, i) => {
      if (i === 15) weighing.change(shelf.plates)
      return told(weighing, [batch])
    })
    const event = only(events)
    assert.deepEqual([event.kind, event.plates[0]?.plate], ['gap', 'p3'])
    near(event.deltaG, -150, 3, 'weight')
  })

  it('revises under the same id and numbers what it tells', () => {
    const events = new SyntheticShelf().hand('p3', -250, 3, 9).step('p3', -590, 9.2, 0.15).run(13)
    const byId = Map.groupBy(events, ({ eventId }) => eventId)
    for (const revisions of byId.values()) {
      assert.deepEqual(
        revisions.map(({ revision }) => revision),
        revisions.map((_event, i) => i),
      )
    }
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_event, i) => i),
    )
  })

  describe('when nobody was looking', () => {
    it('tells the net change across a gap in the samples', () => {
      const shelf = new SyntheticShelf().step('p3', -400, 20)
      const batches = [...shelf.batches(10), ...shelf.batches(5, 30)]
      const event = only(told(shelf.weighing, batches))
      assert.equal(event.kind, 'gap')
      near(event.deltaG, -400, 3, 'weight')
    })

    it('tells the net change since the levels that were kept', () => {
      const before = new SyntheticShelf()
      before.run(5)
      const after = new SyntheticShelf().step('p3', -400, 20)
      after.weighing.restoreLevels(before.weighing.levels())
      const event = only(told(after.weighing, after.batches(5, 3600)))
      assert.equal(event.kind, 'gap')
      near(event.deltaG, -400, 3, 'weight')
    })

    it('says nothing of what drift explains', () => {
      const before = new SyntheticShelf()
      before.run(5)
      const after = new SyntheticShelf().put('p3', () => 12)
      after.weighing.restoreLevels(before.weighing.levels())
      assert.deepEqual(told(after.weighing, after.batches(5, 4 * 3600)), [])
    })
  })

  it('goes on after the clock was set back', () => {
    const shelf = new SyntheticShelf()
    const later = shelf.batches(5, 3600)
    const event = only([...told(shelf.weighing, later), ...told(shelf.weighing, shelf.step('p3', -200, 8).batches(14))])
    near(event.deltaG, -200, 3, 'weight')
  })

  it('passes over plates that the layout does not know', () => {
    const [batch] = new SyntheticShelf().batches(1)
    assert.ok(batch)
    assert.deepEqual(new Weighing({ storeId: 'shop', plates: [] }).push(batch, receivedAtMs(batch)), [])
  })
})
