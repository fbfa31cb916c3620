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

export const gramsPerUnit = { g: 1, kg: 1000, t: 1e6, lb: 453.59237 }

/** The conditions of one channel as bits, so that one comparison says whether any of them changed. */
export const condition = { stable: 1, overload: 2, underload: 4, error: 8, net: 16 } as const
type ConditionName = keyof typeof condition
const conditionNames = Object.keys(condition) as ConditionName[]

type Place = LoadCellTransmitter['weight']
/** Where a register stands in the answers: which request, and at which byte. */
interface At {
  read: number
  byte: number
}

/** How counts of a unit become grams; NaN where the unit or the decimal point is not known. */
export interface Scale {
  divisor: number
  unitG: number
}

/**
 * Decodes the answers of one unit. It is made once and used for every poll: its readings are overwritten each time,
 * and what the words of a status mean is worked out once for each word.
 */
export class UnitDecoder {
  /** One for each channel; overwritten by the next {@link decode}. */
  readonly readings: readonly ChannelReading[]
  /** Bits of {@link condition}, one for each channel. */
  readonly conditions: Uint8Array
  readonly #definition: LoadCellTransmitter
  readonly #weights: (At | undefined)[]
  readonly #statuses: (At | undefined)[]
  readonly #conditionsOf = new Map<number, number>()
  readonly #settings: { field: Field; at: At | undefined; word: number }[]
  #scale: Scale

  constructor(definition: LoadCellTransmitter) {
    this.#definition = definition
    const { channels, weight, status } = definition
    const places = (at: { address: number; stride?: number }, registers: number) =>
      Array.from({ length: channels }, (_, i) => placeOf(definition, at.address + i * (at.stride ?? 0), registers))
    this.readings = Array.from({ length: channels }, () => ({
      weightG: null,
      stable: false,
      overload: false,
      underload: false,
      error: true,
    }))
    this.conditions = new Uint8Array(channels)
    this.#weights = places(weight, registersOf(weight.type))
    this.#statuses = status ? places(status, status.type === 'f32' ? 2 : 1) : []
    const fields = [definition.decimals, definition.unit].filter((field) => field.from !== 'fixed')
    this.#settings = fields.map((field) => ({ field, at: placeOf(definition, field.address, 1), word: Number.NaN }))
    this.#scale = scaleOf(definition, () => Number.NaN)
  }

  /** @param answers the registers' bytes of each of `definition.reads`, in that order, as they stood on the wire */
  decode(answers: readonly (Buffer | undefined)[]): readonly ChannelReading[] {
    const { weight, wordOrder } = this.#definition
    this.#readSettings(answers)
    const { divisor, unitG } = this.#scale
    for (let i = 0; i < this.readings.length; i++) {
      const reading = this.readings[i] as ChannelReading
      const status = this.#statusAt(answers, i)
      const bits = status === undefined ? condition.error : this.#conditionsOfWord(status)
      const count = numberAt(answers, this.#weights[i], weight.type, wordOrder)
      const negative = weight.signBit !== undefined && (((status ?? 0) >> weight.signBit) & 1) === 1
      // Divided, not multiplied by a fraction: 5055 with two decimals is 50.55 and not 50.550000000000004.
      const weightG = ((negative ? -count : count) / divisor) * unitG
      const unusable = bits & (condition.error | condition.overload | condition.underload)
      const error = (bits & condition.error) !== 0 || !Number.isFinite(weightG)
      const usable = unusable === 0 && !error
      reading.weightG = usable ? weightG : null
      reading.stable = usable && (bits & condition.stable) !== 0
      reading.overload = (bits & condition.overload) !== 0
      reading.underload = (bits & condition.underload) !== 0
      reading.error = error
      this.conditions[i] =
        (bits & ~condition.stable) | (reading.stable ? condition.stable : 0) | (error ? condition.error : 0)
    }
    return this.readings
  }

  /** How counts become grams, by the last answers. */
  get scale(): Scale {
    return this.#scale
  }

  /** Works the scale out again when a register that it follows from has changed. */
  #readSettings(answers: readonly (Buffer | undefined)[]): void {
    let changed = false
    for (const setting of this.#settings) {
      const word = numberAt(answers, setting.at, 'u16', this.#definition.wordOrder)
      if (!Object.is(word, setting.word)) changed = true
      setting.word = word
    }
    if (!changed) return
    this.#scale = scaleOf(this.#definition, (wanted) => {
      const word = this.#settings.find(({ field }) => field === wanted)?.word ?? Number.NaN
      return Number.isNaN(word) ? word : fieldOf(word, wanted.bit, wanted.bits)
    })
  }

  #statusAt(answers: readonly (Buffer | undefined)[], channel: number): number | undefined {
    const { status, wordOrder } = this.#definition
    if (!status) return 0
    const value = numberAt(answers, this.#statuses[channel], status.type ?? 'u16', wordOrder)
    // A status that is held as a float is a whole number of 16 bits, or it is no status.
    return Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : undefined
  }

  #conditionsOfWord(word: number): number {
    const known = this.#conditionsOf.get(word)
    if (known !== undefined) return known
    const { status } = this.#definition
    let bits = 0
    for (const name of conditionNames) if (status?.[name]?.some((flag) => holds(flag, word))) bits |= condition[name]
    this.#conditionsOf.set(word, bits)
    return bits
  }
}

/**
 * One reading for each channel, of answers as words.
 * @param answers the words of each of `definition.reads`, in that order
 */
export function decodeUnit(definition: LoadCellTransmitter, answers: readonly (readonly number[])[]): ChannelReading[] {
  return [...new UnitDecoder(definition).decode(answers.map(bytesOf))]
}

/** Words as they stand on the wire. */
export function bytesOf(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * words.length)
  for (const [index, word] of words.entries()) bytes.writeUInt16BE(word, 2 * index)
  return bytes
}

/** The weight of one channel that was read by itself; NaN when it is none. */
export function weightIn(
  { wordOrder }: LoadCellTransmitter,
  { type }: Place,
  bytes: Buffer,
  scale: Scale,
  negative: boolean,
): number {
  const count = numberAt([bytes], { read: 0, byte: 0 }, type, wordOrder)
  return ((negative ? -count : count) / scale.divisor) * scale.unitG
}

/** A known weight as the device takes it: words in its unit, decimals and word order. Undefined: it does not fit. */
export function weightWords(
  { wordOrder }: LoadCellTransmitter,
  type: Place['type'],
  grams: number,
  { divisor, unitG }: Scale,
): number[] | undefined {
  const value = (grams / unitG) * divisor
  const bytes = Buffer.alloc(4)
  if (type === 'f32') bytes.writeFloatBE(value)
  else {
    const [least, most] = limitsOf[type]
    const count = Math.round(value)
    if (!(count >= least && count <= most)) return undefined
    if (registersOf(type) === 1) return [count & 0xffff]
    bytes.writeUInt32BE(count >>> 0)
  }
  const [high, low] = [bytes.readUInt16BE(0), bytes.readUInt16BE(2)]
  return wordOrder === 'high-first' ? [high, low] : [low, high]
}

const limitsOf = {
  i16: [-32_768, 32_767],
  u16: [0, 65_535],
  i32: [-2_147_483_648, 2_147_483_647],
  u32: [0, 4_294_967_295],
} as const

function placeOf({ reads }: LoadCellTransmitter, address: number, registers: number): At | undefined {
  const index = reads.findIndex((read) => address >= read.address && address + registers <= read.address + read.count)
  const read = reads[index]
  return read && { read: index, byte: 2 * (address - read.address) }
}

function numberAt(
  answers: readonly (Buffer | undefined)[],
  at: At | undefined,
  type: Place['type'],
  wordOrder: LoadCellTransmitter['wordOrder'],
): number {
  const bytes = at && answers[at.read]
  if (!bytes || at.byte + 2 * registersOf(type) > bytes.length) return Number.NaN
  if (type === 'i16') return bytes.readInt16BE(at.byte)
  if (type === 'u16') return bytes.readUInt16BE(at.byte)
  const swapped = wordOrder === 'low-first'
  const bits = swapped
    ? (bytes.readUInt16BE(at.byte + 2) << 16) | bytes.readUInt16BE(at.byte)
    : bytes.readInt32BE(at.byte)
  if (type === 'i32') return bits
  if (type === 'u32') return bits >>> 0
  scratch.setInt32(0, bits)
  return scratch.getFloat32(0)
}

const scratch = new DataView(new ArrayBuffer(4))

const fieldOf = (word: number, lowestBit: number, bits: number) => (word >> lowestBit) & ((1 << bits) - 1)

const holds = (flag: StatusFlag, word: number) => flag.values.includes(fieldOf(word, flag.bit, flag.bits ?? 1))

/** @param codeOf the code in a register's field; NaN when it was not read */
function scaleOf({ decimals, unit }: LoadCellTransmitter, codeOf: (field: Field) => number): Scale {
  const name = unit.from === 'fixed' ? unit.unit : unit.unitByCode[codeOf(unit)]
  const places =
    decimals.from === 'fixed'
      ? decimals.decimals
      : decimals.from === 'register'
        ? codeOf(decimals)
        : decimals.decimalsByCode[codeOf(decimals)]
  return { divisor: places === undefined ? Number.NaN : 10 ** places, unitG: name ? gramsPerUnit[name] : Number.NaN }
}

interface Field {
  address: number
  bit: number
  bits: number
}
