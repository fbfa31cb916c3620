import assert from 'node:assert/strict'
import type { People } from '../../runtime/contract/messages.ts'
import { PersonTracker } from '../../runtime/people/person-tracker.ts'
import { people, smallStore } from '../fusion/small-store.ts'

const at = (x: number, y: number) => ({ head: [x, y] as [number, number] })
const ids = (tracker: PersonTracker, frame: People) => tracker.observe(frame).persons.map(({ personId }) => personId)

describe('joining tracks to persons', () => {
  it('keeps the first id when the tracker gives another at the same place', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(2, 2) }))
    assert.deepEqual(ids(tracker, people(900, { two: at(2.3, 2) })), ['one'])
    assert.deepEqual(ids(tracker, people(1000, { two: at(2.3, 2) })), ['one'])
    assert.deepEqual(
      [...tracker.aliases()],
      [
        ['one', 'one'],
        ['two', 'one'],
      ],
    )
  })

  it('takes a track that appears too far away for somebody else', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(0.5, 2) }))
    assert.deepEqual(ids(tracker, people(300, { two: at(3, 2) })), ['two'])
  })

  it('does not join a new track with somebody who is still seen', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(2, 2) }))
    assert.deepEqual(ids(tracker, people(100, { one: at(2, 2), two: at(2.1, 2) })), ['one', 'two'])
  })

  it('gives each of two lost persons the nearer of two new tracks', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(2, 2), two: at(2.8, 2) }))
    assert.deepEqual(ids(tracker, people(500, { four: at(2.7, 2), three: at(2.1, 2) })), ['two', 'one'])
  })

  it('lets somebody new come through a gate where another was lost', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(4.5, 0.5) }))
    assert.deepEqual(ids(tracker, people(2000, { two: at(4.5, 0.5) })), ['two'])
  })

  it('lets somebody new come in where another of a party was seen last, a centimetre outside of the door', () => {
    const tracker = new PersonTracker({ ...smallStore, floorM: [6, 4] })
    ids(tracker, people(0, { one: at(4.5, -0.01) }))
    assert.deepEqual(ids(tracker, people(3800, { two: at(4.5, -0.02) })), ['two'])
  })

  it('never joins with somebody who has left', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(4.5, 0.5) }))
    tracker.leave(['one'])
    assert.deepEqual(ids(tracker, people(200, { two: at(4.5, 0.5) })), ['two'])
  })

  it('learns nothing from a frame that comes late', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(1000, { one: at(2, 2) }))
    ids(tracker, people(500, { one: at(0.5, 2), ghost: at(2.5, 2) }))
    assert.deepEqual(ids(tracker, people(1500, { two: at(2.1, 2) })), ['one'])
  })

  it('notices two tracks that change places between two frames', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(2, 2), two: at(2.6, 2) }))
    assert.deepEqual(ids(tracker, people(67, { one: at(2.6, 2), two: at(2, 2) })), ['two', 'one'])
    assert.deepEqual(ids(tracker, people(134, { one: at(2.65, 2), two: at(1.95, 2) })), ['two', 'one'])
    assert.deepEqual(ids(tracker, people(200, { one: at(1.95, 2), two: at(2.65, 2) })), ['one', 'two'])
  })

  it('leaves two who walk past each other their names', () => {
    const tracker = new PersonTracker(smallStore)
    const named = Array.from({ length: 20 }, (_, i) =>
      ids(tracker, people(i * 67, { one: at(1 + 0.1 * i, 2), two: at(3 - 0.1 * i, 2.3) })),
    )
    assert.ok(named.every((persons) => persons.join() === 'one,two'))
  })

  it('does not guess who is who when both were hidden for long', () => {
    const tracker = new PersonTracker(smallStore)
    ids(tracker, people(0, { one: at(2, 2), two: at(2.6, 2) }))
    assert.deepEqual(ids(tracker, people(1500, { one: at(2.6, 2), two: at(2, 2) })), ['one', 'two'])
  })

  it('goes on with the names of an earlier run', () => {
    const tracker = new PersonTracker(smallStore)
    tracker.restore([['two', 'one']])
    assert.deepEqual(ids(tracker, people(0, { two: at(2, 2) })), ['one'])
  })
})
