/** The client of sensing over HTTP. It connects again by itself, and goes on where it was. */
import { type Clock, SystemClock, sleep } from '../contract/clock.ts'
import { AisleError, errorSentence } from '../contract/errors.ts'
import { readMessage } from '../contract/messages.ts'
import { parseJson } from '../contract/schema.ts'
import { linesOf } from './ndjson.ts'
import type { PlateReading, SampleBatch, SensedMessage, SensedType, SensingClient } from './sensing-client.ts'
import { heartbeatIntervalMs, readDroppedLine } from './stream-lines.ts'
import { TakenMark } from './taken-mark.ts'

export interface SensingClientOptions {
  /** Such as http://127.0.0.1:1883, without a path. */
  url: string
  token: string
  /** The store's time: the age of a message is in it. */
  clock: Clock
  /** Told of a lost connection, of messages that were dropped, of what could not be read. */
  onTrouble?: (error: AisleError) => void
}

const retryMs = 500
const redeliverMs = 1000
const takenIntervalMs = 200
const requestWithinMs = 5000

export function createSensingClient(options: SensingClientOptions): SensingClient {
  return new SensingHttpClient(options)
}

class SensingHttpClient implements SensingClient {
  readonly #options: SensingClientOptions
  /** Real time for what is about the wire. */
  readonly #wireClock = new SystemClock()

  constructor(options: SensingClientOptions) {
    this.#options = options
  }

  follow(
    consumer: string,
    types: readonly SensedType[],
    onMessage: (message: SensedMessage) => void | Promise<void>,
    { keepMs = 0 }: { keepMs?: number } = {},
  ): () => void {
    const end = new AbortController()
    const mark = new TakenMark(this.#options.clock, keepMs)
    const query = new URLSearchParams({ consumer, types: types.join(',') })
    void this.#readForEver(`/v1/stream?${query}`, end.signal, async (line) => {
      const message = this.#readMessage(line, types)
      // Sent again after a reconnect, because the mark had not reached it; it was dealt with.
      if (!message || message.sequence <= mark.handled) return
      await this.#deliver(message, onMessage, end.signal)
      if (!end.signal.aborted) mark.handle(message)
    })
    void this.#sayTaken(consumer, mark, end.signal)
    return () => end.abort()
  }

  async plates(signal?: AbortSignal): Promise<PlateReading[]> {
    const response = await this.#request('/v1/plates', signal)
    return (await response.json()) as PlateReading[]
  }

  followSamples(onBatch: (batch: SampleBatch) => void): () => void {
    const end = new AbortController()
    void this.#readForEver('/v1/samples', end.signal, (line) => onBatch(parseJson(line, 'samples') as SampleBatch))
    return () => end.abort()
  }

  /** Hands a message over until it is accepted. */
  async #deliver(
    message: SensedMessage,
    onMessage: (message: SensedMessage) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        return await onMessage(message)
      } catch (error) {
        const text = `Message ${message.sequence} (${message.type}) was not accepted: ${errorSentence(error)}`
        this.#trouble('sensing-not-accepted', text, 'It is handed over again in a moment.', error)
        await sleep(this.#wireClock, redeliverMs, signal)
      }
    }
  }

  /** A line that cannot be read is told of and passed over: asking again would bring the same. */
  #readMessage(line: string, types: readonly SensedType[]): SensedMessage | undefined {
    try {
      return readMessage(parseJson(line, 'sensing'), types, 'sensing')
    } catch (error) {
      this.#options.onTrouble?.(error as AisleError)
      return undefined
    }
  }

  async #sayTaken(consumer: string, mark: TakenMark, end: AbortSignal): Promise<void> {
    let said = -1
    // Once more after the end, for what was handled since the last round.
    do {
      await sleep(this.#wireClock, takenIntervalMs, end)
      const sequence = mark.taken()
      if (sequence <= said) continue
      try {
        await this.#request('/v1/taken', undefined, JSON.stringify({ consumer, sequence }))
        said = sequence
      } catch {
        // The stream tells of the trouble; the mark is said again with the next round.
      }
    } while (!end.aborted)
  }

  /** Reads the lines of a stream, one after the other, and opens it again whenever it ends. */
  async #readForEver(path: string, end: AbortSignal, onLine: (line: string) => void | Promise<void>): Promise<void> {
    while (!end.aborted) {
      try {
        await this.#readOnce(path, end, onLine)
      } catch (error) {
        if (!end.aborted) {
          this.#trouble(
            'sensing-stream-lost',
            `The stream broke off: ${errorSentence(error)}.`,
            'It is opened again.',
            error,
          )
        }
      }
      await sleep(this.#wireClock, retryMs, end)
    }
  }

  async #readOnce(path: string, end: AbortSignal, onLine: (line: string) => void | Promise<void>): Promise<void> {
    const silence = new SilenceWatch(this.#wireClock, 3 * heartbeatIntervalMs)
    try {
      const response = await this.#request(
        path,
        AbortSignal.any([end, silence.signal]),
        undefined,
        Number.POSITIVE_INFINITY,
      )
      if (!response.body) return
      silence.heard()
      for await (const line of linesOf(response.body)) {
        // Not while a line is dealt with: a slow handler is no silent stream.
        silence.pause()
        await this.#onStreamLine(line, onLine)
        silence.heard()
        if (end.aborted) return
      }
    } finally {
      silence.pause()
    }
  }

  async #onStreamLine(line: string, onLine: (line: string) => void | Promise<void>): Promise<void> {
    if (line.startsWith('{"type":"heartbeat"')) return
    if (!line.startsWith('{"type":"dropped"')) return onLine(line)
    const { counts } = readDroppedLine(parseJson(line, 'sensing'))
    const text = Object.entries(counts).map(([type, count]) => `${count} ${type}`)
    const action = 'It read too slowly, or was away for too long; what they said is lost to it.'
    this.#trouble('sensing-dropped', `Sensing dropped messages: ${text.join(', ')}.`, action)
  }

  async #request(
    path: string,
    signal?: AbortSignal,
    body?: string,
    withinMs: number = requestWithinMs,
  ): Promise<Response> {
    const { url, token } = this.#options
    const deadline = Number.isFinite(withinMs) ? [AbortSignal.timeout(withinMs)] : []
    const response = await fetch(new URL(path, url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.any([...(signal ? [signal] : []), ...deadline]),
    })
    if (response.ok) return response
    await response.body?.cancel()
    throw new AisleError('sensing-refused', `It answered with status ${response.status}.`, {
      where: `${url}${path.split('?')[0]}`,
      action:
        response.status === 401 ? 'Check the token sensing-token.' : 'Check that all programs are of one release.',
    })
  }

  #trouble(code: string, message: string, action: string, cause?: unknown): void {
    this.#options.onTrouble?.(new AisleError(code, message, { where: this.#options.url, action, cause }))
  }
}

/** Aborts `signal` when nothing was heard for `limitMs`. */
class SilenceWatch {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #abort = new AbortController()
  #timer: ReturnType<Clock['after']> | undefined

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.heard()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  heard(): void {
    this.pause()
    this.#timer = this.#clock.after(this.#limitMs, () =>
      this.#abort.abort(new Error(`nothing came for ${this.#limitMs} ms`)),
    )
  }

  pause(): void {
    this.#clock.clear(this.#timer)
  }
}
