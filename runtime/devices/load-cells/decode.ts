/** Registers to grams, by a definition and nothing else. */
import type { LoadCellTransmitter, StatusFlag } from '../definition-schema.ts'
import { registersOf } from './register-check.ts'

export interface ChannelReading {
  /** null: no valid weight, because of an error, an overload, an underload or a number that is none. */
  weightG: number | null
  stable: boolean
  overload: boolean
  underload: boolean
  error: boolean
}

const gramsPerUnit = { g: 1, kg: 1000, t: 1e6, lb: 453.59237 }
const invalid: ChannelReading = { weightG: null, stable: false, overload: false, underload: false, error: true }

/**
 * @param answers the words of each of `definition.reads`, in that order, as they stood on the wire
 * @returns one reading for each channel
 */
export function decodeUnit(definition: LoadCellTransmitter, answers: readonly (readonly number[])[]): ChannelReading[] {
  const word = wordFinder(definition, answers)
  const scale = scaleOf(definition, word)
  return Array.from({ length: definition.channels }, (_, index) => {
    const { weight, status } = definition
    const statusWord = status ? word(status.address + index * (status.stride ?? 0)) : 0
    if (statusWord === undefined) return invalid
    const isRaised = (flags: readonly StatusFlag[] | undefined) =>
      flags?.some((flag) => holds(flag, statusWord)) === true
    const overload = isRaised(status?.overload)
    const underload = isRaised(status?.underload)
    const count = numberAt(definition, word, weight.address + index * (weight.stride ?? 0))
    const negative = weight.signBit !== undefined && ((statusWord >> weight.signBit) & 1) === 1
    // Divided, not multiplied by a fraction: 5055 with two decimals is 50.55 and not 50.550000000000004.
    const weightG = (((negative ? -1 : 1) * count) / scale.divisor) * scale.unitG
    const error = isRaised(status?.error) || !Number.isFinite(weightG)
    const usable = !error && !overload && !underload
    return { weightG: usable ? weightG : null, stable: usable && isRaised(status?.stable), overload, underload, error }
  })
}

type WordAt = (address: number) => number | undefined

function wordFinder(definition: LoadCellTransmitter, answers: readonly (readonly number[])[]): WordAt {
  return (address) => {
    const index = definition.reads.findIndex((read) => address >= read.address && address < read.address + read.count)
    const read = definition.reads[index]
    return read && answers[index]?.[address - read.address]
  }
}

const field = (word: number, lowestBit: number, bits: number) => (word >> lowestBit) & ((1 << bits) - 1)

const holds = (flag: StatusFlag, word: number) => flag.values.includes(field(word, flag.bit, flag.bits ?? 1))

/** How a count becomes grams; NaN where the unit or the decimal point is not known. */
function scaleOf({ decimals, unit }: LoadCellTransmitter, word: WordAt): { divisor: number; unitG: number } {
  const codeAt = (at: { address: number; bit: number; bits: number }) => field(word(at.address) ?? 0, at.bit, at.bits)
  const name = unit.from === 'fixed' ? unit.unit : unit.unitByCode[codeAt(unit)]
  const places =
    decimals.from === 'fixed'
      ? decimals.decimals
      : decimals.from === 'register'
        ? codeAt(decimals)
        : decimals.decimalsByCode[codeAt(decimals)]
  return { divisor: places === undefined ? Number.NaN : 10 ** places, unitG: name ? gramsPerUnit[name] : Number.NaN }
}

const scratch = new DataView(new ArrayBuffer(4))

function numberAt({ weight, wordOrder }: LoadCellTransmitter, word: WordAt, address: number): number {
  const first = word(address)
  if (first === undefined) return Number.NaN
  if (registersOf(weight.type) === 1) {
    scratch.setUint16(0, first)
    return weight.type === 'i16' ? scratch.getInt16(0) : first
  }
  const second = word(address + 1)
  if (second === undefined) return Number.NaN
  const [high, low] = wordOrder === 'high-first' ? [first, second] : [second, first]
  scratch.setUint16(0, high)
  scratch.setUint16(2, low)
  if (weight.type === 'f32') return scratch.getFloat32(0)
  return weight.type === 'i32' ? scratch.getInt32(0) : scratch.getUint32(0)
}
