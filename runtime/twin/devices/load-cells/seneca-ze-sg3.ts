/**
 * Seneca ZE-SG3, over Modbus TCP or RTU: weights as single-precision numbers, high word first unless set otherwise.
 * Register map after the maker's manuals of Z-SG and Z-SG2 and a public driver of ZE-SG3. Functions 3, 6 and 16.
 * Settings and one of the tares lie in a flash that survives 10 000 writes.
 */
import { ModbusRefusal, modbusException } from '../modbus-unit.ts'
import type { LoadCellSlave, SlaveOptions, WordOrder } from './load-cell.ts'
import { floatOf, registerUnit, type WritableRegisters, words32, wordsOfFloat } from './register-unit.ts'
import { weighingChannels } from './weighing-channel.ts'

const machineId = 0x5a
const unitGrams = 1
const adc60Hz = 4
const command = {
  tareToRam: 49594,
  tareToFlash: 49914,
  acquireSampleWeight: 50700,
  tareFromRegister: 50773,
  resetMaximum: 49151,
  resetMinimum: 45056,
  reboot: 43948,
}
const bit = { overFullScale: 1 << 1, netNegative: 1 << 2, stable: 1 << 4 }
const adcPerGram = 100
/** An open input floats beyond the end of the scale (chosen): the module has no bit for a broken cell. */
const openInputShare = 1.5

export function senecaZeSg3({ cell, setup = {} }: SlaveOptions): LoadCellSlave {
  const channel = weighingChannels(cell)(1)
  const order: WordOrder = setup.wordOrder ?? 'high-first'
  const float = (value: number) => wordsOfFloat(value, order)
  const whole = (value: number) => words32(value, order)
  const settings = { sensitivityMvV: 2, fullScaleG: channel?.ratingG ?? 0, standardG: 1000, deltaG: 3 }
  let stableTime = 4
  let adcSpeed = adc60Hz
  let tareRegisterG = 0
  let maximumG = Number.NEGATIVE_INFINITY
  let minimumG = Number.POSITIVE_INFINITY
  let flashWrites = 0

  function weights() {
    const broken = !channel?.connected
    const { grossG, netG, over } = broken
      ? { grossG: openInputShare * settings.fullScaleG, netG: openInputShare * settings.fullScaleG, over: true }
      : channel.read()
    if (!broken) {
      maximumG = Math.max(maximumG, netG)
      minimumG = Math.min(minimumG, netG)
    }
    return { grossG, netG, over, tareG: channel?.tareG ?? 0, moving: broken || channel.moving }
  }

  function status(): number {
    const { netG, over, moving } = weights()
    return (over ? bit.overFullScale : 0) | (netG < 0 ? bit.netNegative : 0) | (moving ? 0 : bit.stable)
  }

  function carryOut(code: number): void {
    if (code === command.resetMaximum) maximumG = Number.NEGATIVE_INFINITY
    else if (code === command.resetMinimum) minimumG = Number.POSITIVE_INFINITY
    else if (code === command.reboot) {
      if (channel) channel.tareG = 0
    } else if (!channel?.connected) throw new ModbusRefusal(modbusException.deviceFailure)
    else if (code === command.tareToRam) channel.tare()
    else if (code === command.tareFromRegister) channel.tareG = tareRegisterG
    else if (code === command.tareToFlash) {
      channel.calibrateZero()
      flashWrites++
    } else if (code === command.acquireSampleWeight) {
      if (!channel.calibrateSpan(settings.standardG)) throw new ModbusRefusal(modbusException.deviceFailure)
      flashWrites++
    } else throw new ModbusRefusal(modbusException.illegalValue)
  }

  const setting = (address: number, name: keyof typeof settings): WritableRegisters => ({
    address,
    count: 2,
    write(words) {
      settings[name] = floatOf(words, order)
      flashWrites++
    },
  })
  const finite = (value: number) => (Number.isFinite(value) ? value : 0)

  return {
    get flashWrites() {
      return flashWrites
    },
    answer: registerUnit({
      functions: [3, 6, 16],
      largestRequest: 123,
      readable: [
        { address: 0, count: 3, read: () => [machineId, 1, unitGrams] },
        { address: 13, count: 2, read: () => float(settings.sensitivityMvV) },
        { address: 15, count: 2, read: () => float(settings.fullScaleG) },
        { address: 17, count: 2, read: () => float(settings.standardG) },
        { address: 29, count: 2, read: () => float(settings.deltaG) },
        { address: 31, count: 1, read: () => [stableTime] },
        { address: 33, count: 1, read: () => [adcSpeed] },
        {
          address: 63,
          count: 12,
          read() {
            const { netG, grossG, tareG } = weights()
            return [float, whole].flatMap((words) => [netG, grossG, tareG].flatMap(words))
          },
        },
        { address: 75, count: 2, read: () => float(tareRegisterG) },
        // Status, what lies between, and the command, which reads 0.
        { address: 77, count: 4, read: () => [status(), 0, 0, 0] },
        { address: 81, count: 4, read: () => [...float(finite(maximumG)), ...float(finite(minimumG))] },
        { address: 91, count: 2, read: () => whole((channel?.uncalibratedG ?? 0) * adcPerGram) },
      ],
      writable: [
        setting(13, 'sensitivityMvV'),
        setting(15, 'fullScaleG'),
        setting(17, 'standardG'),
        setting(29, 'deltaG'),
        {
          address: 31,
          count: 1,
          write([value = 0]) {
            stableTime = value
            flashWrites++
          },
        },
        {
          address: 33,
          count: 1,
          write([value = 0]) {
            adcSpeed = value
            flashWrites++
          },
        },
        {
          address: 75,
          count: 2,
          write(words) {
            tareRegisterG = floatOf(words, order)
          },
        },
        { address: 79, count: 1, write: ([code = 0]) => carryOut(code) },
      ],
    }),
  }
}
