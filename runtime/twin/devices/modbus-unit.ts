/** One Modbus unit, whatever carries its frames. Modbus Application Protocol 1.1b3, clause 7. */

/** Exceptions of the application protocol. */
export const modbusException = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
  targetSilent: 11,
} as const

/** Thrown by a unit to refuse a request. */
export class ModbusRefusal extends Error {
  readonly exception: number

  constructor(exception: number) {
    super(`Modbus exception ${exception}`)
    this.exception = exception
  }
}

export interface ModbusUnit {
  /** Takes a request without unit id and checksum and answers alike. @throws ModbusRefusal */
  answer(request: Buffer): Buffer
  /** How long it thinks before it answers; 0 when absent. */
  readonly delayMs?: number
  /** Over TCP it answers to this unit id alone. */
  readonly tcpUnitId?: number
}

/** What stands on the wire for a request: the unit's answer, or its exception. */
export function answerOf(unit: ModbusUnit, request: Buffer): Buffer {
  try {
    return unit.answer(request)
  } catch (error) {
    if (error instanceof ModbusRefusal) return exceptionTo(request, error.exception)
    // A request that is shorter than its function needs.
    if (error instanceof RangeError) return exceptionTo(request, modbusException.illegalValue)
    throw error
  }
}

export const exceptionTo = (request: Buffer, exception: number): Buffer =>
  Buffer.from([(request[0] as number) | 0x80, exception])
