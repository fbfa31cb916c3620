/**
 * What a USB scanner types, out of the events of Linux: `struct input_event` of linux/input.h on a 64-bit machine
 * with its low byte first, 24 bytes: time (16), type (u16), code (u16), value (s32). Key codes are places on a
 * keyboard; the scanner has to be set to the US layout.
 */

const eventBytes = 24
const synchronisation = 0
const key = 1
/** SYN_DROPPED: the kernel's buffer ran over and keys are missing. */
const dropped = 3
const pressed = 1
const shiftKeys = [42, 54]
const capsLock = 58

/** Keys that stand side by side: the first one's code, what they type, what they type with shift. */
const rows: [number, string, string][] = [
  [2, '1234567890-=', '!@#$%^&*()_+'],
  [15, '\tqwertyuiop[]\r', '\tQWERTYUIOP{}\r'],
  [30, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [43, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [55, '*', '*'],
  [57, ' ', ' '],
  [71, '789-456+1230.', '789-456+1230.'],
  [96, '\r', '\r'],
  [98, '/', '/'],
]
const typed = new Map(
  rows.flatMap(([first, plain, shifted]) =>
    [...plain].map((character, i) => [first + i, [character, shifted[i] as string]] as const),
  ),
)

export class KeyboardKeys {
  readonly #onText: (text: Buffer) => void
  readonly #onLoss: () => void
  #pending = Buffer.alloc(0)
  readonly #shifts = new Set<number>()
  #capitals = false

  /** @param onLoss some keys are missing: what is being typed cannot be trusted */
  constructor(onText: (text: Buffer) => void, onLoss: () => void) {
    this.#onText = onText
    this.#onLoss = onLoss
  }

  push(bytes: Buffer): void {
    const all = Buffer.concat([this.#pending, bytes])
    const whole = all.length - (all.length % eventBytes)
    this.#pending = all.subarray(whole)
    let text = ''
    for (let at = 0; at < whole; at += eventBytes) {
      const [type, code, value] = [all.readUInt16LE(at + 16), all.readUInt16LE(at + 18), all.readInt32LE(at + 20)]
      if (type === key) text += this.#typed(code, value)
      else if (type === synchronisation && code === dropped) {
        text = ''
        this.#shifts.clear()
        this.#onLoss()
      }
    }
    if (text !== '') this.#onText(Buffer.from(text))
  }

  /** Half an event belongs to the connection that brought it. */
  reset(): void {
    this.#pending = Buffer.alloc(0)
    this.#shifts.clear()
    this.#capitals = false
  }

  #typed(code: number, value: number): string {
    if (shiftKeys.includes(code)) this.#shifts[value === 0 ? 'delete' : 'add'](code)
    // A key that is held repeats itself with another value: nobody holds a scanner's keys.
    if (value !== pressed) return ''
    if (code === capsLock) this.#capitals = !this.#capitals
    const [plain = '', shifted = ''] = typed.get(code) ?? []
    const isLetter = plain >= 'a' && plain <= 'z'
    return this.#shifts.size > 0 !== (isLetter && this.#capitals) ? shifted : plain
  }
}
