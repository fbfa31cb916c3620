import assert from 'node:assert/strict'
import { soak } from '../../bench/weighing/soak.ts'

describe('Weighing, for long', function () {
  this.timeout(60_000)

  it('keeps no more the longer it runs', () => {
    const { heapMiB, slopeMiBPerHour, events } = soak({ plates: 40, rateHz: 60, minutes: 10 })
    console.log(
      `      ${events} messages, ${slopeMiBPerHour.toFixed(2)} MiB an hour: ${heapMiB.map((mib) => mib.toFixed(2)).join(' ')}`,
    )
    assert.ok(events > 300)
    // 8,000 messages an hour: were half a KiB of each kept, it would be 4 MiB.
    assert.ok(Math.abs(slopeMiBPerHour) < 3, `${slopeMiBPerHour} MiB an hour`)
  })
})
