/**
 * Moxa ioLogik E1214: 6 relays, 6 inputs. Coils 0-5 are the relays, coils 16-21 start a pulse that the module
 * ends by itself (ioLogik E1200 user's manual, p. 91); discrete inputs 0-5, their counters two words each from
 * input register 16 on.
 */
import type { Clock } from '../../contract/clock.ts'
import type { RelayModule } from '../world/gate-mechanics.ts'
import { ModbusRefusal, type ModbusUnit, modbusException } from './modbus-unit.ts'

const count = 6
const pulseCoil = 16
const counterRegister = 16
/** As the module is set up for a turnstile. */
const pulseMs = 200

export function e1214(module: RelayModule, clock: Clock): ModbusUnit {
  const now = () => clock.nowMs()

  function writeCoil(coil: number, on: boolean): void {
    const relay = relayOf(coil)
    module.setRelay(relay, on, now())
    if (coil >= pulseCoil && on) clock.after(pulseMs, () => module.setRelay(relay, false, now()))
  }

  function readBits(code: number, from: number, length: number): Buffer {
    const answer = Buffer.alloc(2 + Math.ceil(length / 8))
    answer[0] = code
    answer[1] = answer.length - 2
    for (let i = 0; i < length; i++) {
      const on = code === 1 ? module.relay(relayOf(from + i)) : module.input(inputOf(from + i), now())
      if (on) answer[2 + (i >> 3)] = (answer[2 + (i >> 3)] as number) | (1 << (i & 7))
    }
    return answer
  }

  function readCounters(from: number, length: number): Buffer {
    const words = Array.from({ length: count }, (_, i) => module.count(i + 1)).flatMap((n) => [n >>> 16, n & 0xffff])
    const first = from - counterRegister
    if (first < 0 || first + length > words.length) throw new ModbusRefusal(modbusException.illegalAddress)
    const answer = Buffer.alloc(2 + 2 * length)
    answer[0] = 4
    answer[1] = 2 * length
    for (let i = 0; i < length; i++) answer.writeUInt16BE(words[first + i] as number, 2 + 2 * i)
    return answer
  }

  function answer(request: Buffer): Buffer {
    module.requested(now())
    const [code, address, value] = [request.readUInt8(0), request.readUInt16BE(1), request.readUInt16BE(3)]
    if (code === 1 || code === 2) {
      if (value < 1 || value > count) throw new ModbusRefusal(modbusException.illegalValue)
      return readBits(code, address, value)
    }
    if (code === 4) {
      if (value < 1) throw new ModbusRefusal(modbusException.illegalValue)
      return readCounters(address, value)
    }
    if (code === 5) {
      if (value !== 0xff00 && value !== 0) throw new ModbusRefusal(modbusException.illegalValue)
      writeCoil(address, value === 0xff00)
      return request.subarray(0, 5)
    }
    if (code !== 15) throw new ModbusRefusal(modbusException.illegalFunction)
    const bits = Array.from({ length: value }, (_, i) => (request.readUInt8(6 + (i >> 3)) >> (i & 7)) & 1)
    for (const i of bits.keys()) relayOf(address + i)
    for (const [i, bit] of bits.entries()) writeCoil(address + i, bit === 1)
    return request.subarray(0, 5)
  }

  return { answer }
}

/** Channel number, as printed on the module, of a relay's coil or its pulse coil. */
function relayOf(coil: number): number {
  const relay = coil >= pulseCoil ? coil - pulseCoil : coil
  if (relay >= count) throw new ModbusRefusal(modbusException.illegalAddress)
  return relay + 1
}

function inputOf(address: number): number {
  if (address >= count) throw new ModbusRefusal(modbusException.illegalAddress)
  return address + 1
}
