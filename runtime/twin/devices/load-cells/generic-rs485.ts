/**
 * The low-cost RS-485 board that is sold under many names (docs of github.com/aje/scale-docs). Functions 3 and 16.
 * What it keeps in flash is locked at power-up and again by anything but 0x5AA5 in register 5, which reads 0.
 * All numbers are in digits of the chosen division, high word first.
 */
import { ModbusRefusal, modbusException } from '../modbus-unit.ts'
import type { LoadCellSlave, SlaveOptions } from './load-cell.ts'
import { int32Of, registerUnit, words32 } from './register-unit.ts'
import { type WeighingChannel, weighingChannels } from './weighing-channel.ts'

const unlockWord = 0x5aa5
const tareNow = 0x7fffffff
const zeroOrders = [1, 0xff]
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

export function genericRs485({ cell, setup = {} }: SlaveOptions): LoadCellSlave {
  const channel = weighingChannels(cell)(1)
  const { decimals = 1 } = setup
  const digits = (grams: number) => words32(grams * 10 ** decimals)
  const gramsOf = (words: readonly number[]) => int32Of(words) / 10 ** decimals
  /** 0x09 is 0.1; three codes on, it is ten times as much. */
  const divisionCode = 3 * (4 - decimals)
  let delayMs = 0
  let locked = true
  let flashWrites = 0

  const whenConnected = <T>(given: (channel: WeighingChannel) => T, otherwise: T): T =>
    channel?.connected ? given(channel) : otherwise
  const nothing = [0, 0]

  const status = () =>
    whenConnected((one) => {
      const { grossG, over } = one.read()
      let bits = decimals | bit.zeroedAtPowerOn
      if (grossG < 0) bits |= bit.negative
      if (one.moving) bits |= bit.unstable
      if (Math.round(grossG * 10 ** decimals) === 0) bits |= bit.zero
      return over ? bits | bit.overload : bits
    }, decimals | bit.adcOverflow)

  /** Changes something that is kept in flash. */
  function keep(change: () => void): void {
    if (locked) throw new ModbusRefusal(modbusException.deviceFailure)
    change()
    flashWrites++
  }

  function order(carryOut: (channel: WeighingChannel) => void): void {
    if (!channel?.connected) throw new ModbusRefusal(modbusException.deviceFailure)
    carryOut(channel)
  }

  /** Ignored where more than the zero range lies on it. */
  function zero(one: WeighingChannel): void {
    if (Math.abs(one.read().grossG) <= (zeroRangePercent / 100) * one.ratingG) one.zero()
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
        { address: 30, count: 2, read: () => whenConnected((one) => digits(one.loadG), nothing) },
        {
          address: 44,
          count: 2,
          read: () => words32(whenConnected((one) => one.uncalibratedG * adcPerGram, adcEnd)),
        },
        { address: 80, count: 2, read: () => whenConnected((one) => digits(one.read().grossG), nothing) },
        { address: 82, count: 2, read: () => whenConnected((one) => digits(one.read().netG), nothing) },
        { address: 84, count: 2, read: () => whenConnected((one) => digits(one.tareG), nothing) },
        { address: 86, count: 2, read: () => digits(channel?.ratingG ?? 0) },
        { address: 88, count: 1, read: () => [divisionCode] },
        { address: 93, count: 1, read: () => [zeroRangePercent] },
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
        {
          address: 94,
          count: 1,
          write([value = 0]) {
            if (!zeroOrders.includes(value)) throw new ModbusRefusal(modbusException.illegalValue)
            order(zero)
          },
        },
      ],
    }),
  }
}
