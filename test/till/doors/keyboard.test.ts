/** A USB scanner as Linux shows it: a file of input events. A FIFO stands in for it; what is read is the same. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { pino } from 'pino'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import { KeyboardKeys } from '../../../runtime/till/doors/readers/keyboard-keys.ts'
import { StreamReader } from '../../../runtime/till/doors/readers/stream-reader.ts'
import { waitFor } from '../support/wait.ts'

/** A US keyboard, key by key as linux/input-event-codes.h numbers them. */
const keyCodes = new Map<string, [code: number, shift: boolean]>()
const on = (codes: Record<string, number>, shift = false) => {
  for (const [character, code] of Object.entries(codes)) keyCodes.set(character, [code, shift])
}
on({ 1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 0: 11, '-': 12, '=': 13, '[': 26, ']': 27 })
on({ q: 16, w: 17, e: 18, r: 19, t: 20, y: 21, u: 22, i: 23, o: 24, p: 25, a: 30, s: 31, d: 32, f: 33, g: 34, h: 35 })
on({ j: 36, k: 37, l: 38, ';': 39, "'": 40, '`': 41, '\\': 43, z: 44, x: 45, c: 46, v: 47, b: 48, n: 49, m: 50 })
on({ ',': 51, '.': 52, '/': 53, ' ': 57 })
on({ '!': 2, '@': 3, '#': 4, $: 5, '%': 6, '^': 7, '&': 8, '*': 9, '(': 10, ')': 11, _: 12, '+': 13 }, true)
on({ '{': 26, '}': 27, ':': 39, '"': 40, '~': 41, '|': 43, '<': 51, '>': 52, '?': 53 }, true)
for (const [letter, [code]] of [...keyCodes]) if (/[a-z]/.test(letter)) on({ [letter.toUpperCase()]: code }, true)

const leftShift = 42
const enter = 28

function event(type: number, code: number, value: number): Buffer {
  const bytes = Buffer.alloc(24)
  bytes.writeBigInt64LE(1_764_000_000n, 0)
  bytes.writeBigInt64LE(123_456n, 8)
  bytes.writeUInt16LE(type, 16)
  bytes.writeUInt16LE(code, 18)
  bytes.writeInt32LE(value, 20)
  return bytes
}

const report = event(0, 0, 0)
/** As the kernel reports a key: its scan code, the key, and the end of the report. */
const move = (code: number, value: number) => [event(4, 4, 0x70000 + code), event(1, code, value), report]
const stroke = (code: number) => [...move(code, 1), ...move(code, 0)]

function typing(text: string): Buffer {
  const events = [...text].flatMap((character) => {
    const [code, shift] = keyCodes.get(character) ?? assert.fail(`no key for ${character}`)
    return shift ? [...move(leftShift, 1), ...stroke(code), ...move(leftShift, 0)] : stroke(code)
  })
  return Buffer.concat([...events, ...stroke(enter)])
}

describe('what a USB scanner types', () => {
  function keys() {
    let text = ''
    let losses = 0
    const decoder = new KeyboardKeys(
      (typed) => {
        text += typed
      },
      () => losses++,
    )
    return { decoder, text: () => text, losses: () => losses }
  }

  it('is the text that it read, however its events are sliced', () => {
    const printable = fc.stringMatching(/^[ -~]{1,40}$/)
    fc.assert(
      fc.property(printable, fc.array(fc.integer({ min: 1, max: 100 })), (read, cuts) => {
        const { decoder, text } = keys()
        const bytes = typing(read)
        let from = 0
        for (const cut of cuts) {
          decoder.push(bytes.subarray(from, from + cut))
          from += cut
        }
        decoder.push(bytes.subarray(from))
        assert.equal(text(), `${read}\r`)
      }),
    )
  })

  it('repeats nothing when a key is held, and knows caps lock and the number pad', () => {
    const { decoder, text } = keys()
    decoder.push(Buffer.concat([...move(30, 1), ...move(30, 2), ...move(30, 2), ...move(30, 0)]))
    decoder.push(Buffer.concat([...stroke(58), ...stroke(30), ...stroke(2), ...stroke(58), ...stroke(30)]))
    decoder.push(Buffer.concat([...stroke(71), ...stroke(98), ...stroke(96)]))
    assert.equal(text(), 'aA1a7/\r')
  })

  it('is said to have a gap where the kernel lost keys', () => {
    const { decoder, losses } = keys()
    decoder.push(Buffer.concat([...stroke(30), event(0, 3, 0), report]))
    assert.equal(losses(), 1)
  })
})

describe('a reader that types as a keyboard', () => {
  const framing = { terminator: '\r', idleMs: 2000, repeatMs: 0, maxBytes: 64 } as const
  let folder: string
  let path: string
  let codes: string[]
  let reader: StreamReader
  let scanner: FileHandle

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-aisle-keyboard-'))
    path = join(folder, 'event0')
    codes = []
    const options = { name: 'scanner', framing, clock: new SystemClock(), log: pino({ level: 'silent' }) }
    reader = new StreamReader({ ...options, address: { transport: 'usb-keyboard', path } }, (code) => codes.push(code))
  })
  afterEach(async () => {
    reader.stop()
    await scanner.close()
    await rm(folder, { recursive: true })
  })

  const plugIn = async () => {
    execFileSync('mkfifo', [path])
    scanner = await open(path, 'r+')
  }

  it('reads codes, drops the one with a gap whole, and reads on', async () => {
    await plugIn()
    reader.start()
    await scanner.write(typing('OA1-First_Code?'))
    await waitFor('the code', () => codes.length === 1)
    const [half, rest] = [typing('half'), typing('rest')]
    await scanner.write(Buffer.concat([half.subarray(0, 24 * 6), event(0, 3, 0), report, rest]))
    await scanner.write(typing('second'))
    await waitFor('the next code', () => codes.length === 2)
    assert.deepEqual(codes, ['OA1-First_Code?', 'second'])
  })

  it('is found when it is plugged in late', async () => {
    reader.start()
    await plugIn()
    await scanner.write(typing('late'))
    await waitFor('the code', () => codes.length === 1)
    assert.deepEqual(codes, ['late'])
  })
})
