/** Lines of an indicator to readings, by a definition and nothing else. */

import type { LoadCellStream } from '../definition-schema.ts'
import { gramsPerUnit } from './decode.ts'

export interface TextReading {
  unit: number | undefined
  /** null: overloaded, or no number. */
  grams: number | null
  /** Less a tare that only the indicator knows. */
  isNet: boolean
  stable: boolean
  overload: boolean
}

/** What stands between two terminators. */
export type TextLine = { is: 'reading'; reading: TextReading } | { is: 'other'; text: string }

const longestRest = 512

export class TextFrames {
  readonly #definition: LoadCellStream
  #rest = ''

  constructor(definition: LoadCellStream) {
    this.#definition = definition
  }

  /** Takes in bytes as they come, in pieces of any length. */
  take(bytes: Buffer, onLine: (line: TextLine) => void): void {
    const { terminator } = this.#definition.frame
    // Bytes, not characters: the lamps of a frame are a byte of their own.
    const lines = (this.#rest + bytes.toString('latin1')).split(terminator)
    this.#rest = (lines.pop() ?? '').slice(-longestRest)
    for (const line of lines) if (line !== '') onLine(this.#read(line))
  }

  #read(line: string): TextLine {
    const { frame } = this.#definition
    // What stood before the frame on its line is the rest of one that was cut off.
    const text = line.slice(-(frame.length - frame.terminator.length))
    const part = ({ at, length }: { at: number; length: number }) => text.slice(at, at + length)
    const condition = part(frame.condition)
    const mode = part(frame.mode)
    const overload = frame.overload.includes(condition)
    const known = overload || frame.stable.includes(condition) || frame.moving.includes(condition)
    const whole = text.length === frame.length - frame.terminator.length
    if (!whole || !known || !(frame.gross.includes(mode) || frame.net.includes(mode)))
      return { is: 'other', text: line }
    const grams = gramsOf(part(frame.weight), frame.unitByText[part(frame.unit).trim()])
    return {
      is: 'reading',
      reading: {
        unit: frame.id && idOf(text, frame.id),
        grams: overload ? null : grams,
        isNet: frame.net.includes(mode),
        stable: grams !== null && frame.stable.includes(condition),
        overload,
      },
    }
  }
}

function idOf(text: string, { at, as }: NonNullable<LoadCellStream['frame']['id']>): number {
  return as === 'byte' ? text.charCodeAt(at) : Number(text[at])
}

/** A sign and digits with blanks between or before them; anything else is no number. */
function gramsOf(number: string, unit: keyof typeof gramsPerUnit | undefined): number | null {
  const compact = number.replaceAll(' ', '')
  if (!unit || !/^[+-]?\d+(\.\d+)?$/.test(compact)) return null
  return Number(compact) * gramsPerUnit[unit]
}
