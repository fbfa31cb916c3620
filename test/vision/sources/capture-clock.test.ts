import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CaptureClock, ClockComparison } from '../../../runtime/vision/sources/capture-clock.ts'

describe('when the pictures of a stream were taken', () => {
  it('is as even as the stream, however late each arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 10, maxLength: 60 }), (delaysMs) => {
        const clock = new CaptureClock()
        const taken = [0, ...delaysMs].map((delayMs, i) => clock.stamp(i * 100, 5000 + i * 100 + delayMs))
        taken.forEach(({ takenMs, jumpedMs }, i) => {
          assert.equal(takenMs, 5000 + i * 100)
          assert.equal(jumpedMs, 0)
        })
      }),
    )
  })

  it('follows a stream whose time jumps, and says by how much', () => {
    for (const jumpMs of [3_600_000, -3_600_000]) {
      const clock = new CaptureClock()
      clock.stamp(0, 5000)
      assert.deepEqual(clock.stamp(100 + jumpMs, 5100), { takenMs: 5100, jumpedMs: jumpMs })
      assert.deepEqual(clock.stamp(200 + jumpMs, 5230), { takenMs: 5200, jumpedMs: 0 })
    }
  })

  it('takes a network that stalled for no jump', () => {
    const clock = new CaptureClock()
    clock.stamp(0, 5000)
    assert.deepEqual(clock.stamp(100, 9000), { takenMs: 5100, jumpedMs: 0 })
    assert.deepEqual(clock.stamp(200, 9001), { takenMs: 5200, jumpedMs: 0 })
  })

  it('is compared with our clock as finely as the camera tells its own', () => {
    const clocks = new ClockComparison()
    assert.deepEqual([clocks.saw(9000, 5000, 1000), clocks.offsetMs], [0, 4000])
    assert.deepEqual([clocks.saw(11_000, 6000, 1000), clocks.offsetMs], [0, 5000])
    assert.deepEqual([clocks.saw(1000, 7000, 1000), clocks.offsetMs], [-11_000, -6000])
  })
})
