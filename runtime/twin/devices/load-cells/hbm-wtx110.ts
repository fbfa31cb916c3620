/**
 * HBM/HBK WTX110 over Modbus TCP, unit id 0 alone. Reading and writing are two maps at the same addresses. A command
 * is a bit of the control word that rises; the transmitter raises a handshake bit when it is done, wants the bit
 * back at 0, and then lowers the handshake. A calibration takes the signal that was written for it, unless that is
 * 0x7FFFFFFF: then it takes the signal that it measures. After the maker's client (github.com/leistner/Weighing-API).
 */
import type { LoadCellSlave, SlaveOptions } from './load-cell.ts'
import { int32Of, registerUnit, words32 } from './register-unit.ts'
import { type WeighingChannel, weighingChannels } from './weighing-channel.ts'

const control = {
  tare: 1 << 0,
  grossNet: 1 << 1,
  zero: 1 << 6,
  adjustZero: 1 << 7,
  adjustNominal: 1 << 8,
  manualTare: 1 << 12,
}
const bit = { generalError: 1 << 0, scaleAlarm: 1 << 1, moving: 1 << 4, manualTare: 1 << 6, net: 1 << 7 }
const limitShift = 2
const limit = { underload: 1, overload: 2 }
const centreOfZero = 1 << 11
const standardMode = 0
const decimalsShift = 4
const unitShift = 7
const unitGrams = 1
const handshake = 1 << 14
const success = 1 << 15
const readRegisters = 38
const measureNow = 0x7fffffff
/** Digits of a signal of 2 mV/V, which is what a usual cell gives at its rating. */
const ratedSignal = 1_000_000
/** How long a command takes (chosen: the maker's client asks every 50 ms). */
const commandMs = 30

export function hbmWtx110({ cell, clock, setup = {} }: SlaveOptions): LoadCellSlave {
  const channel = weighingChannels(cell)(1)
  const { decimals = 1 } = setup
  const digits = (grams: number) => words32(grams * 10 ** decimals)
  const gramsOf = (words: readonly number[]) => int32Of(words) / 10 ** decimals
  let controlWord = 0
  let netShown = false
  let manualTareG = 0
  let calibrationG = 0
  let zeroSignal = 0
  let nominalSignal = ratedSignal
  let done = 0
  let flashWrites = 0

  function image(): number[] {
    const words = new Array<number>(readRegisters).fill(0)
    words[5] = standardMode | (decimals << decimalsShift) | (unitGrams << unitShift) | done
    if (!channel?.connected) {
      words[4] = bit.generalError
      return words
    }
    const { grossG, netG, over, under } = channel.read()
    words.splice(0, 4, ...digits(netG), ...digits(grossG))
    const state = over ? limit.overload : under ? limit.underload : 0
    let bits = state << limitShift
    if (over || under) bits |= bit.scaleAlarm
    if (channel.moving) bits |= bit.moving
    if (netShown) bits |= bit.net
    if (manualTareG !== 0 && channel.tareG === manualTareG) bits |= bit.manualTare
    if (Math.abs(grossG) * 10 ** decimals < 0.25) bits |= centreOfZero
    words[4] = bits
    return words
  }

  /** What a cell with this signal carries; undefined: whatever it carries now. */
  const signalG = (signal: number, { ratingG }: WeighingChannel) =>
    signal === measureNow ? undefined : (signal / ratedSignal) * ratingG

  function carryOut(raised: number, one: WeighingChannel): boolean {
    if (raised & control.grossNet) netShown = !netShown
    if (raised & control.tare) {
      one.tare()
      netShown = true
    }
    if (raised & control.manualTare) {
      one.tareG = manualTareG
      netShown = true
    }
    if (raised & control.zero) one.zero()
    if (raised & control.adjustZero) {
      one.calibrateZero(signalG(zeroSignal, one))
      flashWrites++
    }
    if (raised & control.adjustNominal) {
      if (!one.calibrateSpan(calibrationG, signalG(nominalSignal, one))) return false
      flashWrites++
    }
    return true
  }

  function setControl(word: number): void {
    const raised = word & ~controlWord
    const lowered = controlWord !== 0 && word === 0
    controlWord = word
    if (raised !== 0) {
      clock.after(commandMs, () => {
        done = handshake | (channel?.connected && carryOut(raised, channel) ? success : 0)
      })
    } else if (lowered) {
      clock.after(commandMs, () => {
        done &= ~handshake
      })
    }
  }

  return {
    tcpUnitId: 0,
    get flashWrites() {
      return flashWrites
    },
    answer: registerUnit({
      functions: [3, 6, 16],
      largestRequest: 125,
      readable: [{ address: 0, count: readRegisters, read: image }],
      writable: [
        { address: 0, count: 1, write: ([word = 0]) => setControl(word) },
        twoWords(2, (words) => {
          manualTareG = gramsOf(words)
        }),
        twoWords(46, (words) => {
          calibrationG = gramsOf(words)
        }),
        // Zero signal and nominal signal; the maker's own client writes 0x7FFFFFFF, "as measured now", before adjusting.
        twoWords(48, (words) => {
          zeroSignal = int32Of(words)
        }),
        twoWords(50, (words) => {
          nominalSignal = int32Of(words)
        }),
      ],
    }),
  }
}

const twoWords = (address: number, write: (words: number[]) => void) => ({ address, count: 2, write })
