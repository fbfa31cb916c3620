import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../contract/clock.ts'
import { heartbeatIntervalMs, heartbeatLine } from '../sensing-api/stream-lines.ts'

/**
 * Writes lines to a response as fast as its reader takes them: a line is asked for only when the one before has
 * left, so that a slow reader costs no memory here.
 */
export class LineStream {
  readonly #response: ServerResponse
  readonly #clock: Clock
  readonly #nextLine: () => string | undefined
  #blocked = false
  #heartbeat: Timer | undefined

  /** @param nextLine with its line end; undefined: nothing for now, {@link more} says when to ask again */
  constructor(response: ServerResponse, clock: Clock, nextLine: () => string | undefined) {
    this.#response = response
    this.#clock = clock
    this.#nextLine = nextLine
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
    response.on('drain', () => this.#unblock())
    response.on('close', () => clock.clear(this.#heartbeat))
    response.flushHeaders()
    this.#beat()
    this.more()
  }

  more(): void {
    while (!this.#blocked && !this.#response.closed && !this.#response.writableEnded) {
      const line = this.#nextLine()
      if (line === undefined) return
      this.#blocked = !this.#response.write(line)
    }
  }

  #unblock(): void {
    this.#blocked = false
    this.more()
  }

  #beat(): void {
    this.#heartbeat = this.#clock.after(heartbeatIntervalMs, () => {
      if (this.#response.closed || this.#response.writableEnded) return
      if (!this.#blocked) this.#blocked = !this.#response.write(heartbeatLine)
      this.#beat()
    })
  }
}
