/** Runs what it is given strictly one after another, and bounds how many messages may wait. */

export interface QueuedMessage {
  /** May be dropped for a newer message when the queue is full, as the next one tells the same again. */
  expendable: boolean
  /** Never rejects. */
  handle(): Promise<void>
  /** Called instead of `handle` when the queue is full or closed. */
  dropped(reason: 'full' | 'closed'): void
}

interface Entry extends QueuedMessage {
  /** An own task is neither counted nor dropped while the queue is open. */
  isMessage: boolean
}

export class SerialQueue {
  readonly #limit: number
  #entries: Entry[] = []
  #messages = 0
  #running = false
  #closed = false
  #whenIdle: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds a message; over the limit the oldest expendable message goes, or else the new one. */
  add(message: QueuedMessage): void {
    if (this.#closed) message.dropped('closed')
    else if (this.#messages >= this.#limit && !this.#makeRoom()) message.dropped('full')
    else this.#push({ ...message, isMessage: true })
  }

  /** Runs an own task in turn; settles as the task does, or rejects when the queue closes before. */
  run<T>(task: () => T | Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const dropped = () => reject(new Error('The node is closed.'))
    const handle = async () => {
      try {
        resolve(await task())
      } catch (error) {
        reject(error)
      }
    }
    if (this.#closed) dropped()
    else this.#push({ isMessage: false, expendable: false, handle, dropped })
    return promise
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  /** Drops what waits and takes nothing more; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const entry of this.#entries.splice(0)) entry.dropped('closed')
    await this.idle()
  }

  #push(entry: Entry): void {
    if (entry.isMessage) this.#messages++
    this.#entries.push(entry)
    if (!this.#running) void this.#drain()
  }

  #makeRoom(): boolean {
    const oldest = this.#entries.findIndex(({ expendable }) => expendable)
    if (oldest < 0) return false
    this.#messages--
    for (const entry of this.#entries.splice(oldest, 1)) entry.dropped('full')
    return true
  }

  async #drain(): Promise<void> {
    this.#running = true
    for (let entry = this.#entries.shift(); entry; entry = this.#entries.shift()) {
      if (entry.isMessage) this.#messages--
      await entry.handle()
    }
    this.#running = false
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}
