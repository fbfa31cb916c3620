/** Till and sensing in memory, speaking their clients' interfaces; tests move them by hand. */
import { AisleError } from '../../runtime/contract/errors.ts'
import type { SensedMessage, SensingClient } from '../../runtime/sensing-api/sensing-client.ts'
import type { TillCommand } from '../../runtime/till-api/commands.ts'
import type { TillEvent, TillState, VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { TillClient } from '../../runtime/till-api/till-client.ts'

type EventBody = TillEvent extends infer E ? (E extends TillEvent ? Omit<E, 'sequence' | 'atMs'> : never) : never

export class FakeTill implements TillClient {
  readonly commands: TillCommand[] = []
  readonly visits = new Map<string, VisitSnapshot>()
  gates: TillState['gates'] = []
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
