/** A reader whose bytes come one after the other: over TCP, over a serial line, or typed as a keyboard types. */
import type { Logger } from 'pino'
import { type Clock, SystemClock } from '../../../contract/clock.ts'
import { BytePort, type StreamAddress, streamOf } from '../../../devices/byte-port.ts'
import { type CodeFraming, CodeSplitter } from '../code-splitter.ts'
import { KeyboardKeys } from './keyboard-keys.ts'
import { openKeyboard } from './keyboard-port.ts'

export interface DoorReader {
  start(): void
  stop(): void
}

export interface StreamReaderOptions {
  name: string
  address: StreamAddress | { transport: 'usb-keyboard'; path: string }
  framing: CodeFraming
  clock: Clock
  log: Logger
}

/** Keeps a connection to a reader and hands on each code that it reads. */
export class StreamReader implements DoorReader {
  readonly #splitter: CodeSplitter
  readonly #port: BytePort

  constructor({ name, address, framing, clock, log }: StreamReaderOptions, onCode: (code: string) => void) {
    const splitter = new CodeSplitter(framing, clock, onCode)
    const keys = new KeyboardKeys(
      (text) => splitter.push(text),
      () => splitter.spoil(),
    )
    const isKeyboard = address.transport === 'usb-keyboard'
    // A wire is as slow as it is, however fast the store's time runs.
    const wire = new SystemClock()
    const open = isKeyboard
      ? (listener: Parameters<typeof openKeyboard>[1]) => openKeyboard(address.path, listener)
      : streamOf(address, wire)
    let lastReason: string | undefined
    this.#splitter = splitter
    this.#port = new BytePort(open, wire, {
      onBytes: (bytes) => (isKeyboard ? keys : splitter).push(bytes),
      onChange(connected, reason) {
        splitter.reset()
        keys.reset()
        if (connected) log.info({ device: name }, 'reader connected')
        else if (reason !== lastReason) log.warn({ device: name, reason }, 'the reader is away')
        lastReason = reason
      },
    })
  }

  start(): void {
    this.#port.open()
  }

  stop(): void {
    this.#port.close()
    this.#splitter.reset()
  }
}
