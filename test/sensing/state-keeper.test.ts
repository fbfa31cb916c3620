import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { SystemClock, VirtualClock } from '../../runtime/contract/clock.ts'
import type { WeightEvent } from '../../runtime/contract/messages.ts'
import type { Plate } from '../../runtime/profile/layout.ts'
import { Backlog } from '../../runtime/sensing/backlog.ts'
import { loadState } from '../../runtime/sensing/saved-state.ts'
import { StateKeeper } from '../../runtime/sensing/state-keeper.ts'
import { Weighing } from '../../runtime/weighing/weighing.ts'

const log = pino({ level: 'silent' })
const plate: Plate = {
  ...{ id: 'p', fixture: 'f', shelf: 1, index: 1, ratingG: 10_000, yawRad: 0 },
  positionM: [0, 0, 1],
  sizeM: [0.3, 0.4],
}
const startMs = 1_760_000_000_000
/** Every 66.7 ms, as a gateway that is read 15 times a second. */
const sampleMs = 66.7

describe('keeping what sensing knows', () => {
  let directory: string
  let weighing: Weighing
  let backlog: Backlog
  let keeper: StateKeeper

  function newRun(inDirectory = directory) {
    const clock = new VirtualClock(startMs)
    weighing = new Weighing({ storeId: 's', plates: [plate] })
    backlog = new Backlog({ clock, sequence: 1000 })
    keeper = new StateKeeper({ directory: inDirectory, clock, wireClock: new SystemClock(), backlog, weighing, log })
  }

  /** The events of `count` samples from the `first` on, the plate carrying `gramsAt(ms since the start)`. */
  function weigh(first: number, count: number, gramsAt: (ms: number) => number): WeightEvent[] {
    const events: WeightEvent[] = []
    for (let i = first; i < first + count; i++) {
      const firstAtMs = startMs + i * sampleMs
      const grams = [[gramsAt(i * sampleMs)]]
      events.push(...weighing.push({ fixture: 'f', firstAtMs, rateHz: 15, plates: ['p'], grams }, firstAtMs))
    }
    return events
  }

  const eventsOf = (run: Backlog) => run.untaken('weight-event').map(({ line }) => JSON.parse(line) as WeightEvent)

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'state-keeper-'))
    newRun()
  })

  afterEach(async () => {
    await keeper.stop()
    await rm(directory, { recursive: true, force: true })
  })

  it('saves an event, with the levels after it, before it sends it', async () => {
    const events = weigh(0, 60, (ms) => (ms < 2000 ? 3000 : 2900))
    assert.ok(events.length > 0)
    const sent = new Promise<void>((resolve) => backlog.onAppend(resolve))
    keeper.send(events)
    assert.equal(eventsOf(backlog).length, 0)
    await sent
    const saved = JSON.parse(await readFile(join(directory, 'sensing-state.json'), 'utf8'))
    assert.deepEqual(saved.unsent, events)
    assert.ok(Math.abs(saved.levels.p.weightG - 2900) < 1)
  })

  it('sends although it cannot save, because the till may still journal it', async () => {
    newRun(join(directory, 'missing'))
    keeper.send(weigh(0, 60, (ms) => (ms < 2000 ? 3000 : 2900)))
    await keeper.stop()
    assert.ok(eventsOf(backlog).length > 0)
    newRun()
  })

  it('never gives a change that nobody saw the id of an event that it told in its last moment', async () => {
    for (let jumpMs = 2000; jumpMs < 2060; jumpMs += 4) {
      newRun()
      const lift = (ms: number) => 3000 - 100 * Math.min(1, Math.max(0, (ms - jumpMs) / 200))
      const told: WeightEvent[] = []
      let sample = 0
      while (told.length === 0) told.push(...weigh(sample++, 1, lift))
      keeper.send(told)
      await keeper.stop()

      newRun()
      keeper.start(await loadState(directory, log))
      const later = weigh(sample + 60, 60, () => 2700)
      const gap = later.find(({ kind }) => kind === 'gap')
      const [event] = told
      assert.ok(gap && event && Math.abs(event.deltaG + gap.deltaG + 300) < 1, JSON.stringify([event, later]))
      assert.notEqual(gap.eventId, event.eventId)
      await keeper.stop()
    }
  })
})
