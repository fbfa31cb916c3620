import assert from 'node:assert/strict'
import { VirtualClock } from '../../../runtime/contract/clock.ts'
import { envelope, type People, readMessage } from '../../../runtime/contract/messages.ts'
import { PersonTracker } from '../../../runtime/people/person-tracker.ts'
import type { StoreLayout } from '../../../runtime/profile/layout.ts'
import { CameraPeople } from '../../../runtime/vision/tracking/camera-people.ts'
import { cameras, frameOf, layout, type Standing } from './camera-scene.ts'

const startMs = 1_800_000_000_000

function watched() {
  const clock = new VirtualClock(startMs)
  const told: People[] = []
  const people = new CameraPeople({
    source: 'ceiling',
    layout,
    cameras,
    clock,
    idPrefix: 'c1',
    onPeople: ({ receivedAtMs, seenAtMs, ...seen }) =>
      told.push({ ...envelope('store', told.length, receivedAtMs, seenAtMs), ...seen }),
  })
  return { clock, told, people }
}

const somebody: Standing[] = [{ at: [4, 3], handsM: [[4.3, 3.4, 1.2]] }]

describe('people of cameras', () => {
  it("are told as a vision appliance tells them, ten times a second, at the cameras' time", () => {
    const { clock, told, people } = watched()
    for (let i = 0; i < 30; i++) {
      for (const camera of cameras) people.take(frameOf(camera, somebody, startMs + i * 100))
      clock.advanceTo(startMs + i * 100 + 80)
    }
    clock.advanceTo(startMs + 4000)
    assert.equal(told.length, 30)
    assert.deepEqual(
      told.slice(-2).map(({ seenAtMs }) => seenAtMs),
      [startMs + 2800, startMs + 2900],
    )
    for (const message of told) readMessage(message, ['people'])
    const last = told.at(-1)
    assert.equal(last?.source, 'ceiling')
    assert.deepEqual(
      last?.people.map(({ trackId }) => trackId),
      ['c1-1'],
    )
    const [person] = last?.people ?? []
    assert.equal(person?.handsM.length, 2)
    assert.ok((person?.handSigmasM?.filter((sigma) => sigma !== null).length ?? 0) === 1)
    const tracker = new PersonTracker({ gates: layout.gates } as unknown as StoreLayout)
    assert.equal(tracker.observe(last as People).persons[0]?.personId, 'c1-1')
  })

  it('are right although one camera takes longer than the others', () => {
    const { clock, told, people } = watched()
    const [slow, ...quick] = cameras
    assert.ok(slow)
    for (let i = 0; i < 30; i++) {
      const atMs = startMs + i * 100
      const walking: Standing[] = [{ at: [2 + i * 0.1, 3] }]
      for (const camera of quick) people.take(frameOf(camera, walking, atMs))
      clock.advanceTo(atMs + 90)
      people.take(frameOf(slow, walking, atMs))
    }
    clock.advanceTo(startMs + 4000)
    assert.deepEqual(
      told.at(-1)?.people.map(({ trackId }) => trackId),
      ['c1-1'],
    )
    const [x = 0] = told.at(-1)?.people[0]?.headM ?? []
    assert.ok(Math.abs(x - 4.9) < 0.15, `${x}`)
  })

  it('leaves out frames whose time cannot be right, and goes on with the others', () => {
    const { clock, told, people } = watched()
    const [camera] = cameras
    assert.ok(camera)
    assert.equal(people.take(frameOf(camera, somebody, startMs + 3_600_000)), false)
    assert.equal(people.take(frameOf(camera, somebody, startMs - 60_000)), false)
    assert.equal(people.take(frameOf(camera, somebody, Number.NaN)), false)
    for (let i = 0; i < 20; i++) {
      clock.advanceTo(startMs + i * 100)
      for (const one of cameras) assert.equal(people.take(frameOf(one, somebody, startMs + i * 100)), true)
    }
    clock.advanceTo(startMs + 4000)
    assert.deepEqual(
      told.at(-1)?.people.map(({ trackId }) => trackId),
      ['c1-1'],
    )
  })

  it('says soon that nobody is there any more', () => {
    const { clock, told, people } = watched()
    for (let i = 0; i < 40; i++) {
      clock.advanceTo(startMs + i * 100)
      for (const camera of cameras) people.take(frameOf(camera, i < 20 ? somebody : [], startMs + i * 100))
    }
    clock.advanceTo(startMs + 5000)
    const gone = told.find(({ seenAtMs, people: all }) => seenAtMs > startMs + 1900 && all.length === 0)
    assert.ok(gone && gone.seenAtMs <= startMs + 2600, `${(gone?.seenAtMs ?? 0) - startMs}`)
  })
})
