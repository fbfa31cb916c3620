import assert from 'node:assert/strict'
import { ZoneWatch } from '../../runtime/people/zone-watch.ts'
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
