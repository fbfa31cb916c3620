/** A connection to a camera's RTSP server (RFC 2326): one request at a time, and the packets of its streams. */
import { connect, type Socket } from 'node:net'
import type { Clock } from '../../../contract/clock.ts'
import { AisleError } from '../../../contract/errors.ts'
import type { CameraLogin } from '../camera-login.ts'
import { type RtspMessage, RtspMessages } from './rtsp-messages.ts'

export interface RtspConnectionOptions {
  host: string
  port: number
  login: CameraLogin
  answerWithinMs: number
  /** Real time. */
  clock: Clock
  /** `data` is valid only during the call. */
  onPacket(channel: number, data: Buffer): void
}

type Settle = { resolve(message: RtspMessage): void; reject(error: unknown): void }

export class RtspConnection {
  readonly #options: RtspConnectionOptions
  readonly #socket: Socket
  readonly #waiting = new Map<number, Settle>()
  #lastSequence = 0
  #failure: unknown
  /** Rejects when the connection fails or the camera ends it. */
  readonly ended: Promise<never>

  constructor(options: RtspConnectionOptions) {
    this.#options = options
    this.#socket = connect({ host: options.host, port: options.port, noDelay: true })
    const messages = new RtspMessages({
      onMessage: (message) => this.#took(message),
      onPacket: options.onPacket,
    })
    const ended = Promise.withResolvers<never>()
    this.ended = ended.promise
    // Whoever waits for an answer hears of it too; nobody may be waiting here yet.
    this.ended.catch(() => {})
    const fail = (error: unknown) => {
      this.#failure ??= error
      this.#socket.destroy()
      for (const { reject } of this.#waiting.values()) reject(error)
      this.#waiting.clear()
      ended.reject(error)
    }
    this.#socket.on('data', (chunk) => {
      try {
        messages.push(chunk)
      } catch (error) {
        fail(error)
      }
    })
    this.#socket.on('error', fail)
    this.#socket.on('close', () => fail(silent('it ended the connection')))
  }

  /**
   * @returns the answer, of status 200
   * @throws AisleError `stream-unusable`, `camera-silent`, and what {@link CameraLogin} throws
   */
  async request(method: string, uri: string, headers: Record<string, string> = {}): Promise<RtspMessage> {
    const { message } = await this.#options.login.request(method, uri, async (authorization) => {
      const message = await this.#send(
        method,
        uri,
        authorization === undefined ? headers : { ...headers, authorization },
      )
      return { message, status: message.status ?? 0, challenges: message.headers.get('www-authenticate') ?? '' }
    })
    if (message.status === 200) return message
    throw new AisleError('stream-unusable', `it answered ${method} with "${message.startLine.slice(0, 100)}".`, {
      action: 'Check the path of its address, and that this stream is enabled in the camera.',
    })
  }

  /** Says good-bye without waiting: cameras serve only so many sessions. */
  close(uri: string, session: string | undefined): void {
    if (session !== undefined && !this.#socket.destroyed) {
      // Best effort: where the server asks for a login anew, its own time-out ends the session.
      this.#socket.write(`TEARDOWN ${uri} RTSP/1.0\r\nCSeq: ${++this.#lastSequence}\r\nSession: ${session}\r\n\r\n`)
    }
    this.#socket.end()
    this.#socket.destroySoon()
  }

  async #send(method: string, uri: string, headers: Record<string, string>): Promise<RtspMessage> {
    if (this.#failure) throw this.#failure
    const { clock, answerWithinMs } = this.#options
    const sequence = ++this.#lastSequence
    const answer = Promise.withResolvers<RtspMessage>()
    this.#waiting.set(sequence, answer)
    const late = () => answer.reject(silent(`it did not answer ${method} within ${answerWithinMs} ms`))
    const timer = clock.after(answerWithinMs, late)
    const fields = { cseq: `${sequence}`, 'user-agent': 'open-aisle', ...headers }
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#socket.write(`${method} ${uri} RTSP/1.0\r\n${lines.join('')}\r\n`)
    try {
      return await answer.promise
    } finally {
      clock.clear(timer)
      this.#waiting.delete(sequence)
    }
  }

  #took(message: RtspMessage): void {
    const sequence = Number(message.headers.get('cseq'))
    if (message.status === undefined) {
      // A camera may ask whether we are there, and end our session when we do not answer.
      this.#socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${sequence || 0}\r\n\r\n`)
      return
    }
    this.#waiting.get(sequence)?.resolve(message)
  }
}

export const silent = (what: string) =>
  new AisleError('camera-silent', `${what}.`, { action: 'Check its address, power and network.' })
