import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { AttributedLine, Attribution } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { evidence, people, smallStore, visit } from './small-store.ts'

const anna = { hands: { anna: 0 } }
const ben = { hands: { ben: 0 } }

/** Everybody's basket after all of this happened. */
function baskets(happened: Evidence[], fusion = new Fusion(smallStore)): Map<string, Attribution> {
  const last = new Map<string, Attribution>()
  for (const one of happened)
    for (const attribution of fusion.addEvidence(one)) last.set(attribution.personId, attribution)
  return last
}

/** Lines as `quantity × SKU`, of which the person is charged by default. */
const sure = (basket: Attribution | undefined) =>
  (basket?.lines ?? [])
    .filter(({ probability }) => probability >= 0.9)
    .map(({ quantity, sku }) => `${quantity} × ${sku}`)
const line = (basket: Attribution | undefined, sku: string): AttributedLine | undefined =>
  basket?.lines.find((one) => one.sku === sku)

describe('fusion', () => {
  it('charges what was taken to whoever had the hand there', () => {
    const found = baskets([evidence('e1', 10, { a: -501 }, { hands: { anna: 0, ben: 0.6 } })])
    assert.deepEqual(sure(found.get('anna')), ['1 × cola'])
    assert.deepEqual(sure(found.get('ben')), [])
  })

  it('counts several of one product lifted at once', () => {
    assert.deepEqual(sure(baskets([evidence('e1', 10, { d: -181 }, anna)]).get('anna')), ['3 × crisps'])
  })

  it('tells two products lifted in one window apart', () => {
    const found = baskets([evidence('e1', 10, { a: -500, b: -300 }, anna)])
    assert.deepEqual(sure(found.get('anna')), ['1 × cola', '1 × juice'])
  })

  it('takes a line back when the thing is put back', () => {
    const found = baskets([evidence('e1', 10, { a: -501 }, anna), evidence('e2', 20, { a: 501 }, anna)])
    assert.deepEqual(sure(found.get('anna')), [])
    assert.ok((line(found.get('anna'), 'cola')?.probability ?? 0) < 0.1)
  })

  it('gives each of two people one when both take the same product in the same moment', () => {
    const found = baskets([evidence('e1', 10, { d: -121 }, { hands: { anna: 0, ben: 0.01 } })])
    for (const person of ['anna', 'ben']) {
      const [own, more] = found.get(person)?.lines ?? []
      assert.deepEqual([own?.quantity, own?.sku], [1, 'crisps'])
      assert.ok((more?.probability ?? 0) < 0.5, 'that one of them took both is less likely')
    }
  })

  it('says apart of the pieces that are surer how many more there may be', () => {
    const sighted = [{ personId: 'anna', sku: 'tea', probability: 0.95 }]
    const seen = evidence('e1', 10, { c: -400 }, { ...anna, sighted })
    const byEither = evidence('e2', 20, { c: -400 }, { hands: { anna: 0, ben: 0.01 } })
    const [one, more] =
      baskets([seen, byEither])
        .get('anna')
        ?.lines.filter(({ sku }) => sku === 'tea') ?? []
    assert.equal(one?.quantity, 1)
    assert.ok((one?.probability ?? 0) > 0.9)
    assert.deepEqual([more?.quantity, more?.eventIds], [1, ['e2']])
    assert.ok((more?.probability ?? 1) < 0.5)
    assert.notEqual(more?.lineId, one?.lineId)
  })

  it('declares neighbours of one weight ambiguous instead of guessing', () => {
    const basket = baskets([evidence('e1', 10, { c: -400 }, anna)]).get('anna')
    assert.deepEqual(sure(basket), [])
    for (const sku of ['tea', 'mate']) assert.ok(Math.abs((line(basket, sku)?.probability ?? 0) - 0.5) < 0.05)
    assert.match(line(basket, 'tea')?.alternatives[0]?.text ?? '', /took Mate/)
  })

  it('lets a sighting decide between neighbours of one weight', () => {
    const sighted = [{ personId: 'anna', sku: 'mate', probability: 0.95 }]
    assert.deepEqual(sure(baskets([evidence('e1', 10, { c: -400 }, { ...anna, sighted })]).get('anna')), ['1 × mate'])
  })

  it('charges a misplaced thing as what it is to whoever takes it from there', () => {
    const found = baskets([
      evidence('e1', 10, { a: -501 }, anna),
      evidence('e2', 20, { e: 501 }, anna),
      evidence('e3', 60, { e: -501 }, ben),
    ])
    assert.deepEqual(sure(found.get('anna')), [])
    assert.deepEqual(sure(found.get('ben')), ['1 × cola'])
  })

  it('reports a misplaced thing for restocking', () => {
    const fusion = new Fusion(smallStore)
    fusion.addEvidence(evidence('e1', 10, { a: -501 }, anna))
    const [told] = fusion.addEvidence(evidence('e2', 20, { e: 501 }, anna))
    assert.deepEqual(told?.shelf, [{ plate: 'e', sku: 'cola', quantity: 1, misplaced: true, eventId: 'e2' }])
  })

  it('takes a line off the taker when somebody else puts the thing back', () => {
    const found = baskets([
      evidence('e1', 10, { a: -501 }, anna),
      evidence('e2', 12, { b: -303 }, ben),
      evidence('e3', 40, { a: 501 }, ben),
    ])
    assert.deepEqual(sure(found.get('anna')), [])
    assert.deepEqual(sure(found.get('ben')), ['1 × juice'])
  })

  it('knows a thing again by its own weight when the catalogue is wrong', () => {
    const found = baskets([evidence('e1', 10, { a: -730 }, anna), evidence('e2', 20, { a: 731 }, anna)])
    assert.deepEqual(sure(found.get('anna')), [])
  })

  it('does not take the offset of an emptied plate’s neighbour for goods', () => {
    const found = baskets([evidence('e1', 10, { a: -500, b: -14 }, anna)])
    assert.deepEqual(sure(found.get('anna')), ['1 × cola'])
  })

  it('charges nobody for a press that came and went', () => {
    const found = baskets([evidence('e1', 10, { a: 912 }, anna), evidence('e2', 11, { a: -912 }, anna)])
    assert.deepEqual(sure(found.get('anna')), [])
  })

  it('joins a lifting of something that was held on its plate for long', () => {
    const found = baskets([evidence('e1', 10, { e: -13 }, anna), evidence('e2', 19, { e: -107 }, anna)])
    assert.deepEqual(sure(found.get('anna')), ['1 × soap'])
    assert.deepEqual(line(found.get('anna'), 'soap')?.eventIds, ['e2', 'e1'])
  })

  it('joins a lifting that was told in two halves', () => {
    const found = baskets([evidence('e1', 10, { e: -45 }, anna), evidence('e2', 11, { f: -75 }, anna)])
    assert.deepEqual(sure(found.get('anna')), ['1 × soap'])
  })

  it('is never sure of what changed while nobody watched', () => {
    const found = baskets([evidence('e1', 10, { a: -501 }, { ...anna, kind: 'gap' })])
    assert.deepEqual(sure(found.get('anna')), [])
    const cola = line(found.get('anna'), 'cola')
    assert.ok(cola?.notes.some(({ kind }) => kind === 'gap'))
  })

  it('forgets an event that weighing takes back', () => {
    const found = baskets([
      evidence('e1', 10, { a: -501 }, anna),
      evidence('e1', 10, { a: 0 }, { ...anna, kind: 'withdrawn', revision: 1 }),
    ])
    assert.deepEqual(found.get('anna')?.lines, [])
  })

  it('keeps a newer revision when an older one comes late', () => {
    const found = baskets([
      evidence('e1', 10, { d: -120 }, { ...anna, revision: 1 }),
      evidence('e1', 10, { d: -60 }, { ...anna, revision: 0 }),
    ])
    assert.deepEqual(sure(found.get('anna')), ['2 × crisps'])
  })

  it('explains a line in words', () => {
    const cola = line(baskets([evidence('e1', 10, { a: -501 }, anna)]).get('anna'), 'cola')
    assert.deepEqual(
      cola?.notes.map(({ text }) => text),
      [
        'The shelf lost 501.0 g; one Cola weighs 500 g.',
        'The hand was among the goods.',
        'The product belongs to this place.',
      ],
    )
  })

  it('fills one basket for a party, and none for staff', () => {
    const fusion = new Fusion(smallStore)
    fusion.observeVisit(visit('v1', ['anna', 'ben']))
    fusion.observeVisit(visit('v2', ['carl'], { role: 'staff' }))
    baskets(
      [
        evidence('e1', 10, { a: -501 }, anna),
        evidence('e2', 20, { b: -301 }, ben),
        evidence('e3', 30, { d: -60 }, { hands: { carl: 0 } }),
      ],
      fusion,
    )
    assert.deepEqual(sure(fusion.finish('v1')[0]), ['1 × cola', '1 × juice'])
    assert.deepEqual(sure(fusion.finish('v2')[0]), [])
  })

  it('gives a finished visit once, as final', () => {
    const fusion = new Fusion(smallStore)
    fusion.observeVisit(visit('v1', ['anna']))
    fusion.addEvidence(evidence('e1', 10, { a: -501 }, anna))
    fusion.observeVisit(visit('v1', ['anna'], { state: 'exited', seenAtMs: 30_000 }))
    assert.deepEqual(fusion.finishable(30_100), [])
    assert.deepEqual(fusion.finishable(30_000 + fusion.finishAfterMs), ['v1'])
    const [final] = fusion.finish('v1')
    assert.equal(final?.final, true)
    assert.deepEqual(sure(final), ['1 × cola'])
    assert.deepEqual(fusion.finish('v1'), [])
  })

  it('still knows what somebody who has left put down in the wrong place', () => {
    const fusion = new Fusion(smallStore)
    fusion.observeVisit(visit('v1', ['anna']))
    baskets([evidence('e1', 10, { a: -501 }, anna), evidence('e2', 20, { e: 501 }, anna)], fusion)
    fusion.observeVisit(visit('v1', ['anna'], { state: 'exited', seenAtMs: 30_000 }))
    fusion.finish('v1')
    assert.deepEqual(sure(baskets([evidence('e3', 60, { e: -501 }, ben)], fusion).get('ben')), ['1 × cola'])
  })

  it('comes to the same baskets from the journal in whatever order it is read', () => {
    const happened = [
      evidence('e1', 10, { a: -501 }, anna),
      evidence('e2', 20, { e: 501 }, anna),
      evidence('e3', 60, { e: -501 }, ben),
      evidence('e4', 61, { c: -400 }, anna),
    ]
    const lines = (found: Map<string, Attribution>) =>
      ['anna', 'ben'].map((person) => found.get(person)?.lines.filter(({ probability }) => probability > 0.1))
    const expected = lines(baskets(happened))
    fc.assert(
      fc.property(fc.shuffledSubarray(happened, { minLength: happened.length }), (shuffled) => {
        assert.deepEqual(lines(baskets(shuffled)), expected)
      }),
    )
  })

  it('gives probabilities and whole pieces whatever the plates say', () => {
    const change = fc.record({
      plate: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      deltaG: fc.double({ min: -2000, max: 2000, noNaN: true }).filter((deltaG) => Math.abs(deltaG) > 3),
      hand: fc.double({ min: 0, max: 3, noNaN: true }),
      person: fc.constantFrom('anna', 'ben'),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const happened = changes.map(({ plate, deltaG, hand, person }, i) =>
          evidence(`e${i}`, 10 + 3 * i, { [plate]: deltaG }, { hands: { [person]: hand } }),
        )
        for (const { lines } of baskets(happened).values()) {
          for (const { quantity, probability } of lines) {
            assert.ok(Number.isSafeInteger(quantity) && quantity > 0)
            assert.ok(probability > 0 && probability <= 1)
          }
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('summing up what was around an event', () => {
  const { event } = evidence('e1', 10, { a: -501 })
  const atShelf = { head: [1.05, 1.6] as [number, number], hand: [1.05, 2.2, 1.1] as [number, number, number] }

  it('waits until the hands after the event have been seen, and adds later sightings', () => {
    const fusion = new Fusion(smallStore)
    fusion.observeWeight(event)
    for (let atMs = 9000; atMs <= 10_300; atMs += 50) fusion.observePeople(people(atMs, { anna: atShelf }))
    assert.deepEqual(fusion.advance(10_100), [])
    const [first] = fusion.advance(10_300)
    assert.deepEqual(first?.near, [{ personId: 'anna', handM: 0, headM: 0.4, seen: 1, wristHidden: 1 }])
    fusion.observeSighting({
      ...{ type: 'sighting', version: 1, storeId: 'small', sequence: 1, seenAtMs: 10_800, receivedAtMs: 11_000 },
      ...{ camera: 'one', positionM: null, candidates: [{ sku: 'cola', probability: 0.9 }] },
    })
    const [second] = fusion.advance(13_000)
    assert.deepEqual(second?.sighted, [{ personId: null, sku: 'cola', probability: 0.9 }])
    assert.deepEqual(fusion.advance(20_000), [])
  })

  it('finds whoever came at the end of an event that had begun as a drift', () => {
    const fusion = new Fusion(smallStore)
    const away = { head: [9, 9] as [number, number] }
    const drifting = { ...event, startedAtMs: event.settledAtMs - 50_000, settledAtMs: event.settledAtMs }
    fusion.observeWeight(drifting)
    for (let atMs = -40_000; atMs < 9000; atMs += 50) fusion.observePeople(people(atMs, { anna: away }))
    for (let atMs = 9000; atMs <= 10_300; atMs += 50) fusion.observePeople(people(atMs, { anna: atShelf }))
    assert.deepEqual(fusion.advance(10_300)[0]?.near, [
      { personId: 'anna', handM: 0, headM: 0.4, seen: 1, wristHidden: 1 },
    ])
  })

  it('follows a person whose track id changes', () => {
    const fusion = new Fusion(smallStore)
    fusion.observeWeight(event)
    for (let atMs = 9000; atMs < 9500; atMs += 50) fusion.observePeople(people(atMs, { anna: atShelf }))
    for (let atMs = 9700; atMs <= 10_300; atMs += 50) fusion.observePeople(people(atMs, { 'track-9': atShelf }))
    assert.deepEqual(
      fusion.advance(10_300)[0]?.near?.map(({ personId }) => personId),
      ['anna'],
    )
  })

  describe('somebody whom nobody saw', () => {
    const until = 9000
    const inStore = (...personIds: string[]) => {
      const fusion = new Fusion(smallStore)
      for (const personId of personIds) fusion.observeVisit(visit(`visit-${personId}`, [personId]))
      for (let atMs = 8000; atMs <= until; atMs += 50) {
        fusion.observePeople(people(atMs, Object.fromEntries(personIds.map((id, i) => [id, { head: [1 + i, 1.6] }]))))
      }
      return fusion
    }
    const inTheDark = { ...event, startedAtMs: 14_400, settledAtMs: 15_000 }

    it('may have acted while their visit went on: alone, a person decides', () => {
      const fusion = inStore('anna')
      fusion.observeWeight(inTheDark)
      const [summary] = fusion.advance(16_000)
      assert.deepEqual(summary?.near, [{ personId: 'anna', handM: null, headM: 0, seen: 0 }])
      const [line] = fusion.addEvidence(summary as Evidence)[0]?.lines ?? []
      assert.equal(line?.sku, 'cola')
      assert.ok((line?.probability ?? 0) > 0.5 && (line?.probability ?? 1) < 0.9, `${line?.probability}`)
      assert.match(JSON.stringify(line?.notes), /Nobody saw where this person was/)
    })

    it('is one of several who may have', () => {
      const fusion = inStore('anna', 'ben')
      fusion.observeWeight(inTheDark)
      const [summary] = fusion.advance(16_000)
      for (const { lines } of fusion.addEvidence(summary as Evidence)) assert.ok((lines[0]?.probability ?? 1) < 0.5)
    })

    it('is nobody who cannot have come so far, or who had left', () => {
      const fusion = inStore('anna')
      const soon = { ...event, startedAtMs: 9_000, settledAtMs: 9_100 }
      for (const personId of ['far', 'gone']) fusion.observeVisit(visit(`visit-${personId}`, [personId]))
      fusion.observePeople(people(9_050, { anna: atShelf, far: { head: [1, 20] } }))
      fusion.observeVisit(visit('visit-gone', ['gone'], { state: 'exited', seenAtMs: 8_000 }))
      fusion.observeWeight(soon)
      assert.deepEqual(
        fusion.advance(10_000)[0]?.near?.map(({ personId }) => personId),
        ['anna'],
      )
    })
  })
})
