/**
 * A USB scanner that types, as Linux shows it: a file of `struct input_event` (linux/input.h, 64-bit, low byte first).
 * A FIFO stands in for the file under /dev/input, which is the kernel's alone.
 */
import { execFile } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Clock, SystemClock } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import type { Faults } from './faults.ts'
import { readings, type Scanner } from './scanner.ts'

const types = { synchronisation: 0, key: 1, other: 4 }
const report = 0
const scanCode = 4
const leftShift = 42
const enter = 28

/** linux/input-event-codes.h: KEY_1 is 2, KEY_Q 16, KEY_A 30, KEY_Z 44, and so on along each row. */
const keys = new Map<string, { code: number; shift: boolean }>()
const row = (firstCode: number, plain: string, shifted: string) => {
  for (const [i, character] of [...plain].entries()) {
    keys.set(character, { code: firstCode + i, shift: false })
    keys.set(shifted[i] as string, { code: firstCode + i, shift: true })
  }
}
row(2, '1234567890-=', '!@#$%^&*()_+')
row(16, 'qwertyuiop[]', 'QWERTYUIOP{}')
row(30, "asdfghjkl;'`", 'ASDFGHJKL:"~')
row(43, '\\zxcvbnm,./', '|ZXCVBNM<>?')
keys.set(' ', { code: 57, shift: false })

/** One event at `atMs`. */
export function inputEvent(type: number, code: number, value: number, atMs = 0): Buffer {
  const bytes = Buffer.alloc(24)
  bytes.writeBigInt64LE(BigInt(Math.floor(atMs / 1000)), 0)
  bytes.writeBigInt64LE(BigInt(Math.floor(atMs % 1000) * 1000), 8)
  bytes.writeUInt16LE(type, 16)
  bytes.writeUInt16LE(code, 18)
  bytes.writeInt32LE(value, 20)
  return bytes
}

/** A key goes down (1), up (0), or repeats itself (2): its HID usage, the key, and the end of the report. */
export const keyMoves = (code: number, value: number, atMs = 0): Buffer[] => [
  inputEvent(types.other, scanCode, 0x70000 + code, atMs),
  inputEvent(types.key, code, value, atMs),
  inputEvent(types.synchronisation, report, 0, atMs),
]

export const keyStroke = (code: number, atMs = 0): Buffer[] => [...keyMoves(code, 1, atMs), ...keyMoves(code, 0, atMs)]

/** All events of a text and the Enter after it. What the US layout has no key for is left out, as by a scanner. */
export function typing(text: string, atMs = 0): Buffer {
  const strokes = [...text].flatMap((character) => {
    const key = keys.get(character)
    if (!key) return []
    const stroke = keyStroke(key.code, atMs)
    return key.shift ? [...keyMoves(leftShift, 1, atMs), ...stroke, ...keyMoves(leftShift, 0, atMs)] : stroke
  })
  return Buffer.concat([...strokes, ...keyStroke(enter, atMs)])
}

/** @throws AisleError `twin-real-device` */
export async function startKeyboardScanner(options: {
  device: string
  path: string
  clock?: Clock
  faults: Faults
}): Promise<Scanner> {
  const { device, path, faults, clock = new SystemClock() } = options
  if (path.startsWith('/dev/')) {
    throw new AisleError('twin-real-device', `The twin does not stand in for ${path}: that may be a real keyboard.`, {
      where: device,
      action: 'Start with --live for the real devices, or give it a path in a folder of your own.',
    })
  }
  await promisify(execFile)('mkfifo', ['--', path])
  // Open for reading too, so that it waits for no reader.
  const file = await open(path, 'r+')
  return {
    reads(code) {
      if (faults.active(device, 'offline')) return
      for (const read of readings(code, device, faults)) void file.write(typing(read, clock.nowMs()))
    },
    async stop() {
      await file.close()
      await rm(path, { force: true })
    },
  }
}
