import assert from 'node:assert/strict'
import { type BusRate, BusWatch } from '../../runtime/devices/load-cells/bus-watch.ts'
import type { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'

describe('the watch over a line', () => {
  /** What it says of ten seconds in which two of three rounds could not be kept. */
  function toldOf(rate: BusRate, latePeriods: number): string {
    const told: string[] = []
    const line = { strays: 0 } as ModbusConnection
    const watch = new BusWatch(line, rate, (state, reason) => told.push(`${state}: ${reason}`))
    watch.look(0)
    for (let round = 0; round < 150; round++) {
      watch.turned(latePeriods)
      watch.planned(round % 3 > 0)
    }
    watch.look(10_000)
    return told.join()
  }

  it('sends to the line where the line is too slow', () => {
    assert.match(toldOf({ pollHz: 15, lineMs: 120 }, 0), /^late: .*5\.0 times a second in place of 15: raise the baud/)
    assert.match(toldOf({ pollHz: 15, lineMs: 120 }, 2), /raise the baud rate/, 'however late we are')
    assert.match(toldOf({ pollHz: 15, lineMs: 0 }, 0), /raise the baud rate/, 'a line that is not known')
  })

  it('says that the processor is short where our own turns come late', () => {
    assert.match(toldOf({ pollHz: 15, lineMs: 30 }, 0.6), /short of processor time and comes 40 ms late/)
    assert.match(toldOf({ pollHz: 15, lineMs: 0 }, 0.6), /short of processor time/)
  })

  it('blames no baud rate that carries all', () => {
    assert.match(toldOf({ pollHz: 15, lineMs: 30 }, 0), /takes the line 30 ms only: see whether the gateway/)
  })
})
