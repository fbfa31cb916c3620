import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { breakableCell } from '../../runtime/twin/devices/cell-faults.ts'
import { faultsOfKind, kindTitles } from '../../runtime/twin/devices/fault-catalogue.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import type { LoadCellPhysics } from '../../runtime/twin/devices/load-cells/load-cell.ts'
import { pavoneDat400 } from '../../runtime/twin/devices/load-cells/pavone-dat400.ts'
import { GateMechanics, RelayModule } from '../../runtime/twin/world/gate-mechanics.ts'
import { cellOf } from './devices-support.ts'

describe('the catalogue of faults', () => {
  it('has a title in both languages for each kind, each fault and each degree', () => {
    const titles = [
      ...Object.values(kindTitles),
      ...Object.values(faultsOfKind).flatMap((ofKind) =>
        Object.values(ofKind).flatMap((fault) => ('value' in fault ? [fault.title, fault.value.title] : [fault.title])),
      ),
    ]
    for (const { en, ko } of titles) {
      assert.match(en, /^[A-Z][\x20-\x7e]+$/)
      assert.match(ko, /[가-힣]/)
    }
  })

  it('takes degrees within their range only, and none where there are none', () => {
    const faults = new Faults(new VirtualClock())
    faults.declare('p1', 'plate')
    faults.set('p1', 'drifting', 10)
    assert.equal(faults.value('p1', 'drifting'), 20)
    faults.set('p1', 'drifting', 10, -7)
    assert.equal(faults.value('p1', 'drifting'), -7)
    assert.throws(() => faults.set('p1', 'drifting', 10, 1e6), { code: 'fault-invalid' })
    assert.throws(() => faults.set('p1', 'stuck', 10, 1), { code: 'fault-invalid' })
    assert.throws(() => faults.set('p1', 'toString', 10), { code: 'fault-unknown' })
  })

  it('lists what is broken until it mends by itself or is mended', () => {
    const clock = new VirtualClock(1000)
    const faults = new Faults(clock)
    faults.declare('p1', 'plate')
    faults.declare('p2', 'plate')
    faults.set('p1', 'stuck', 10)
    faults.set('p2', 'noisy', 60, 5)
    const brokenNow = () => faults.all.map(({ name, broken }) => [name, ...broken.map(({ fault }) => fault)])
    assert.deepEqual(brokenNow(), [
      ['p1', 'stuck'],
      ['p2', 'noisy'],
    ])
    clock.advanceTo(12_000)
    assert.deepEqual(brokenNow(), [['p1'], ['p2', 'noisy']])
    faults.mend('p2')
    assert.deepEqual(brokenNow(), [['p1'], ['p2']])
  })
})

describe('a load cell that breaks', () => {
  let clock: VirtualClock
  let faults: Faults
  let loadG: number
  let cell: LoadCellPhysics

  beforeEach(() => {
    clock = new VirtualClock(0)
    faults = new Faults(clock)
    faults.declare('p1', 'plate')
    loadG = 500
    cell = breakableCell(
      'p1',
      cellOf(() => loadG),
      { clock, faults },
    )
  })

  it('is whole until it is broken', () => assert.equal(cell.grams(), 500))

  it('sticks at what it showed, each time anew', () => {
    for (const shown of [500, 300]) {
      loadG = shown
      faults.set('p1', 'stuck', 5)
      assert.equal(cell.grams(), shown)
      loadG = 0
      assert.equal(cell.grams(), shown)
      clock.advanceTo(clock.nowMs() + 6000)
      assert.equal(cell.grams(), 0)
    }
  })

  it('drifts from the moment on that it broke', () => {
    faults.set('p1', 'drifting', 600, -60)
    clock.advanceTo(90_000)
    assert.equal(cell.grams(), 410)
  })

  it('has its sign flipped, is noisy, saturates, falls below its range, loses its cable', () => {
    faults.set('p1', 'flipped', 60)
    assert.equal(cell.grams(), -500)
    faults.mend('p1')
    faults.set('p1', 'noisy', 600, 10)
    const readings = Array.from({ length: 500 }, (_, i) => {
      clock.advanceTo(i * 16)
      return cell.grams()
    })
    const mean = readings.reduce((sum, one) => sum + one, 0) / readings.length
    const sd = Math.sqrt(readings.reduce((sum, one) => sum + (one - mean) ** 2, 0) / readings.length)
    assert.ok(Math.abs(mean - 500) < 2 && Math.abs(sd - 10) < 1.5, `mean ${mean}, sd ${sd}`)
    assert.equal(cell.moving(), true)
    faults.mend('p1')
    const status = () => {
      const answer = pavoneDat400({ cell: () => cell, clock }).answer(Buffer.from([3, 0, 0, 0, 1]))
      return answer.readUInt16BE(2) & 0b111_0000
    }
    for (const [fault, bit] of [
      ['saturated', 5],
      ['underload', 4],
      ['disconnected', 6],
    ] as const) {
      faults.set('p1', fault, 60)
      assert.equal(status(), 1 << bit, fault)
      faults.mend('p1')
    }
  })
})

describe('a gate that breaks', () => {
  const wiring = { entryRelay: 1, exitRelay: 2, watchdogRelay: 3, passOutInput: 2 }

  it('opens its exit when the watchdog wire is cut, is held open, or turns for nobody', () => {
    const module = new RelayModule()
    const gate = new GateMechanics('gate', module, wiring)
    module.requested(0)
    module.setRelay(3, true, 0)
    assert.equal(gate.turns('out', 10), false)
    gate.watchdogCut = true
    assert.equal(gate.turns('out', 10), true)
    gate.watchdogCut = false
    gate.held = true
    assert.deepEqual([gate.turns('out', 10), module.input(2, 10)], [true, true])
    gate.blocked = true
    module.setRelay(1, true, 20)
    assert.deepEqual([gate.turns('in', 30), gate.turns('out', 30)], [false, false])
  })
})
