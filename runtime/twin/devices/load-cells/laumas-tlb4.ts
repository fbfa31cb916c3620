/**
 * Laumas TLB4: four cells under one plate, reported as their sum. Weights are magnitudes, their signs bits of the
 * status. Protocol manual 1.03: registers 40001-40074, status bits, at most 32 registers a request. Function 6 is
 * refused, as its users found; function 16 takes its place.
 */
import type { LoadCellSlave, SlaveOptions } from './load-cell.ts'
import { int32Of, registerUnit, words32 } from './register-unit.ts'
import { weighingChannels } from './weighing-channel.ts'

const command = {
  tare: 7,
  zero: 8,
  gross: 9,
  fourChannels: 25,
  saveSetPoints: 99,
  calibrateZero: 100,
  calibrateSpan: 101,
  presetTare: 130,
}
const bit = {
  cellError: 1 << 0,
  overMaximum: 1 << 2,
  over110Percent: 1 << 3,
  grossNegative: 1 << 7,
  netNegative: 1 << 8,
  peakNegative: 1 << 9,
  netShown: 1 << 10,
  stable: 1 << 11,
  centreOfZero: 1 << 12,
}
const unitGrams = 1
/** Code of the division 1; three codes on, it is a tenth. */
const wholeDivision = 6
/** The semi-automatic zero takes away a small drift only: this share of the rating (chosen). */
const zeroShare = 0.03

export function laumasTlb4({ cell, setup = {} }: SlaveOptions): LoadCellSlave {
  const { wordOrder = 'high-first', decimals = 1 } = setup
  const scale = 10 ** decimals
  const channel = weighingChannels(cell)(1)
  const words = (value: number) => words32(Math.abs(value) * scale, wordOrder)
  let sampleG = 0
  let presetTareG = 0
  let fourChannels = false
  let flashWrites = 0

  function weights(): number[] {
    if (!channel?.connected) return [bit.cellError, 0, 0, 0, 0, 0, 0]
    const { grossG, netG, over, under } = channel.read()
    let bits = 0
    if (over || under) bits |= bit.overMaximum
    if (over) bits |= bit.over110Percent
    if (grossG < 0) bits |= bit.grossNegative
    if (netG < 0) bits |= bit.netNegative
    if (channel.tareG !== 0) bits |= bit.netShown
    if (!channel.moving) bits |= bit.stable
    if (Math.abs(grossG) * scale < 0.25) bits |= bit.centreOfZero
    return [bits, ...words(grossG), ...words(netG), ...words(channel.peakG)]
  }

  /** The cells apart, in divisions without any calibration; each carries its quarter. */
  function cellsApart(): number[] {
    const quarter = fourChannels && channel?.connected ? (channel.uncalibratedG * scale) / 4 : 0
    return Array.from({ length: 4 }, () => words32(quarter, wordOrder)).flat()
  }

  /** What cannot be done is ignored without an exception. */
  function carryOut(code: number): void {
    if (code === command.fourChannels) fourChannels = true
    if (code === command.saveSetPoints) flashWrites++
    if (!channel?.connected) return
    const { grossG } = channel.read()
    if (code === command.tare && !channel.moving && Math.round(grossG * scale) !== 0) channel.tare()
    if (code === command.zero && Math.abs(grossG) <= zeroShare * channel.ratingG) channel.zero()
    if (code === command.gross) channel.tareG = 0
    if (code === command.presetTare) channel.tareG = presetTareG
    if (code === command.calibrateZero) {
      channel.calibrateZero()
      flashWrites++
    }
    if (code === command.calibrateSpan && !channel.moving && channel.calibrateSpan(sampleG)) {
      // Read back as 0: this is how it says that it took the weight.
      sampleG = 0
      flashWrites++
    }
  }

  return {
    get flashWrites() {
      return flashWrites
    },
    answer: registerUnit({
      functions: [3, 16],
      largestRequest: 32,
      readable: [
        { address: 0, count: 6, read: () => [103, 36, 2020, 1, 1, 0] },
        { address: 6, count: 7, read: weights },
        { address: 13, count: 1, read: () => [(unitGrams << 8) | (wholeDivision + 3 * decimals)] },
        // Inputs and outputs at 16 and 17, set-points from 18 on: nothing is wired to them.
        { address: 14, count: 10, read: () => new Array<number>(10).fill(0) },
        { address: 50, count: 8, read: cellsApart },
        { address: 64, count: 2, read: () => words(sampleG) },
        { address: 72, count: 2, read: () => words(presetTareG) },
      ],
      writable: [
        { address: 5, count: 1, write: ([code = 0]) => carryOut(code) },
        {
          address: 64,
          count: 2,
          write(given) {
            sampleG = int32Of(given, wordOrder) / scale
          },
        },
        {
          address: 72,
          count: 2,
          write(given) {
            presetTareG = int32Of(given, wordOrder) / scale
          },
        },
      ],
    }),
  }
}
