/** What lies between a load cell and the wire: the physics on one side, a transmitter's registers on the other. */
import type { Clock } from '../../../contract/clock.ts'
import type { ModbusUnit } from '../modbus-unit.ts'

/** A load cell as its transmitter feels it. */
export interface LoadCellPhysics {
  ratingG: number
  connected(): boolean
  /** True load with the cell's own zero offset and span error in it: what a transmitter sees before any calibration. */
  grams(): number
  /** In motion, as the transmitter's own detector judges. */
  moving(): boolean
}

export type WordOrder = 'high-first' | 'low-first'

/** How the transmitter itself was set, where it can be set. */
export interface SlaveSetup {
  wordOrder?: WordOrder
  /** Decimals of a gram. */
  decimals?: number
  /** Pause before each answer, where the transmitter has one to choose; none when absent. */
  answerDelayMs?: number
}

export interface SlaveOptions {
  /** The load cell at a channel, counted from 1; undefined: nothing is plugged in there. */
  cell(channel: number): LoadCellPhysics | undefined
  clock: Clock
  setup?: SlaveSetup
}

/** A transmitter on the line. */
export interface LoadCellSlave extends ModbusUnit {
  /** Writes to its flash or EEPROM since it was made: what wears it out. */
  readonly flashWrites: number
}

export type SlaveFactory = (options: SlaveOptions) => LoadCellSlave
