import assert from 'node:assert/strict'
import { join } from 'node:path'
import fc from 'fast-check'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { LoadCellTransmitter } from '../../runtime/devices/definition-schema.ts'
import { decodeUnit } from '../../runtime/devices/load-cells/decode.ts'
import { Mx08 } from './modbus-slave.ts'

const catalogue = await loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))
const definitionOf = (id: string) => catalogue.get(id) as LoadCellTransmitter
const first = (id: string, ...answers: number[][]) => decodeUnit(definitionOf(id), answers)[0]
const rest = { overload: false, underload: false, error: false }

/** The two words of a 32-bit number, high word first. */
const words = (value: number) => [(value >>> 16) & 0xffff, value & 0xffff]

describe('decoding load cells', () => {
  it('reads all eight channels of an MX08: gross, one decimal, at rest when bit 2 is 0', () => {
    const unit = new Mx08()
    for (let channel = 0; channel < 8; channel++)
      unit.set(channel, { grams: channel * 1000.5, unstable: channel === 3 })
    unit.set(5, { grams: -12.3 })
    const readings = decodeUnit(definitionOf('baykon-mx08'), [unit.read(1004, 56)])
    assert.deepEqual(
      readings.map(({ weightG }) => weightG),
      [0, 1000.5, 2001, 3001.5, 4002, -12.3, 6003, 7003.5],
    )
    assert.deepEqual(
      readings.map(({ stable }) => stable),
      [true, true, true, false, true, true, true, true],
    )
  })

  it("keeps an MX08's overload, underload and failed modules apart, with no weight", () => {
    const unit = new Mx08()
    unit.set(0, { grams: 1, errorCode: 2 })
    unit.set(1, { grams: 2, errorCode: 3 })
    unit.set(2, { grams: 3, errorCode: 7 })
    unit.set(3, { grams: 4, dataOk: false })
    const readings = decodeUnit(definitionOf('baykon-mx08'), [unit.read(1004, 56)]).slice(0, 4)
    assert.deepEqual(readings, [
      { weightG: null, stable: false, overload: true, underload: false, error: false },
      { weightG: null, stable: false, overload: false, underload: true, error: false },
      { weightG: null, stable: false, overload: false, underload: false, error: true },
      { weightG: null, stable: false, overload: false, underload: false, error: true },
    ])
  })

  it('swaps the words of an instrument that was set to low word first', () => {
    const definition: LoadCellTransmitter = { ...definitionOf('baykon-mx08'), wordOrder: 'low-first' }
    const image = new Mx08().read(1004, 56)
    image.splice(0, 7, 0b10, 0, 0, ...words(-70_000).reverse(), 0, 0)
    assert.equal(decodeUnit(definition, [image])[0]?.weightG, -7000)
  })

  it("takes a Laumas TLB4's sign from its status, its unit and decimals from its division code", () => {
    const at = (status: number, unitAndDivision: number) => [status, ...words(12_345), 0, 0, 0, 0, unitAndDivision]
    assert.deepEqual(first('laumas-tlb4', at(1 << 11, 0x0100)), { weightG: 12_345, stable: true, ...rest })
    assert.deepEqual(first('laumas-tlb4', at(1 << 7, 0x0108)), { weightG: -1234.5, stable: false, ...rest })
    assert.equal(first('laumas-tlb4', at(0, 0x000d))?.weightG, 12_345, '12.345 kg')
    assert.equal(first('laumas-tlb4', at(0, 0x0500))?.error, true, 'a unit that is no weight')
    assert.equal(first('laumas-tlb4', at(0, 0x0120))?.error, true, 'a division that the manual does not know')
    assert.equal(first('laumas-tlb4', at(1 << 3, 0x0100))?.overload, true)
    assert.equal(first('laumas-tlb4', at(1, 0x0100))?.error, true)
  })

  it("takes the generic board's decimals from its status, at rest when bit 5 is 0", () => {
    assert.deepEqual(first('generic-rs485', [2], words(-5055)), { weightG: -50.55, stable: true, ...rest })
    assert.equal(first('generic-rs485', [0b100000], words(7))?.stable, false)
    assert.equal(first('generic-rs485', [1 << 9], words(7))?.overload, true)
  })

  it('makes an error of a number that is none', () => {
    const definition: LoadCellTransmitter = {
      ...definitionOf('generic-rs485'),
      weight: { address: 80, type: 'f32' },
    }
    for (const bits of [0x7fc00000, 0x7f800000, 0xff800000]) {
      const reading = decodeUnit(definition, [[0], words(bits)])[0]
      assert.deepEqual([reading?.weightG, reading?.error], [null, true])
    }
    assert.equal(decodeUnit(definition, [[0], words(0x41200000)])[0]?.weightG, 10)
  })

  it('gives finite grams or none for whatever the registers hold, also too few of them', () => {
    const loadCells = catalogue.all.filter((definition) => definition.kind === 'load-cell-transmitter')
    const word = fc.integer({ min: 0, max: 65_535 })
    fc.assert(
      fc.property(
        fc.constantFrom(...loadCells),
        fc.array(fc.array(word, { maxLength: 60 }), { maxLength: 3 }),
        (definition, answers) => {
          const readings = decodeUnit(definition, answers)
          assert.equal(readings.length, definition.channels)
          for (const { weightG, error, overload, underload } of readings) {
            assert.equal(weightG === null, error || overload || underload)
            assert.ok(weightG === null || Number.isFinite(weightG))
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
