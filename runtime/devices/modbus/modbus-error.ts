import { AisleError } from '../../contract/errors.ts'

/**
 * Why a Modbus request has no result. `timeout`: the unit did not answer in time; `exception`: it (or the
 * gateway before it) refused; `closed`: there is no connection; `frame`: what came back was not an answer.
 */
export type ModbusFailure = 'timeout' | 'exception' | 'closed' | 'frame'

export class ModbusError extends AisleError {
  readonly failure: ModbusFailure
  /** The Modbus exception code (1 to 11) of an `exception`. */
  readonly exceptionCode: number | undefined

  constructor(
    failure: ModbusFailure,
    message: string,
    options: { where: string; exceptionCode?: number; cause?: unknown },
  ) {
    super(`modbus-${failure}`, message, { where: options.where, action: actions[failure], cause: options.cause })
    this.name = 'ModbusError'
    this.failure = failure
    this.exceptionCode = options.exceptionCode
  }
}

const actions: Record<ModbusFailure, string> = {
  timeout: 'Check its power, its wiring and its address.',
  exception: 'Check that the device is the model that the profile says.',
  closed: 'Check the address in the profile and the network; it is tried again.',
  frame: 'Check the settings of the line, and that nobody else talks on it.',
}

/** The codes of the Modbus Application Protocol 1.1b3, chapter 7. */
export const exceptionTexts: Record<number, string> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'device failure',
  5: 'accepted, in work',
  6: 'device busy',
  8: 'memory parity error',
  10: 'the gateway has no path to the unit',
  11: 'the unit did not answer the gateway',
}
