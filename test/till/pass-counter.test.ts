import assert from 'node:assert/strict'
import fc from 'fast-check'
import { PassCounter } from '../../runtime/till/doors/pass-counter.ts'

/** A contact with the module's counter, and a till that reads both and takes down what it is told. */
class Watched {
  closed = false
  count: number
  /** What a start finds of earlier runs. */
  known: number | null = null
  told = 0
  counts = true
  #counter = new PassCounter(null)

  constructor(count: number) {
    this.count = count
  }

  close(): void {
    if (!this.closed && this.counts) this.count += 1
    this.closed = true
  }

  poll(): void {
    const { passes, anew } = this.#counter.observe(this.closed, this.count)
    this.told += passes.length
    this.known = passes.length > 0 ? (passes.at(-1) ?? null) : (anew ?? this.known)
  }

  restart(): void {
    this.#counter = new PassCounter(this.known)
  }
}

describe('the passes of a contact', () => {
  it('are told once each, whatever happened while nobody looked', () => {
    const steps = fc.array(fc.constantFrom('close', 'open', 'poll', 'poll', 'restart'), { maxLength: 100 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 1_000_000 }), (story, from) => {
        const watched = new Watched(from)
        watched.poll()
        for (const step of story) {
          if (step === 'close') watched.close()
          if (step === 'open') watched.closed = false
          if (step === 'poll') watched.poll()
          if (step === 'restart') watched.restart()
        }
        watched.poll()
        assert.equal(watched.told, watched.count - from)
      }),
    )
  })

  it('are the closings that were seen, where the module does not count', () => {
    const seen = (readings: [boolean, number | null][]) => {
      const counter = new PassCounter(null)
      return readings.flatMap(([closed, count]) => counter.observe(closed, count).passes)
    }
    const closings: [boolean, null][] = [
      [true, null],
      [true, null],
      [false, null],
      [true, null],
    ]
    assert.deepEqual(seen(closings), [null, null])
  })

  it('are the closings also where the counter stands still: it was not set to count', () => {
    const watched = new Watched(7)
    watched.counts = false
    watched.poll()
    for (const closed of [true, false, true, false]) {
      watched.closed = closed
      watched.poll()
    }
    assert.equal(watched.told, 0, 'the counter may only be slow')
    for (let poll = 0; poll < 20; poll++) watched.poll()
    assert.equal(watched.told, 2)
    assert.equal(watched.known, null, 'the next start begins anew')
    watched.closed = true
    watched.poll()
    assert.equal(watched.told, 3)
  })

  it('are not invented when a module comes back with another count', () => {
    for (const count of [0, 1_000_000]) {
      const counter = new PassCounter(500)
      assert.deepEqual(counter.observe(false, count), { passes: [], anew: count })
      assert.deepEqual(counter.observe(false, count + 1), { passes: [count + 1] })
    }
  })
})
