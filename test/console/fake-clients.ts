/** Till, sensing and the simulated store in memory, speaking their clients' interfaces; tests move them by hand. */
import type { FaultWish, ShopperWish, TwinClient } from '../../runtime/console/twin-client.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { SensedMessage, SensingClient } from '../../runtime/sensing-api/sensing-client.ts'
import type { TillCommand } from '../../runtime/till-api/commands.ts'
import type { EvidenceEvent, TillEvent, TillState, VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { EvidenceClient, TillClient } from '../../runtime/till-api/till-client.ts'

type EventBody = TillEvent extends infer E ? (E extends TillEvent ? Omit<E, 'sequence' | 'atMs'> : never) : never

export class FakeTill implements TillClient, EvidenceClient {
  readonly commands: TillCommand[] = []
  readonly visits = new Map<string, VisitSnapshot>()
  gates: TillState['gates'] = []
  journalled: EvidenceEvent[] = []
  /** While true it answers nothing, as a till that is being started again. */
  away = false
  #sequence = 0
  readonly #followers = new Set<(event: TillEvent) => void | Promise<void>>()

  async tell(body: EventBody): Promise<void> {
    if (body.type === 'visit-changed') this.visits.set(body.data.visitId, body.data)
    const event = { ...body, sequence: ++this.#sequence, atMs: Date.now() } as TillEvent
    for (const follower of this.#followers) await follower(event)
  }

  async state(signal?: AbortSignal): Promise<TillState> {
    await this.#answer(signal)
    return { storeId: 'corner-shop', sequence: this.#sequence, visits: [...this.visits.values()], gates: this.gates }
  }

  async send(command: TillCommand, signal?: AbortSignal) {
    await this.#answer(signal)
    const before = this.commands.find(({ commandId }) => commandId === command.commandId)
    if (before && JSON.stringify(before) !== JSON.stringify(command)) {
      throw new AisleError('command-conflict', 'Another command has this id.', { action: 'Reload the page.' })
    }
    if (!before) this.commands.push(command)
    return { sequence: this.#sequence, repeated: before !== undefined }
  }

  async visit(visitId: string, signal?: AbortSignal): Promise<VisitSnapshot | null> {
    await this.#answer(signal)
    return this.visits.get(visitId) ?? null
  }

  async evidence(_visitId: string, signal?: AbortSignal): Promise<EvidenceEvent[]> {
    await this.#answer(signal)
    return this.journalled
  }

  follow(_after: number, onEvent: (event: TillEvent) => void | Promise<void>): () => void {
    this.#followers.add(onEvent)
    return () => this.#followers.delete(onEvent)
  }

  async #answer(signal?: AbortSignal): Promise<void> {
    if (!this.away) return
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    throw new AisleError('till-unreachable', 'The till did not answer.', { action: 'Wait.' })
  }
}

export class FakeSensing implements SensingClient {
  readings: Awaited<ReturnType<SensingClient['plates']>> = []
  away = false
  /** Everybody who has followed, by the name that they took under. */
  readonly consumers: string[] = []
  readonly #followers = new Set<(message: SensedMessage) => void | Promise<void>>()

  async tell(message: SensedMessage): Promise<void> {
    for (const follower of this.#followers) await follower(message)
  }

  follow(consumer: string, _types: readonly string[], onMessage: (message: SensedMessage) => void | Promise<void>) {
    this.consumers.push(consumer)
    this.#followers.add(onMessage)
    return () => this.#followers.delete(onMessage)
  }

  async plates() {
    if (this.away) throw new Error('connection refused')
    return this.readings
  }

  followSamples() {
    return () => {}
  }
}

const plateKind = {
  kind: 'plate',
  title: { en: 'Load cell', ko: '로드셀' },
  faults: [{ fault: 'disconnected', title: { en: 'Cable is off', ko: '케이블이 빠짐' } }],
}
const waitAct = {
  description: 'Stands about.',
  required: ['act', 'durationMs'],
  properties: { act: { const: 'wait' }, durationMs: { type: 'number', title: 'Duration' } },
}

export class FakeTwin implements TwinClient {
  readonly asked: [string, unknown][] = []
  paused = false
  speed = 1
  broken: FaultWish[] = []
  visits: Awaited<ReturnType<TwinClient['truth']>>['visits'] = []
  away = false

  async things() {
    this.#answer()
    const brokenOf = (name: string) =>
      this.broken
        .filter(({ device }) => device === name)
        .map(({ fault, value = null, seconds }) => ({ fault, value, untilMs: 1000 + seconds * 1000 }))
    const things = ['g1-s1-p1', 'g1-s1-p2'].map((name) => ({ name, kind: 'plate', broken: brokenOf(name) }))
    return { kinds: [plateKind], things }
  }

  async behaviours() {
    this.#answer()
    return { behaviours: ['buyer'], requestSchema: { properties: { plan: { items: { oneOf: [waitAct] } } } } }
  }

  async state() {
    this.#answer()
    const { paused, speed } = this
    return { nowMs: 1000, paused, finished: false, inside: 0, speed }
  }

  async truth() {
    this.#answer()
    return { visits: this.visits }
  }

  async setRunning(running: boolean) {
    this.#answer()
    this.paused = !running
  }

  async setSpeed(scale: number) {
    this.#answer()
    this.speed = scale
  }

  async addShopper(wish: ShopperWish) {
    this.#answer()
    this.asked.push(['shopper', wish])
  }

  async break(wish: FaultWish) {
    this.#answer()
    if (wish.fault !== 'disconnected') {
      throw new AisleError('fault-unknown', `A plate has no fault "${wish.fault}".`, { action: 'Choose disconnected.' })
    }
    this.broken.push(wish)
  }

  async mend(device?: string) {
    this.#answer()
    this.broken = this.broken.filter((one) => device !== undefined && one.device !== device)
  }

  #answer(): void {
    if (this.away) throw new AisleError('twin-unreachable', 'It does not answer.', { action: 'Wait.' })
  }
}
