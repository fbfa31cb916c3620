/**
 * Pavone DAT 400 (and 500, 700, 1400; sold under other names too). Manuals of DAT 400, p. 46-47, and DAT 700, p. 37:
 * register n is address n - 1. Over TCP it answers to the unit id 255 alone. A calibration weight and its command
 * are written together, with one function 16 over data and command register.
 */
import { ModbusRefusal, modbusException } from '../modbus-unit.ts'
import type { LoadCellSlave, SlaveOptions } from './load-cell.ts'
import { int32Of, registerUnit, words32 } from './register-unit.ts'
import { weighingChannels } from './weighing-channel.ts'

const command = { none: 0, zero: 1, tare: 2, resetPeak: 3, calibrateZero: 0x10, calibrateSpan: 0x11, save: 0x20 }
const bit = {
  zeroCentre: 1 << 0,
  stable: 1 << 1,
  zeroBand: 1 << 2,
  tareEntered: 1 << 3,
  underload: 1 << 4,
  overload: 1 << 5,
  offRange: 1 << 6,
  toBeSaved: 1 << 9,
}
const zeroBandDivisions = 10

export function pavoneDat400({ cell, setup = {} }: SlaveOptions): LoadCellSlave {
  const channel = weighingChannels(cell)(1)
  const { decimals = 1, wordOrder = 'high-first' } = setup
  const digits = (grams: number) => words32(grams * 10 ** decimals, wordOrder)
  let dataG = 0
  let filter = 5
  let stability = 2
  let toBeSaved = false
  let flashWrites = 0

  function status(): number {
    const saving = toBeSaved ? bit.toBeSaved : 0
    if (!channel?.connected) return bit.offRange | saving
    const { grossG, over, under } = channel.read()
    const divisions = Math.abs(grossG) * 10 ** decimals
    let bits = saving
    if (divisions < 0.25) bits |= bit.zeroCentre
    if (divisions <= zeroBandDivisions) bits |= bit.zeroBand
    if (!channel.moving) bits |= bit.stable
    if (channel.tareG !== 0) bits |= bit.tareEntered
    if (under) bits |= bit.underload
    if (over) bits |= bit.overload
    return bits
  }

  function weights(): number[] {
    if (!channel?.connected) return [0, 0, 0, 0, 0, 0]
    const { grossG, netG } = channel.read()
    return [...digits(grossG), ...digits(netG), ...digits(channel.peakG)]
  }

  function carryOut(code: number): void {
    if (code === command.none) return
    if (code === command.save) {
      toBeSaved = false
      flashWrites++
      return
    }
    if (!channel?.connected) throw new ModbusRefusal(modbusException.deviceFailure)
    if (code === command.zero) channel.zero()
    else if (code === command.tare) channel.tare()
    else if (code === command.resetPeak) channel.peakG = 0
    else if (code === command.calibrateZero) {
      channel.calibrateZero()
      flashWrites++
    } else if (code === command.calibrateSpan) {
      if (!channel.calibrateSpan(dataG)) throw new ModbusRefusal(modbusException.deviceFailure)
      flashWrites++
    } else throw new ModbusRefusal(modbusException.illegalValue)
  }

  return {
    tcpUnitId: 255,
    get flashWrites() {
      return flashWrites
    },
    answer: registerUnit({
      functions: [3, 6, 16],
      largestRequest: 125,
      readable: [
        { address: 0, count: 1, read: () => [status()] },
        { address: 1, count: 6, read: weights },
        // Digital inputs and outputs: nothing is wired to them.
        { address: 7, count: 2, read: () => [0, 0] },
        { address: 1100, count: 2, read: () => [filter, stability] },
      ],
      writable: [
        {
          address: 500,
          count: 2,
          write(words) {
            dataG = int32Of(words, wordOrder) / 10 ** decimals
          },
        },
        { address: 502, count: 1, write: ([code = 0]) => carryOut(code) },
        {
          address: 1100,
          count: 1,
          write([value = 0]) {
            filter = value
            toBeSaved = true
          },
        },
        {
          address: 1101,
          count: 1,
          write([value = 0]) {
            stability = value
            toBeSaved = true
          },
        },
      ],
    }),
  }
}
