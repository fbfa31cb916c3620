/** What carries requests and answers over a stream of bytes. */

/** A frame that came in: the unit that it is from, and the answer in it. */
export type OnFrame = (unit: number, answer: Buffer, transaction: number | undefined) => void

/** The frame that is waited for. */
export interface Expected {
  unit: number
  request: Buffer
}

export interface Framing {
  /** Answers carry a number, so that several requests can be under way and a late answer is known as such. */
  readonly numbered: boolean
  encode(unit: number, pdu: Buffer, transaction: number): Buffer
  /**
   * Takes in bytes as they come, in pieces of any length, and hands out whole frames. What it hands out is valid
   * only during the call. False: this is no Modbus any more, and no later byte can be made sense of.
   */
  take(chunk: Buffer, expected: Expected | undefined, onFrame: OnFrame): boolean
  /** Forgets an unfinished frame. */
  reset(): void
  /** Bytes that belonged to no frame that was waited for, since the connection was made. */
  readonly strayBytes: number
}
