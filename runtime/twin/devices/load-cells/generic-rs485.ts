/**
 * The low-cost RS-485 board that is sold under many names (docs of github.com/aje/scale-docs). Functions 3 and 16.
 * What it keeps in flash is locked at power-up and again by anything but 0x5AA5 in register 5, which reads 0.
 * All numbers are in digits of the chosen division, high word first.
 *
 * The docs describe one channel. Of boards with more they say only that 0xFF zeroes all channels at once; that the
 * zero order is a mask of channels, that the gross weights follow one another from register 80 on, and that the
 * status is of all channels together is inferred from that, and not proven on a board.
 */
import { ModbusRefusal, modbusException } from '../modbus-unit.ts'
import type { LoadCellSlave, SlaveFactory, SlaveOptions } from './load-cell.ts'
import { int32Of, type ReadableRegisters, registerUnit, type WritableRegisters, words32 } from './register-unit.ts'
import { type WeighingChannel, weighingChannels } from './weighing-channel.ts'

const unlockWord = 0x5aa5
const tareNow = 0x7fffffff
const bit = {
  negative: 1 << 3,
  zeroedAtPowerOn: 1 << 4,
  unstable: 1 << 5,
  adcOverflow: 1 << 6,
  zero: 1 << 7,
  overload: 1 << 9,
}
/** Where the converter ends when no cell pulls its inputs together. */
const adcEnd = 0x7fffff
const adcPerGram = 400
const firmware = 0xfa
const zeroRangePercent = 10
const nothing = [0, 0]

type ChannelCount = 1 | 2 | 4 | 8

export const genericRs485 =
  (channelCount: ChannelCount): SlaveFactory =>
  (options) =>
    board(channelCount, options)

function board(channelCount: ChannelCount, { cell, setup = {} }: SlaveOptions): LoadCellSlave {
  const channelOf = weighingChannels(cell)
  const numbers = Array.from({ length: channelCount }, (_, i) => i + 1)
  const first = channelOf(1)
  const { decimals = 1 } = setup
  const digits = (grams: number) => words32(grams * 10 ** decimals)
  const gramsOf = (words: readonly number[]) => int32Of(words) / 10 ** decimals
  /** 0x09 is 0.1; three codes on, it is ten times as much. */
  const divisionCode = 3 * (4 - decimals)
  let delayMs = 0
  let locked = true
  let flashWrites = 0

  const whenConnected = <T>(
    channel: WeighingChannel | undefined,
    given: (one: WeighingChannel) => T,
    otherwise: T,
  ): T => (channel?.connected ? given(channel) : otherwise)
  const gross = (channel: WeighingChannel | undefined) =>
    whenConnected(channel, (one) => digits(one.read().grossG), nothing)

  const statusOf = (channel: WeighingChannel | undefined) =>
    whenConnected(
      channel,
      (one) => {
        const { grossG, over } = one.read()
        let bits: number = bit.zeroedAtPowerOn
        if (grossG < 0) bits |= bit.negative
        if (one.moving) bits |= bit.unstable
        if (Math.round(grossG * 10 ** decimals) === 0) bits |= bit.zero
        return over ? bits | bit.overload : bits
      },
      bit.adcOverflow,
    )
  const status = () => numbers.reduce((bits, number) => bits | statusOf(channelOf(number)), decimals)

  /** Changes something that is kept in flash. */
  function keep(change: () => void): void {
    if (locked) throw new ModbusRefusal(modbusException.deviceFailure)
    change()
    flashWrites++
  }

  function order(carryOut: (channel: WeighingChannel) => void): void {
    if (!first?.connected) throw new ModbusRefusal(modbusException.deviceFailure)
    carryOut(first)
  }

  /** @param mask a bit for each channel; ignored where more than the zero range lies on one */
  function zero(mask: number): void {
    if (mask < 1 || mask > 0xff) throw new ModbusRefusal(modbusException.illegalValue)
    for (const number of numbers) {
      const channel = mask & (1 << (number - 1)) ? channelOf(number) : undefined
      if (!channel?.connected) continue
      if (Math.abs(channel.read().grossG) <= (zeroRangePercent / 100) * channel.ratingG) channel.zero()
    }
  }

  /** What only the board with one channel has at these registers. */
  const single: { readable: ReadableRegisters[]; writable: WritableRegisters[] } = {
    readable: [
      { address: 82, count: 2, read: () => whenConnected(first, (one) => digits(one.read().netG), nothing) },
      { address: 84, count: 2, read: () => whenConnected(first, (one) => digits(one.tareG), nothing) },
      { address: 86, count: 2, read: () => digits(first?.ratingG ?? 0) },
      { address: 88, count: 1, read: () => [divisionCode] },
      { address: 93, count: 1, read: () => [zeroRangePercent] },
    ],
    writable: [
      { address: 38, count: 2, write: () => order((one) => keep(() => one.calibrateZero())) },
      {
        address: 42,
        count: 2,
        write: (words) =>
          order((one) =>
            keep(() => {
              if (!one.calibrateSpan(gramsOf(words))) throw new ModbusRefusal(modbusException.illegalValue)
            }),
          ),
      },
      {
        address: 84,
        count: 2,
        write: (words) =>
          order((one) => {
            if (int32Of(words) === tareNow) one.tare()
            else one.tareG = gramsOf(words)
          }),
      },
    ],
  }

  return {
    get flashWrites() {
      return flashWrites
    },
    get delayMs() {
      return delayMs
    },
    answer: registerUnit({
      functions: [3, 16],
      largestRequest: 32,
      readable: [
        // Address, 115200 baud, 8N1, Modbus RTU, delay, lock, firmware, factory reset, status.
        { address: 0, count: 9, read: () => [1, 7, 5, 1, delayMs, 0, firmware, 0, status()] },
        { address: 30, count: 2, read: () => whenConnected(first, (one) => digits(one.loadG), nothing) },
        {
          address: 44,
          count: 2,
          read: () => words32(whenConnected(first, (one) => one.uncalibratedG * adcPerGram, adcEnd)),
        },
        ...numbers.map((number) => ({ address: 78 + 2 * number, count: 2, read: () => gross(channelOf(number)) })),
        ...(channelCount === 1 ? single.readable : []),
        // Zero tracking is off.
        { address: 96, count: 2, read: () => [0, 0] },
      ],
      writable: [
        {
          address: 4,
          count: 1,
          write([ms = 0]) {
            keep(() => {
              delayMs = ms
            })
          },
        },
        {
          address: 5,
          count: 1,
          write([word]) {
            locked = word !== unlockWord
          },
        },
        ...(channelCount === 1 ? single.writable : []),
        { address: 94, count: 1, write: ([mask = 0]) => zero(mask) },
      ],
    }),
  }
}
