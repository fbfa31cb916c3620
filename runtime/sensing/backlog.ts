/**
 * What sensing said and its consumers may not have taken yet: one queue for each message type, bounded in age
 * and bytes, shared by all consumers. A consumer is a position in it, so that a slow one costs no memory; it
 * is told what was dropped before it came to it.
 */
import type { Clock } from '../contract/clock.ts'
import type { SensedMessage, SensedType } from '../sensing-api/sensing-client.ts'
import { BoundedQueue, type QueueLimits } from './bounded-queue.ts'

export interface Entry {
  sequence: number
  type: SensedType
  /** The message as JSON, with its line end. */
  line: string
  atMs: number
}

type WithoutSequence<T> = T extends unknown ? Omit<T, 'sequence'> : never
/** A message that gets its sequence here. */
export type UnnumberedMessage = WithoutSequence<SensedMessage>

const minute = 60_000
/** People and sightings are only good beside weight events of their time; weight events are what is charged by. */
export const defaultLimits: Record<SensedType, QueueLimits> = {
  'weight-event': { maxAgeMs: 30 * minute, maxBytes: 8e6 },
  'device-health': { maxAgeMs: 60 * minute, maxBytes: 4e6 },
  people: { maxAgeMs: 10 * minute, maxBytes: 32e6 },
  sighting: { maxAgeMs: 10 * minute, maxBytes: 8e6 },
}
const maxConsumers = 64
/** Whoever has been away for longer is not waited for. */
const awayMs = 30 * minute

interface Consumer {
  types: ReadonlySet<SensedType>
  taken: number
  /** How far its open stream is; what was sent is not dropped any more. */
  sent: number
  dropped: Map<SensedType, number>
  seenAtMs: number
  /** Ends its open stream; undefined while it has none. */
  end: (() => void) | undefined
}

/** One open stream of a consumer. */
export interface BacklogReader {
  /** The next entry in order of sequence, or undefined when it has all there is. */
  next(): Entry | undefined
  /** What was dropped before this reader came to it; asking clears it. */
  dropped(): Partial<Record<SensedType, number>> | undefined
  close(): void
}

export class Backlog {
  readonly #clock: Clock
  readonly #queues: ReadonlyMap<SensedType, BoundedQueue<Entry>>
  readonly #consumers = new Map<string, Consumer>()
  readonly #waiting = new Set<() => void>()
  /** The newest of each message that says how something is, and holds until the next one. */
  readonly #standing = new Map<string, Entry>()
  #sequence: number

  /** @param sequence the last one that was ever given out; those of this run are higher */
  constructor(options: { clock: Clock; sequence: number; limits?: Record<SensedType, QueueLimits> }) {
    const { clock, sequence, limits = defaultLimits } = options
    this.#clock = clock
    this.#sequence = sequence
    this.#queues = new Map(
      Object.entries(limits).map(([type, limit]) => [type as SensedType, new BoundedQueue(limit, this.#countDropped)]),
    )
  }

  /** The sequence given out last. */
  get sequence(): number {
    return this.#sequence
  }

  /**
   * @param holdsFor what this message says the state of: it holds until the next of that name, and every stream
   *   that is opened begins with those that its consumer took before
   */
  append(message: UnnumberedMessage, holdsFor?: string): void {
    const entry = this.#put({ ...message, sequence: ++this.#sequence } as SensedMessage)
    if (holdsFor !== undefined) this.#standing.set(holdsFor, entry)
  }

  /** Puts back what an earlier run said, with the sequence that it had. */
  restore(message: SensedMessage): void {
    this.#sequence = Math.max(this.#sequence, message.sequence)
    this.#put(message)
  }

  /** Opens `consumer`'s stream where it stopped taking, and ends the one that it had. */
  read(consumer: string, types: ReadonlySet<SensedType>, replaced: () => void): BacklogReader {
    const known = this.#consumers.get(consumer)
    known?.end?.()
    const taken = known?.taken ?? 0
    const dropped = known?.dropped ?? new Map<SensedType, number>()
    const mine: Consumer = { types, taken, sent: taken, dropped, seenAtMs: this.#clock.nowMs(), end: replaced }
    this.#forgetOldest(consumer)
    this.#consumers.set(consumer, mine)
    const standing = [...this.#standing.values()]
      .filter(({ type, sequence }) => types.has(type) && sequence <= taken)
      .sort((a, b) => a.sequence - b.sequence)
    return {
      next: () => {
        const again = standing.shift()
        if (again) return again
        const entry = this.#firstAfter(mine.sent, types)
        if (entry) mine.sent = entry.sequence
        return entry
      },
      dropped: () => {
        if (mine.dropped.size === 0) return undefined
        const counts = Object.fromEntries(mine.dropped)
        mine.dropped.clear()
        return counts
      },
      close: () => {
        mine.sent = mine.taken
        mine.end = undefined
      },
    }
  }

  taken(consumer: string, sequence: number): void {
    const known = this.#consumers.get(consumer)
    if (!known) return
    known.taken = Math.max(known.taken, Math.min(sequence, this.#sequence))
    known.seenAtMs = this.#clock.nowMs()
  }

  /** Calls `listener` after each append. Returns a function that ends it. */
  onAppend(listener: () => void): () => void {
    this.#waiting.add(listener)
    return () => this.#waiting.delete(listener)
  }

  /** Where each consumer stands, to be kept over a restart. */
  positions(): Record<string, { taken: number; types: SensedType[] }> {
    return Object.fromEntries(
      [...this.#consumers].map(([name, { taken, types }]) => [name, { taken, types: [...types] }]),
    )
  }

  restorePosition(consumer: string, position: { taken: number; types: SensedType[] }): void {
    const { taken, types } = position
    const dropped = new Map<SensedType, number>()
    const seenAtMs = this.#clock.nowMs()
    this.#consumers.set(consumer, { types: new Set(types), taken, sent: taken, dropped, seenAtMs, end: undefined })
  }

  /** The entries of `type` that some consumer of that type has not taken; all of them while there is none. */
  untaken(type: SensedType): Entry[] {
    const sinceMs = this.#clock.nowMs() - awayMs
    const waitedFor = [...this.#consumers.values()].filter(
      ({ types, end, seenAtMs }) => types.has(type) && (end !== undefined || seenAtMs >= sinceMs),
    )
    const least = waitedFor.length > 0 ? Math.min(...waitedFor.map(({ taken }) => taken)) : 0
    return this.#queues.get(type)?.after(least) ?? []
  }

  #put(message: SensedMessage): Entry {
    const { type, sequence } = message
    const entry = { sequence, type, line: `${JSON.stringify(message)}\n`, atMs: this.#clock.nowMs() }
    this.#queues.get(type)?.push(entry)
    for (const listener of [...this.#waiting]) listener()
    return entry
  }

  #firstAfter(sequence: number, types: ReadonlySet<SensedType>): Entry | undefined {
    let first: Entry | undefined
    for (const type of types) {
      const entry = this.#queues.get(type)?.firstAfter(sequence)
      if (entry && (!first || entry.sequence < first.sequence)) first = entry
    }
    return first
  }

  readonly #countDropped = ({ type, sequence }: Entry): void => {
    for (const { types, sent, dropped } of this.#consumers.values()) {
      if (types.has(type) && sequence > sent) dropped.set(type, (dropped.get(type) ?? 0) + 1)
    }
  }

  /** A name that was used once and never again must not hold entries back for ever. */
  #forgetOldest(newcomer: string): void {
    if (this.#consumers.size < maxConsumers || this.#consumers.has(newcomer)) return
    const oldest = [...this.#consumers].sort(([, a], [, b]) => a.seenAtMs - b.seenAtMs)[0]
    if (!oldest) return
    oldest[1].end?.()
    this.#consumers.delete(oldest[0])
  }
}
