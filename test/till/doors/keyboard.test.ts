/** A USB scanner as Linux shows it: a file of input events. A FIFO stands in for it; what is read is the same. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { pino } from 'pino'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import { KeyboardKeys } from '../../../runtime/till/doors/readers/keyboard-keys.ts'
import { StreamReader } from '../../../runtime/till/doors/readers/stream-reader.ts'
import { Faults } from '../../../runtime/twin/devices/faults.ts'
import {
  inputEvent,
  keyMoves,
  keyStroke,
  startKeyboardScanner,
  typing,
} from '../../../runtime/twin/devices/keyboard-scanner.ts'
import { waitFor } from '../support/wait.ts'

/** SYN_DROPPED and the end of its report. */
const lost = [inputEvent(0, 3, 0), inputEvent(0, 0, 0)]

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
    decoder.push(Buffer.concat([...keyMoves(30, 1), ...keyMoves(30, 2), ...keyMoves(30, 2), ...keyMoves(30, 0)]))
    decoder.push(
      Buffer.concat([...keyStroke(58), ...keyStroke(30), ...keyStroke(2), ...keyStroke(58), ...keyStroke(30)]),
    )
    decoder.push(Buffer.concat([...keyStroke(71), ...keyStroke(98), ...keyStroke(96)]))
    assert.equal(text(), 'aA1a7/\r')
  })

  it('is said to have a gap where the kernel lost keys', () => {
    const { decoder, losses } = keys()
    decoder.push(Buffer.concat([...keyStroke(30), ...lost]))
    assert.equal(losses(), 1)
  })
})

describe('a reader that types as a keyboard', () => {
  const framing = { terminator: '\r', idleMs: 2000, repeatMs: 0, maxBytes: 64 } as const
  let folder: string
  let path: string
  let codes: string[]
  let reader: StreamReader

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-aisle-keyboard-'))
    path = join(folder, 'event0')
    codes = []
    const options = { name: 'scanner', framing, clock: new SystemClock(), log: pino({ level: 'silent' }) }
    reader = new StreamReader({ ...options, address: { transport: 'usb-keyboard', path } }, (code) => codes.push(code))
  })
  afterEach(async () => {
    reader.stop()
    await rm(folder, { recursive: true })
  })

  it('reads codes, drops the one with a gap whole, and reads on', async () => {
    execFileSync('mkfifo', [path])
    const scanner = await open(path, 'r+')
    reader.start()
    await scanner.write(typing('OA1-First_Code?'))
    await waitFor('the code', () => codes.length === 1)
    const [half, rest] = [typing('half'), typing('rest')]
    await scanner.write(Buffer.concat([half.subarray(0, 24 * 6), ...lost, rest]))
    await scanner.write(typing('second'))
    await waitFor('the next code', () => codes.length === 2)
    assert.deepEqual(codes, ['OA1-First_Code?', 'second'])
    await scanner.close()
  })

  it('is found when it is plugged in late, and again after it was away', async () => {
    reader.start()
    for (const code of ['late', 'Later']) {
      const plugged = await startKeyboardScanner({ device: 'scanner', path, faults: new Faults(new SystemClock()) })
      plugged.reads(code)
      await waitFor('the code', () => codes.at(-1) === code)
      await plugged.stop()
    }
    assert.deepEqual(codes, ['late', 'Later'])
  })
})
