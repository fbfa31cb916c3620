import assert from 'node:assert/strict'
import fc from 'fast-check'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { envelope } from '../../runtime/contract/messages.ts'
import { Backlog, type BacklogReader, defaultLimits } from '../../runtime/sensing/backlog.ts'
import type { SensedType } from '../../runtime/sensing-api/sensing-client.ts'

const types = (...names: SensedType[]) => new Set(names)

describe("sensing's backlog", () => {
  let clock: VirtualClock
  let backlog: Backlog

  const start = (limits = defaultLimits) => {
    clock = new VirtualClock(1_000_000)
    backlog = new Backlog({ clock, sequence: 100, limits })
  }
  const people = () =>
    backlog.append({ type: 'people', ...envelope('shop', 0, clock.nowMs()), source: 'vision', people: [] })
  const health = () =>
    backlog.append({
      type: 'device-health',
      ...envelope('shop', 0, clock.nowMs()),
      device: 'd',
      state: 'online',
      previous: null,
      reason: '',
    })
  const drain = (reader: BacklogReader) => {
    const sequences: number[] = []
    for (let entry = reader.next(); entry; entry = reader.next()) sequences.push(entry.sequence)
    return sequences
  }

  beforeEach(() => start())

  it('numbers on from the last sequence and gives each consumer its types in order', () => {
    people()
    health()
    people()
    assert.deepEqual(drain(backlog.read('a', types('people', 'device-health'), () => {})), [101, 102, 103])
    assert.deepEqual(drain(backlog.read('b', types('device-health'), () => {})), [102])
    assert.equal(backlog.sequence, 103)
  })

  it('gives again what was sent but not taken', () => {
    people()
    people()
    const crashed = backlog.read('flows', types('people'), () => {})
    assert.deepEqual(drain(crashed), [101, 102])
    backlog.taken('flows', 101)
    crashed.close()
    people()
    assert.deepEqual(drain(backlog.read('flows', types('people'), () => {})), [102, 103])
  })

  it("ends a consumer's old stream when it opens a new one", () => {
    let ended = 0
    backlog.read('flows', types('people'), () => ended++)
    backlog.read('flows', types('people'), () => {})
    assert.equal(ended, 1)
  })

  it('takes no sequence from the future, and never goes back', () => {
    people()
    people()
    const reader = backlog.read('flows', types('people'), () => {})
    backlog.taken('flows', 1e9)
    backlog.taken('flows', 1)
    reader.close()
    people()
    assert.deepEqual(drain(backlog.read('flows', types('people'), () => {})), [103])
  })

  it('drops the oldest beyond its age, and tells each consumer what it missed, once', () => {
    people()
    const reading = backlog.read('reading', types('people'), () => {})
    drain(reading)
    backlog.read('away', types('people', 'device-health'), () => {}).close()
    clock.advanceTo(clock.nowMs() + defaultLimits.people.maxAgeMs + 1)
    people()
    assert.equal(reading.dropped(), undefined, 'it had got it')
    const back = backlog.read('away', types('people', 'device-health'), () => {})
    assert.deepEqual(back.dropped(), { people: 1 })
    assert.equal(back.dropped(), undefined)
    assert.deepEqual(drain(back), [102])
  })

  it('stays within its bytes while nobody reads', () => {
    start({ ...defaultLimits, people: { maxAgeMs: 1e9, maxBytes: 2000 } })
    const slow = backlog.read('slow', types('people'), () => {})
    for (let i = 0; i < 5000; i++) people()
    const kept = drain(slow)
    assert.ok(kept.length > 5 && kept.length < 30, `${kept.length} entries`)
    assert.equal(kept.at(-1), 5100)
    assert.deepEqual(slow.dropped(), { people: 5000 - kept.length })
  })

  it('knows what no consumer has taken, without waiting for one that is long gone', () => {
    health()
    health()
    assert.equal(backlog.untaken('device-health').length, 2, 'nobody came yet')
    backlog.read('gone', types('device-health'), () => {}).close()
    backlog.read('flows', types('device-health'), () => {})
    backlog.taken('flows', 102)
    assert.equal(backlog.untaken('device-health').length, 2)
    clock.advanceTo(clock.nowMs() + 31 * 60_000)
    assert.equal(backlog.untaken('device-health').length, 0)
  })

  it('goes on where each consumer stood before a restart', () => {
    people()
    people()
    backlog.read('flows', types('people'), () => {})
    backlog.taken('flows', 101)
    const positions = backlog.positions()
    const entries = backlog.untaken('people')
    backlog = new Backlog({ clock, sequence: 5000 })
    for (const [name, position] of Object.entries(positions)) backlog.restorePosition(name, position)
    for (const { line } of entries) backlog.restore(JSON.parse(line))
    people()
    assert.deepEqual(drain(backlog.read('flows', types('people'), () => {})), [102, 5001])
  })

  it('begins each stream with the states that still hold, in order, however long ago they were taken', () => {
    const state = (device: string, now: 'online' | 'offline') => {
      const message = { type: 'device-health' as const, ...envelope('shop', 0, clock.nowMs()), device, reason: '' }
      backlog.append({ ...message, state: now, previous: null }, device)
    }
    state('a', 'online')
    state('b', 'online')
    state('a', 'offline')
    people()
    drain(backlog.read('flows', types('people', 'device-health'), () => {}))
    backlog.taken('flows', 104)
    clock.advanceTo(clock.nowMs() + 2 * defaultLimits['device-health'].maxAgeMs)
    people()
    assert.deepEqual(drain(backlog.read('flows', types('people', 'device-health'), () => {})), [102, 103, 105])
    assert.deepEqual(drain(backlog.read('flows', types('people'), () => {})), [105])
  })

  it('gives a consumer each message once or counts it as dropped, whatever it does', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ do: fc.constant('read' as const), count: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ do: fc.constant('reconnect' as const), count: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        start({ ...defaultLimits, people: { maxAgeMs: 1e9, maxBytes: 3000 } })
        let appended = 0
        let dropped = 0
        let got = 0
        let last = 0
        let reader = backlog.read('flows', types('people'), () => {})
        const take = (most: number) => {
          for (let i = 0; i < most; i++) {
            dropped += reader.dropped()?.people ?? 0
            const entry = reader.next()
            if (!entry) return
            assert.ok(entry.sequence > last)
            last = entry.sequence
            got++
            backlog.taken('flows', last)
          }
        }
        for (const { do: what, count } of steps) {
          if (what === 'append') for (let i = 0; i < count; i++, appended++) people()
          else if (what === 'read') take(count)
          else {
            reader.close()
            reader = backlog.read('flows', types('people'), () => {})
          }
        }
        take(Number.POSITIVE_INFINITY)
        assert.equal(got + dropped, appended)
      }),
      { numRuns: 200 },
    )
  })
})
