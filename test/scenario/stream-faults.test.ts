import assert from 'node:assert/strict'
import { envelope } from '../../runtime/contract/messages.ts'
import type { VirtualRecord } from '../../runtime/twin/virtual/records.ts'
import type { VirtualTruth } from '../../runtime/twin/virtual/run-virtual.ts'
import { type StreamFault, withFaults } from '../../runtime/twin/virtual/stream-faults.ts'

const always = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY }
const truth: VirtualTruth = { startMs: 0, endMs: 1000, visits: [], handOvers: [] }

/** Ten batches of one plate that gains a gram a sample, and ten frames with two people side by side. */
function* tenOfEach(): Generator<VirtualRecord, VirtualTruth> {
  for (let i = 0; i < 10; i++) {
    const atMs = 1000 + i * 100
    const batch = {
      fixture: 'f',
      firstAtMs: atMs - 50,
      rateHz: 20,
      plates: ['a', 'b'],
      grams: [
        [i, i + 1],
        [7, 7],
      ],
    }
    yield { type: 'samples', atMs, batch }
    const person = (trackId: string, x: number) => ({
      ...{ trackId, score: 1 },
      headM: [x, 1, 1.7] as [number, number, number],
      handsM: [[x, 1, 1] as [number, number, number], null],
    })
    const people = [person('one', 1), person('two', 1.5)]
    yield { type: 'people', atMs, message: { type: 'people', ...envelope('s', i, atMs), source: 'v', people } }
  }
  return truth
}

const heard = (...faults: StreamFault[]) => [...withFaults(tenOfEach(), faults, 1)]
const samples = (records: VirtualRecord[]) => records.flatMap((one) => (one.type === 'samples' ? [one] : []))
const frames = (records: VirtualRecord[]) => records.flatMap((one) => (one.type === 'people' ? [one] : []))
const first = (records: VirtualRecord[]) => samples(records).map(({ batch }) => batch.grams[0]?.[0])

describe('faults of a run without protocols', () => {
  it('change nothing when there are none', () => {
    assert.deepEqual(heard(), [...tenOfEach()])
  })

  it('hit the plates that they name, while they last', () => {
    const some = { plates: ['a'], fromMs: 1250, untilMs: 1550 }
    assert.deepEqual(first(heard({ fault: 'disconnected', ...some })), [0, 1, 2, null, null, null, 6, 7, 8, 9])
    assert.deepEqual(first(heard({ fault: 'stuck', ...some })), [0, 1, 2, 3, 3, 3, 6, 7, 8, 9])
    assert.deepEqual(first(heard({ fault: 'sign-flipped', ...some })), [0, 1, 2, 3, 2, 1, 6, 7, 8, 9])
    assert.deepEqual(first(heard({ fault: 'saturated', aboveG: 1, ...some })), [0, 1, 2, 3, 4, 4, 6, 7, 8, 9])
    const drifting = samples(heard({ fault: 'drifting', gramsPerMinute: 600, ...some })).at(5)
    assert.ok(Math.abs((drifting?.batch.grams[0]?.[0] as number) - 7) < 1e-9, '200 ms later: 2 g more')
    for (const { batch } of samples(heard({ fault: 'stuck', ...some }))) assert.deepEqual(batch.grams[1], [7, 7])
  })

  it('lose, repeat and delay messages of one stream, and keep the order of arrival', () => {
    assert.equal(samples(heard({ fault: 'lost', stream: 'weights', share: 1, ...always })).length, 0)
    const twice = heard({ fault: 'duplicated', stream: 'weights', share: 1, byMs: 130, ...always })
    assert.equal(samples(twice).length, 20)
    const late = heard({ fault: 'late', stream: 'people', share: 1, byMs: 250, ...always })
    assert.deepEqual(
      frames(late).map(({ atMs, message }) => atMs - message.seenAtMs),
      Array(10).fill(250),
    )
    const shuffled = heard({ fault: 'shuffled', stream: 'weights', byMs: 400, ...always })
    const times = samples(shuffled).map(({ batch }) => batch.firstAtMs)
    assert.notDeepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    for (const records of [twice, late, shuffled]) {
      assert.ok(records.every(({ atMs }, i) => i === 0 || atMs >= (records[i - 1]?.atMs ?? 0)))
    }
  })

  it('set a clock wrong without delaying anything', () => {
    const off = frames(heard({ fault: 'clock-off', stream: 'people', byMs: -300, ...always }))
    assert.deepEqual(
      off.map(({ atMs, message }) => atMs - message.seenAtMs),
      Array(10).fill(300),
    )
  })

  it('blind the vision, mix people up, and forget them', () => {
    assert.equal(frames(heard({ fault: 'vision-offline', ...always })).length, 0)
    const hidden = frames(heard({ fault: 'hands-hidden', ...always })).flatMap(({ message }) => message.people)
    assert.ok(hidden.every(({ handsM }) => handsM.every((hand) => hand === null)))
    const ids = (records: VirtualRecord[]) =>
      frames(records).map(({ message }) => message.people.map((one) => one.trackId))
    const switched = ids(heard({ fault: 'ids-switched', fromMs: 1450, untilMs: Number.POSITIVE_INFINITY }))
    assert.deepEqual(
      [switched[4], switched[5]],
      [
        ['one', 'two'],
        ['two', 'one'],
      ],
    )
    const lost = ids(heard({ fault: 'ids-lost', fromMs: 1450, untilMs: Number.POSITIVE_INFINITY }))
    assert.equal(new Set(lost.flat()).size, 4)
  })

  it('hand on the truth', () => {
    const run = withFaults(tenOfEach(), [], 1)
    let step = run.next()
    while (!step.done) step = run.next()
    assert.equal(step.value, truth)
  })
})
