/** Holding registers behind functions 3, 4, 6 and 16: what all transmitters with a register map have in common. */
import { ModbusRefusal, type ModbusUnit, modbusException } from '../modbus-unit.ts'
import type { WordOrder } from './load-cell.ts'

/** Consecutive registers that are read together. */
export interface ReadableRegisters {
  address: number
  count: number
  /** @returns `count` words */
  read(): number[]
}

/** Consecutive registers that only make sense when they are written together, such as both words of a number. */
export interface WritableRegisters {
  address: number
  count: number
  /** @throws ModbusRefusal */
  write(words: number[]): void
}

export interface RegisterUnitOptions {
  /** Function codes that the model knows. */
  functions: readonly (3 | 4 | 6 | 16)[]
  /** In ascending order and without overlap; between them there is nothing. */
  readable: readonly ReadableRegisters[]
  writable: readonly WritableRegisters[]
  /** Most registers of one request. */
  largestRequest: number
}

/** @returns how a unit with these registers answers; it checks all of a request before it writes any of it */
export function registerUnit(options: RegisterUnitOptions): ModbusUnit['answer'] {
  const { readable, writable, largestRequest } = options
  const functions: readonly number[] = options.functions

  function read(code: number, address: number, count: number): Buffer {
    if (count < 1 || count > largestRequest) throw new ModbusRefusal(modbusException.illegalValue)
    const words: number[] = []
    for (const block of readable) {
      const next = address + words.length
      if (next < block.address || next >= block.address + block.count) continue
      words.push(...block.read().slice(next - block.address, address + count - block.address))
      if (words.length === count) break
    }
    if (words.length < count) throw new ModbusRefusal(modbusException.illegalAddress)
    const answer = Buffer.alloc(2 + 2 * count)
    answer[0] = code
    answer[1] = 2 * count
    for (const [i, word] of words.entries()) answer.writeUInt16BE(word & 0xffff, 2 + 2 * i)
    return answer
  }

  function write(address: number, words: number[]): void {
    const orders: (() => void)[] = []
    for (let at = 0; at < words.length; ) {
      const target = writable.find((one) => one.address === address + at)
      if (!target || at + target.count > words.length) throw new ModbusRefusal(modbusException.illegalAddress)
      const part = words.slice(at, at + target.count)
      orders.push(() => target.write(part))
      at += target.count
    }
    for (const order of orders) order()
  }

  return (request) => {
    const [code, address, count] = [request.readUInt8(0), request.readUInt16BE(1), request.readUInt16BE(3)]
    if (!functions.includes(code)) throw new ModbusRefusal(modbusException.illegalFunction)
    if (code === 3 || code === 4) return read(code, address, count)
    if (code === 6) write(address, [count])
    else {
      if (count < 1 || count > largestRequest || request.readUInt8(5) !== 2 * count) {
        throw new ModbusRefusal(modbusException.illegalValue)
      }
      write(
        address,
        Array.from({ length: count }, (_, i) => request.readUInt16BE(6 + 2 * i)),
      )
    }
    return request.subarray(0, 5)
  }
}

/** A 32-bit integer, signed or not, in two registers. */
export function words32(value: number, order: WordOrder = 'high-first'): [number, number] {
  const whole = Math.round(value)
  return ordered([(whole >>> 16) & 0xffff, whole & 0xffff], order)
}

/** A single-precision number in two registers. */
export function wordsOfFloat(value: number, order: WordOrder = 'high-first'): [number, number] {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatBE(value)
  return ordered([bytes.readUInt16BE(0), bytes.readUInt16BE(2)], order)
}

export function int32Of(words: readonly number[], order: WordOrder = 'high-first'): number {
  const [high, low] = ordered([words[0] ?? 0, words[1] ?? 0], order)
  return (high << 16) | low
}

export function floatOf(words: readonly number[], order: WordOrder = 'high-first'): number {
  const [high, low] = ordered([words[0] ?? 0, words[1] ?? 0], order)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16BE(high, 0)
  bytes.writeUInt16BE(low, 2)
  return bytes.readFloatBE(0)
}

const ordered = ([high, low]: [number, number], order: WordOrder): [number, number] =>
  order === 'high-first' ? [high, low] : [low, high]
