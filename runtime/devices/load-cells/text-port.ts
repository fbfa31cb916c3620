/** A stream of text from an indicator, over TCP or a serial line, that is opened again whenever it is lost. */
import type { Clock, Timer } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import { openPort, type Port, type SerialAddress } from '../modbus/open-port.ts'

export type TextAddress = SerialAddress | { transport: 'tcp'; host: string; port: number }

export interface TextPortListener {
  /** The bytes are valid during the call only. */
  onBytes(bytes: Buffer): void
  onChange(connected: boolean, reason: string): void
}

const firstRetryMs = 50
const longestRetryMs = 10_000

export class TextPort {
  readonly #address: TextAddress
  readonly #clock: Clock
  readonly #listener: TextPortListener
  #port: Port | undefined
  #retry: Timer | undefined
  #retryMs = firstRetryMs
  #closed = false

  constructor(address: TextAddress, clock: Clock, listener: TextPortListener) {
    this.#address = address
    this.#clock = clock
    this.#listener = listener
  }

  open(): void {
    void this.#connect()
  }

  close(): void {
    this.#closed = true
    this.#clock.clear(this.#retry)
    this.#port?.close()
    this.#port = undefined
  }

  /** False: there is no connection. */
  write(text: string): boolean {
    this.#port?.write(Buffer.from(text, 'latin1'))
    return this.#port !== undefined
  }

  async #connect(): Promise<void> {
    try {
      const port = await openPort(this.#address, this.#clock, {
        onBytes: (bytes) => {
          this.#retryMs = firstRetryMs
          this.#listener.onBytes(bytes)
        },
        onLost: (reason) => this.#lost(reason),
      })
      if (this.#closed) return port.close()
      this.#port = port
      this.#listener.onChange(true, 'connected')
    } catch (error) {
      this.#lost(errorSentence(error))
    }
  }

  #lost(reason: string): void {
    this.#port = undefined
    if (this.#closed) return
    this.#listener.onChange(false, reason)
    this.#retry = this.#clock.after(this.#retryMs, () => void this.#connect())
    this.#retryMs = Math.min(2 * this.#retryMs, longestRetryMs)
  }
}
