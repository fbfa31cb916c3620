/**
 * Requests and answers without what carries them. Modbus Application Protocol 1.1b3: a request and its answer begin
 * with the function code; an answer whose code has its highest bit set is a refusal.
 */

export const functionCode = {
  readCoils: 1,
  readDiscreteInputs: 2,
  readHolding: 3,
  readInput: 4,
  writeCoil: 5,
  writeRegister: 6,
  writeRegisters: 16,
} as const

/** The longest that any function takes or gives (clause 4.1). */
export const longestPdu = 253

export type ReadFunction = 1 | 2 | 3 | 4

export function readRequest(code: ReadFunction, address: number, count: number): Buffer {
  return header(5, code, address, count)
}

export function writeCoilRequest(address: number, on: boolean): Buffer {
  return writeCoilValueRequest(address, on ? 0xff00 : 0)
}

/** Beside on and off some makers give a value of their own a meaning, such as how long the coil shall be on. */
export function writeCoilValueRequest(address: number, value: number): Buffer {
  return header(5, functionCode.writeCoil, address, value)
}

export function writeRegisterRequest(address: number, value: number): Buffer {
  return header(5, functionCode.writeRegister, address, value)
}

export function writeRegistersRequest(address: number, values: readonly number[]): Buffer {
  const pdu = header(6 + 2 * values.length, functionCode.writeRegisters, address, values.length)
  pdu[5] = 2 * values.length
  for (const [index, value] of values.entries()) pdu.writeUInt16BE(value, 6 + 2 * index)
  return pdu
}

function header(length: number, code: number, address: number, second: number): Buffer {
  const pdu = Buffer.alloc(length)
  pdu[0] = code
  pdu.writeUInt16BE(address, 1)
  pdu.writeUInt16BE(second, 3)
  return pdu
}

/** Length of the answer that `request` asks for, when it is no refusal. */
export function answerLength(request: Buffer): number {
  const code = request[0] as number
  if (code > functionCode.readInput) return 5
  return 2 + dataLength(code, request.readUInt16BE(3))
}

const dataLength = (code: number, count: number) =>
  code <= functionCode.readDiscreteInputs ? Math.ceil(count / 8) : 2 * count

export type Answer =
  | { is: 'data'; data: Buffer }
  | { is: 'exception'; code: number }
  /** Not an answer to this request; in words, why. */
  | { is: 'foreign'; why: string }

/** What `answer` says to `request`. Data are a view into it. */
export function readAnswer(request: Buffer, answer: Buffer): Answer {
  const asked = request[0] as number
  const code = answer[0]
  if (code === (asked | 0x80)) {
    return answer.length === 2 ? { is: 'exception', code: answer[1] as number } : foreign('a refusal of a wrong length')
  }
  if (code !== asked) return foreign(`function ${code} in place of ${asked}`)
  if (answer.length !== answerLength(request)) {
    return foreign(`${answer.length} bytes in place of ${answerLength(request)}`)
  }
  if (asked <= functionCode.readInput) {
    if (answer[1] !== answer.length - 2) return foreign('a byte count that is not its length')
    return { is: 'data', data: answer.subarray(2) }
  }
  // A write is answered with its own beginning.
  if (request.compare(answer, 1, 5, 1, 5) !== 0) return foreign('the echo of another write')
  return { is: 'data', data: answer.subarray(1) }
}

const foreign = (why: string): Answer => ({ is: 'foreign', why })
