/** A store in memory: says what a test tells it to say, and writes down what the nodes tell the till. */
import { VirtualClock } from '../../runtime/contract/clock.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'
import type { PlateReading, SensedMessage, SensingClient } from '../../runtime/sensing-api/sensing-client.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import type { CommandAnswer, CommandOf, CommandType, TillCommand } from '../../runtime/till-api/commands.ts'
import type { TillEvent, TillState, VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { TillClient } from '../../runtime/till-api/till-client.ts'

/** 2026-07-01 12:00 in Seoul. */
export const startMs = Date.UTC(2026, 6, 1, 3)

type WithoutPosition<E> = E extends unknown ? Omit<E, 'sequence' | 'atMs'> : never

export class FakeTill implements TillClient {
  readonly commands: TillCommand[] = []
  visits: VisitSnapshot[] = []
  events: TillEvent[] = []
  /** Called before a command is acknowledged; what it throws the till answers. */
  onCommand: (command: TillCommand) => void | Promise<void> = () => {}
  readonly #followers = new Set<(event: TillEvent) => void | Promise<void>>()

  async send(command: TillCommand, signal?: AbortSignal): Promise<CommandAnswer> {
    if (signal?.aborted) throw new Error('aborted')
    await this.onCommand(command)
    const repeated = this.commands.some(({ commandId }) => commandId === command.commandId)
    if (!repeated) this.commands.push(command)
    return { sequence: this.commands.length, repeated }
  }

  async state(): Promise<TillState> {
    return { storeId: 'test-store', sequence: this.events.length, visits: this.visits, gates: [] }
  }

  follow(after: number, onEvent: (event: TillEvent) => void | Promise<void>): () => void {
    let told = Promise.resolve()
    const follower = (event: TillEvent) => {
      told = told.then(() => onEvent(event))
      return told
    }
    for (const event of this.events.slice(after)) void follower(event)
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  async tell(event: WithoutPosition<TillEvent>): Promise<void> {
    const whole = { ...event, sequence: this.events.length + 1, atMs: startMs } as TillEvent
    this.events.push(whole)
    await Promise.all([...this.#followers].map((follower) => follower(whole)))
  }

  sent<T extends CommandType>(type: T): CommandOf<T>[] {
    return this.commands.filter((command): command is CommandOf<T> => command.type === type)
  }

  get followers(): number {
    return this.#followers.size
  }
}

export class FakeSensing implements SensingClient {
  readings: PlateReading[] = []
  readonly consumers = new Map<string, { keepMs?: number }>()
  readonly #followers = new Set<{
    types: readonly string[]
    onMessage: (message: SensedMessage) => void | Promise<void>
  }>()

  follow(
    consumer: string,
    types: readonly string[],
    onMessage: (message: SensedMessage) => void | Promise<void>,
    options: { keepMs?: number } = {},
  ): () => void {
    this.consumers.set(consumer, options)
    const follower = { types, onMessage }
    this.#followers.add(follower)
    return () => {
      this.#followers.delete(follower)
      this.consumers.delete(consumer)
    }
  }

  async say(message: SensedMessage): Promise<void> {
    const interested = [...this.#followers].filter(({ types }) => types.includes(message.type))
    await Promise.all(interested.map(({ onMessage }) => onMessage(message)))
  }

  async plates(): Promise<PlateReading[]> {
    return this.readings
  }

  followSamples(): () => void {
    return () => {}
  }
}

const square = (x: number, y: number, size: number): [number, number][] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
]

export const layout: StoreLayout = {
  storeId: 'test-store',
  currency: 'KRW',
  fixtures: [{ id: 'f1', positionM: [2, 4, 0], yawRad: 0 }],
  plates: [1, 2].map((index) => ({
    id: `p${index}`,
    fixture: 'f1',
    shelf: 1,
    index,
    positionM: [2 + index * 0.3, 4.2, 1],
    sizeM: [0.3, 0.4],
    yawRad: 0,
    ratingG: 10_000,
  })),
  gates: [{ id: 'gate-1', kind: 'both', zoneM: square(0, 0, 1) }],
  zones: [{ id: 'drinks', name: 'Drinks', polygonM: square(2, 3, 1) }],
  cameras: [{ id: 'cam-1', positionM: [3, 3, 2.8] }],
  products: ['milk', 'beer'].map((sku) => ({
    sku,
    name: sku,
    weightG: 200,
    weightSdG: 1,
    priceMinor: 1500,
    soldBy: 'each',
    ageRestricted: sku === 'beer',
    aliases: [],
  })),
  planogram: [
    { sku: 'milk', plates: ['p1'] },
    { sku: 'beer', plates: ['p2'] },
  ],
}

export interface FakeStore extends StoreBinding {
  clock: VirtualClock
  till: FakeTill
  sensing: FakeSensing
}

export function fakeStore(): FakeStore {
  return {
    layout,
    names: {
      groups: [
        { id: 'shelf-1', name: 'First', plates: ['p1'] },
        { id: 'shelf-2', name: 'Second', plates: ['p2'] },
      ],
      cameraGroups: [{ id: 'ceiling', name: 'Ceiling', cameras: ['cam-1'], devices: ['camera-1'] }],
      zones: [{ id: 'drinks', name: 'Drinks' }],
      gates: [{ id: 'gate-1' }],
      appliances: [{ id: 'vision' }],
    },
    timeZone: 'Asia/Seoul',
    profileHash: 'b'.repeat(64),
    clock: new VirtualClock(startMs),
    till: new FakeTill(),
    sensing: new FakeSensing(),
  }
}
