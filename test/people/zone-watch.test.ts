import assert from 'node:assert/strict'
import { ZoneWatch } from '../../runtime/people/zone-watch.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import { people, smallStore } from '../fusion/small-store.ts'

const layout = {
  ...smallStore,
  zones: [
    {
      id: 'wine',
      name: 'Wine',
      polygonM: [
        [1, 1],
        [2, 1],
        [2, 2],
        [1, 2],
      ] as [number, number][],
    },
  ],
}
const options = { zones: [], dwellMs: 3000, approachM: 0.5, touchM: 0.1 }

/** The events of somebody who stands at these places, one after the other, a second apart. */
function eventsAt(places: [number, number][], hand?: [number, number, number]): string[] {
  const watch = new ZoneWatch(layout, options)
  return places.flatMap((head, i) =>
    watch.observe(people(i * 1000, { anna: { head, ...(hand ? { hand } : {}) } })).map(({ event }) => event),
  )
}

describe('watching zones', () => {
  it('tells an approach, the way in and the way out', () => {
    assert.deepEqual(
      eventsAt([
        [0, 0],
        [0.7, 1.5],
        [1.5, 1.5],
        [2.2, 1.5],
      ]),
      ['approach', 'enter', 'leave'],
    )
  })

  it('tells once that somebody dwells', () => {
    const events = eventsAt(Array.from({ length: 8 }, () => [1.5, 1.5]))
    assert.deepEqual(events, ['enter', 'dwell'])
  })

  it('tells a touch from outside', () => {
    assert.deepEqual(eventsAt([[0.7, 1.5]], [1.05, 1.5, 1]), ['approach', 'touch'])
  })

  it('does not take a blink of the tracker for a way out', () => {
    const watch = new ZoneWatch(layout, options)
    const seen = (atMs: number, present: boolean) =>
      watch.observe(people(atMs, present ? { anna: { head: [1.5, 1.5] } } : {})).map(({ event }) => event)
    assert.deepEqual([...seen(0, true), ...seen(500, false), ...seen(1500, true)], ['enter'])
    assert.deepEqual([...seen(2000, false), ...seen(4000, false)], ['leave'])
  })
})

describe('watching shelves', () => {
  /** Two shelves, at 0.5 m and 1 m, in a fixture that faces the door (its front is at y = 2). */
  const shelves: StoreLayout = {
    ...layout,
    fixtures: [
      { id: 'shelf', positionM: [1, 2, 0], yawRad: 0, sizeM: [0.6, 0.4, 1.5] },
      // Turned about: its front is at y = 2.8, back to back with the other.
      { id: 'back', positionM: [1.6, 2.8, 0], yawRad: Math.PI, sizeM: [0.6, 0.4, 1.5] },
    ],
    plates: [
      ...smallStore.plates,
      ...smallStore.plates.map((plate) => ({
        ...plate,
        id: `low-${plate.id}`,
        positionM: [plate.positionM[0], 2.2, 0.5],
      })),
    ].map((plate) => ({ ...plate, shelf: plate.id.startsWith('low') ? 1 : 2 })) as StoreLayout['plates'],
  }
  const told = (moments: { head: [number, number]; hand?: [number, number, number] }[]) => {
    const watch = new ZoneWatch(shelves, { ...options, zones: 'none', fixtures: [] })
    return moments.flatMap((moment, i) =>
      watch
        .observe(people(i * 1000, { anna: moment }))
        .map(({ fixture, event, shelf }) => [fixture, event, ...(shelf === undefined ? [] : [shelf])].join(' ')),
    )
  }

  it('tells who comes before a fixture, stays there and goes', () => {
    const heads: [number, number][] = [
      [1.3, 0.5],
      [1.3, 1.6],
      [1.3, 1.6],
      [1.3, 1.6],
      [1.3, 1.6],
      [1.3, 0.5],
    ]
    assert.deepEqual(told(heads.map((head) => ({ head }))), ['shelf approach', 'shelf dwell', 'shelf leave'])
  })

  it('takes nobody who stands behind a fixture for one before it', () => {
    assert.deepEqual(told([{ head: [1.3, 3.1] }]), ['back approach'])
  })

  it('tells which shelf a hand is at, by the heights of the profile', () => {
    const head: [number, number] = [1.3, 1.7]
    const moments = [1.2, 1.2, 0.6, 1.9].map((z) => ({ head, hand: [1.3, 2.2, z] as [number, number, number] }))
    assert.deepEqual(told(moments), ['shelf approach', 'shelf touch 2', 'shelf touch 1', 'shelf dwell'])
  })

  it('takes no hand before a shelf for one at it', () => {
    assert.deepEqual(told([{ head: [1.3, 1.7], hand: [1.3, 1.8, 1.1] }]), ['shelf approach'])
  })

  it('watches the fixtures that it is told to alone', () => {
    const watch = new ZoneWatch(shelves, { ...options, zones: 'none', fixtures: ['back'] })
    assert.deepEqual(watch.observe(people(0, { anna: { head: [1.3, 1.7] } })), [])
  })
})
