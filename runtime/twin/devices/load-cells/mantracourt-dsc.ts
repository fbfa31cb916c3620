/**
 * Mantracourt DSC, a digitiser for one cell. Manual of the 2nd generation, p. 52: parameter n is register 2n + 1, so
 * at address 2n; each is a single-precision number, low word first, and a request is for one of them, never for more
 * or for half. FLAG is number 14. Unconfirmed, from memory: that SYS is number 9, and the bits of FLAG; they stay
 * raised until FLAG is written.
 */
import { ModbusRefusal, modbusException } from '../modbus-unit.ts'
import type { LoadCellSlave, SlaveOptions } from './load-cell.ts'
import { floatOf, registerUnit, wordsOfFloat } from './register-unit.ts'
import { weighingChannels } from './weighing-channel.ts'

const parameter = { sys: 9, flag: 14 }
const addressOf = (number: number) => 2 * number
const bit = { systemUnder: 1 << 8, systemOver: 1 << 9, cellLost: 1 << 11, restarted: 1 << 15 }

export function mantracourtDsc({ cell, setup = {} }: SlaveOptions): LoadCellSlave {
  const channel = weighingChannels(cell)(1)
  const order = setup.wordOrder ?? 'low-first'
  let flags = bit.restarted

  function measure(): number {
    if (!channel?.connected) {
      flags |= bit.cellLost
      return 0
    }
    const { grossG, over, under } = channel.read()
    flags |= (over ? bit.systemOver : 0) | (under ? bit.systemUnder : 0)
    return grossG
  }

  const answer = registerUnit({
    functions: [3, 16],
    largestRequest: 2,
    readable: [
      { address: addressOf(parameter.sys), count: 2, read: () => wordsOfFloat(measure(), order) },
      {
        address: addressOf(parameter.flag),
        count: 2,
        read() {
          measure()
          return wordsOfFloat(flags, order)
        },
      },
    ],
    writable: [
      {
        address: addressOf(parameter.flag),
        count: 2,
        write(words) {
          flags = floatOf(words, order)
        },
      },
    ],
  })
  return {
    flashWrites: 0,
    answer(request) {
      if (request.readUInt16BE(3) !== 2) throw new ModbusRefusal(modbusException.illegalValue)
      return answer(request)
    },
  }
}
