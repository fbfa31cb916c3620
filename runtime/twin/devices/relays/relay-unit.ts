/** What relay modules on Modbus have in common: bits to read and coils to write (functions 1, 2, 5 and 15). */
import { ModbusRefusal, type ModbusUnit, modbusException } from '../modbus-unit.ts'

/** Addresses as they stand on the wire. Each throws a {@link ModbusRefusal} for one that the module lacks. */
export interface RelayMap {
  /** Function 1. */
  coil(address: number): boolean
  /** Function 2. */
  input(address: number): boolean
  /** Functions 5 and 15; 0xFF00 is on, 0 is off, anything else means what its maker says. */
  writeCoil(address: number, value: number): void
  /** Function 4; absent: the module has no input registers. */
  registers?(first: number, count: number): number[]
  /** Called with each request, whatever it is. */
  requested?(): void
}

const mostBits = 2000
const mostRegisters = 125
export const on = 0xff00

export function relayUnit(map: RelayMap): ModbusUnit {
  const requires = (holds: boolean, exception: number) => {
    if (!holds) throw new ModbusRefusal(exception)
  }

  function bits(code: number, first: number, count: number): Buffer {
    requires(count >= 1 && count <= mostBits, modbusException.illegalValue)
    const answer = Buffer.alloc(2 + Math.ceil(count / 8))
    answer[0] = code
    answer[1] = answer.length - 2
    for (let i = 0; i < count; i++) {
      const set = code === 1 ? map.coil(first + i) : map.input(first + i)
      if (set) answer[2 + (i >> 3)] = (answer[2 + (i >> 3)] as number) | (1 << (i & 7))
    }
    return answer
  }

  function registers(first: number, count: number): Buffer {
    if (!map.registers) throw new ModbusRefusal(modbusException.illegalFunction)
    requires(count >= 1 && count <= mostRegisters, modbusException.illegalValue)
    const values = map.registers(first, count)
    const answer = Buffer.alloc(2 + 2 * count)
    answer[0] = 4
    answer[1] = 2 * count
    for (const [i, value] of values.entries()) answer.writeUInt16BE(value, 2 + 2 * i)
    return answer
  }

  function answer(request: Buffer): Buffer {
    map.requested?.()
    const [code, address, value] = [request.readUInt8(0), request.readUInt16BE(1), request.readUInt16BE(3)]
    switch (code) {
      case 1:
      case 2:
        return bits(code, address, value)
      case 4:
        return registers(address, value)
      case 5:
        map.writeCoil(address, value)
        return request.subarray(0, 5)
      case 15: {
        const states = Array.from({ length: value }, (_, i) => (request.readUInt8(6 + (i >> 3)) >> (i & 7)) & 1)
        // All or none.
        for (const i of states.keys()) map.coil(address + i)
        for (const [i, state] of states.entries()) map.writeCoil(address + i, state === 1 ? on : 0)
        return request.subarray(0, 5)
      }
      default:
        throw new ModbusRefusal(modbusException.illegalFunction)
    }
  }

  return { answer }
}

/** The channel, as printed on the module, of an address in a block of `count` that starts at `first`. */
export function channelAt(address: number, first: number, count: number): number {
  if (address < first || address >= first + count) throw new ModbusRefusal(modbusException.illegalAddress)
  return address - first + 1
}

/** What functions 5 may carry where the maker gives no other value a meaning. */
export function requireOnOrOff(value: number): void {
  if (value !== on && value !== 0) throw new ModbusRefusal(modbusException.illegalValue)
}
