import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import type { Plate } from '../../runtime/profile/layout.ts'
import { Attention } from '../../runtime/sensing/attention.ts'
import { HealthBoard } from '../../runtime/sensing/health-board.ts'
import { PlateBoard } from '../../runtime/sensing/plate-board.ts'
import { SampleJoiner } from '../../runtime/sensing/sample-joiner.ts'
import type { SampleBatch } from '../../runtime/sensing-api/sensing-client.ts'

const plateAt = (id: string, x: number): Plate => ({
  id,
  fixture: 'f',
  shelf: 1,
  index: 1,
  positionM: [x, 0, 1],
  sizeM: [0.3, 0.4],
  yawRad: 0,
  ratingG: 1000,
})
const person = (x: number) => ({ trackId: 't', headM: [x, 0.5, 1.7] as [number, number, number], handsM: [], score: 1 })

describe('attention to plates', () => {
  it('is where somebody can reach, and everywhere while nobody knows where people are', () => {
    const clock = new VirtualClock(0)
    const told: (string[] | undefined)[] = []
    const attention = new Attention([plateAt('a', 0), plateAt('b', 4)], clock, (near) => told.push(near && [...near]))
    attention.see([person(0.5)])
    attention.see([])
    attention.see([person(4), person(0)])
    clock.advanceTo(5000)
    assert.deepEqual(told, [['a'], [], ['a', 'b'], undefined])
  })
})

describe('joining the samples of fast polls', () => {
  const periodMs = 1000 / 60
  let joined: SampleBatch[] = []
  let joiner: SampleJoiner
  const shelves = { upper: ['p', 'q'], lower: ['r'] }
  const sample = (firstAtMs: number, grams: number | null, rateHz = 60, plates = shelves.upper): SampleBatch => ({
    fixture: 'f',
    firstAtMs,
    rateHz,
    plates,
    grams: plates.map(() => [grams]),
  })
  const samplesOf = (plates: string[]) => joined.filter((one) => one.plates === plates).map(({ grams }) => grams[0])
  beforeEach(() => {
    joined = []
    joiner = new SampleJoiner({ movingMs: 50, stillMs: 100 }, (batch) => joined.push(batch))
  })

  it('keeps samples together while nothing moves', () => {
    for (let i = 0; i < 16; i++) joiner.push(sample(i < 4 ? 0 : 2000 + i * periodMs, i < 4 ? 0 : 0.5))
    assert.deepEqual(samplesOf(shelves.upper).at(-1), new Array(6).fill(0.5))
  })

  it('hands on at once what waits of a fixture when one of its plates moves, and soon what follows', () => {
    const atMs = (i: number) => 5000 + i * periodMs
    for (const plates of [shelves.upper, shelves.lower]) joiner.push(sample(0, 100, 60, plates))
    joiner.flush()
    joined = []
    for (let i = 0; i < 3; i++) {
      for (const plates of [shelves.upper, shelves.lower]) joiner.push(sample(atMs(i), 100, 60, plates))
    }
    joiner.push(sample(atMs(3), 120))
    assert.deepEqual([samplesOf(shelves.upper), samplesOf(shelves.lower)], [[[100, 100, 100, 120]], [[100, 100, 100]]])
    joined = []
    for (let i = 4; i < 10; i++) joiner.push(sample(atMs(i), i < 7 ? 200 * i : 1200))
    assert.deepEqual(
      samplesOf(shelves.upper).map((samples) => samples?.length),
      [3, 3],
    )
  })

  it('says at what rate samples came, whatever was wanted', () => {
    joiner.push(sample(0, 1))
    joined = []
    for (let i = 0; i < 5; i++) joiner.push(sample(5000 + i * 20, 1))
    assert.deepEqual([joined[0]?.rateHz, joined[0]?.grams[0]?.length], [50, 5])
  })

  it('lets slow samples through at once, and joins nothing across a gap or a clock that jumps', () => {
    joiner.push(sample(0, 1, 10))
    assert.equal(joined.length, 1)
    joiner.push(sample(2000, 2))
    joiner.push(sample(9000, 3))
    joiner.push(sample(100, null))
    assert.deepEqual(
      joined.map(({ firstAtMs }) => firstAtMs),
      [0, 2000, 9000],
    )
  })
})

describe('health of plates', () => {
  it('is what its device says, and of one that is read what its samples show', () => {
    const states: string[] = []
    const board = new HealthBoard(({ state, reason }) => states.push(`${state}: ${reason}`))
    const told = (state: 'online' | 'offline') => board.report({ device: 'd', plate: 'p', state, reason: state })
    board.seen('p', { state: 'noisy', reason: 'early' })
    told('online')
    board.seen('p', { state: 'stuck', reason: 'unmoved' })
    board.seen('p', null)
    told('offline')
    board.seen('p', { state: 'noisy', reason: 'old samples' })
    assert.deepEqual(states, ['online: online', 'stuck: unmoved', 'online: online', 'offline: offline'])
  })
})

describe('the board of plates', () => {
  it('knows how much a plate scatters once it has seen enough', () => {
    const health = new HealthBoard(() => {})
    const board = new PlateBoard(['p'], health)
    health.report({ device: 'd', plate: 'p', state: 'online', reason: '' })
    const reading = { weightG: 0 as number | null, stable: true, overload: false, underload: false, error: false }
    assert.equal(board.one('p')?.sigmaG, null)
    for (let i = 0; i < 100; i++) board.read('p', { ...reading, weightG: 100 + (i & 1) }, i)
    assert.ok(Math.abs((board.one('p')?.sigmaG ?? 0) - 0.508) < 0.01)
    board.read('p', { ...reading, weightG: null }, 101)
    assert.equal(board.one('p')?.sigmaG, null)
    assert.equal(board.one('q'), undefined)
  })
})
