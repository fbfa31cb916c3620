/** A stream of bytes from a device, over TCP or a serial line, that is opened again whenever it is lost. */
import type { Clock, Timer } from '../contract/clock.ts'
import { errorSentence } from '../contract/errors.ts'
import { openPort, type Port, type PortListener, type SerialAddress } from './modbus/open-port.ts'

export type StreamAddress = SerialAddress | { transport: 'tcp'; host: string; port: number }

export interface BytePortListener {
  /** The bytes are valid during the call only. */
  onBytes(bytes: Buffer): void
  onChange(connected: boolean, reason: string): void
}

const firstRetryMs = 50
const longestRetryMs = 10_000

export const streamOf =
  (address: StreamAddress, clock: Clock) =>
  (listener: PortListener): Promise<Port> =>
    openPort(address, clock, listener)

export class BytePort {
  readonly #openOnce: (listener: PortListener) => Promise<Port>
  readonly #clock: Clock
  readonly #listener: BytePortListener
  #port: Port | undefined
  #retry: Timer | undefined
  #retryMs = firstRetryMs
  #closed = false

  /** @param openOnce such as {@link streamOf}; its rejection is a loss, too */
  constructor(openOnce: (listener: PortListener) => Promise<Port>, clock: Clock, listener: BytePortListener) {
    this.#openOnce = openOnce
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
      const port = await this.#openOnce({
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
