import { equal, ok } from 'node:assert/strict'
import { type ClockRate, nextRate, SystemClock } from '../../runtime/contract/clock.ts'

const closeTo = (actual: number, expected: number) => ok(Math.abs(actual - expected) < 60, `${actual} for ${expected}`)

describe('the time of an accelerated store', () => {
  it('goes on without a leap when the speed changes, and each clock that hears of it agrees', async () => {
    const startMs = Date.now()
    const slow: ClockRate = { scale: 1, originMs: startMs }
    const fast = nextRate(slow, 10, startMs + 100)
    const [early, late] = [new SystemClock(slow), new SystemClock(slow)]
    early.change(fast)
    await new Promise((resolve) => setTimeout(resolve, 50))
    late.change(fast)
    closeTo(early.nowMs(), Date.now())
    await new Promise((resolve) => setTimeout(resolve, 150))
    const begun = new SystemClock(fast)
    const nowMs = Date.now()
    closeTo(early.nowMs(), startMs + 100 + (nowMs - startMs - 100) * 10)
    closeTo(late.nowMs(), early.nowMs())
    closeTo(begun.nowMs(), early.nowMs())
  })

  it('brings timers that wait already to the new speed', async () => {
    const startMs = Date.now()
    const clock = new SystemClock({ scale: 1, originMs: startMs })
    let rung = 0
    clock.after(600_000, () => rung++)
    const forgotten = clock.after(600_000, () => rung++)
    clock.clear(forgotten)
    clock.change(nextRate({ scale: 1, originMs: startMs }, 10_000, startMs + 20))
    await new Promise((resolve) => setTimeout(resolve, 300))
    equal(rung, 1)
  })

  it('brings them there also when the timer of the change rings before the wall clock says so', async () => {
    const machineNow = Date.now
    const startMs = machineNow()
    try {
      const clock = new SystemClock({ scale: 1, originMs: startMs })
      const rung = new Promise<void>((resolve) => clock.after(600_000, resolve))
      Date.now = () => Math.min(machineNow(), startMs + 19.9)
      clock.change(nextRate({ scale: 1, originMs: startMs }, 10_000, startMs + 20))
      await new Promise((resolve) => setTimeout(resolve, 40))
      Date.now = machineNow
      await rung
    } finally {
      Date.now = machineNow
    }
  })

  it('bears one change after the other', () => {
    const rates = [nextRate({ scale: 1, originMs: 1000 }, 4, 2000)]
    rates.push(nextRate(rates[0] as ClockRate, 2, 3000))
    equal(rates[1]?.storeMs, 6000)
    const clock = new SystemClock({ scale: 1, originMs: 1000 })
    for (const rate of rates) clock.change(rate)
    closeTo(clock.nowMs(), 6000 + (Date.now() - 3000) * 2)
  })
})
