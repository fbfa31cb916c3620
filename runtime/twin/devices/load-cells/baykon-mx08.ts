/**
 * BAYKON MX08: up to 8 A/D modules behind one Modbus slave. Register map after its technical manual, p. 59-62
 * (command set 1): a block of 7 registers a channel from 41005 (address 1004): status, indicated weight,
 * gross, tare (two registers each, high word first unless set otherwise); zero and tare commands from 41062.
 * Functions 3 and 16 only. It answers at once or after 20 ms, as it was set. Status bits after the PT113 manual, p. 40.
 */
import { ModbusRefusal, modbusException } from '../modbus-unit.ts'
import type { LoadCellSlave, SlaveOptions } from './load-cell.ts'
import { registerUnit, words32 } from './register-unit.ts'
import { type WeighingChannel, weighingChannels } from './weighing-channel.ts'

const firstAddress = 1004
const registersPerChannel = 7
const channels = 8
const firstCommand = 1061
const status = { dataOk: 1 << 1, unstable: 1 << 2, net: 1 << 3 }
const errorShift = 13
const error = { adcOut: 1, overRange: 2, underRange: 3, noInstrument: 7 }

export function baykonMx08({ cell, setup = {} }: SlaveOptions): LoadCellSlave {
  const channelOf = weighingChannels(cell)
  const { wordOrder = 'high-first', decimals = 1, answerDelayMs = 0 } = setup
  const words = (grams: number) => words32(grams * 10 ** decimals, wordOrder)
  const broken = (code: number) => [code << errorShift, 0, 0, 0, 0, 0, 0]

  function block(channel: WeighingChannel | undefined): number[] {
    if (!channel) return broken(error.noInstrument)
    if (!channel.connected) return broken(error.adcOut)
    const { grossG, netG, over, under } = channel.read()
    let bits: number = status.dataOk
    if (over) bits = error.overRange << errorShift
    if (under) bits = error.underRange << errorShift
    if (channel.moving) bits |= status.unstable
    if (channel.tareG !== 0) bits |= status.net
    return [bits, ...words(netG), ...words(grossG), ...words(channel.tareG)]
  }

  function command(channel: WeighingChannel | undefined, value: number): void {
    if (!channel?.connected) throw new ModbusRefusal(modbusException.deviceFailure)
    if (value === 1) channel.zero()
    else if (value === 2) channel.tare()
    else throw new ModbusRefusal(modbusException.illegalValue)
  }

  const numbers = Array.from({ length: channels }, (_, i) => i + 1)
  return {
    flashWrites: 0,
    delayMs: answerDelayMs,
    answer: registerUnit({
      functions: [3, 16],
      largestRequest: 125,
      readable: numbers.map((number) => ({
        address: firstAddress + (number - 1) * registersPerChannel,
        count: registersPerChannel,
        read: () => block(channelOf(number)),
      })),
      writable: numbers.map((number) => ({
        address: firstCommand + number - 1,
        count: 1,
        write: ([value = 0]) => command(channelOf(number), value),
      })),
    }),
  }
}
