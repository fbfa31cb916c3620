import { connect, type Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Clock, Timer } from '../../contract/clock.ts'
import { type CodeFraming, CodeSplitter } from './code-splitter.ts'

export interface TcpReaderOptions {
  name: string
  host: string
  port: number
  framing: CodeFraming
  clock: Clock
  log: Logger
}

const firstRetryMs = 200
const longestRetryMs = 5000

/** Keeps a connection to a reader and hands on each code that it reads. */
export class TcpReader {
  readonly #options: TcpReaderOptions
  readonly #splitter: CodeSplitter
  #socket: Socket | undefined
  #retry: Timer | undefined
  #retryMs = firstRetryMs
  #stopped = false

  constructor(options: TcpReaderOptions, onCode: (code: string) => void) {
    this.#options = options
    this.#splitter = new CodeSplitter(options.framing, options.clock, onCode)
  }

  start(): void {
    const { host, port, clock, log, name } = this.#options
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: 5000 })
    this.#socket = socket
    socket.on('connect', () => {
      this.#retryMs = firstRetryMs
      log.info({ device: name }, 'reader connected')
    })
    socket.on('data', (bytes: Buffer) => this.#splitter.push(bytes))
    // Each error is followed by 'close'.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#splitter.reset()
      if (this.#stopped) return
      this.#retry = clock.after(this.#retryMs, () => this.start())
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs)
    })
  }

  stop(): void {
    this.#stopped = true
    this.#options.clock.clear(this.#retry)
    this.#socket?.destroy()
    this.#splitter.reset()
  }
}
