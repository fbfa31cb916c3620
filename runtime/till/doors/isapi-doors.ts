/**
 * Doors of a controller that is told by HTTP to open (Hikvision's ISAPI). It knows no inputs and no watchdog: what the
 * exit needs for safety is wired to the controller itself, as its definition's page says.
 */
import type { Logger } from 'pino'
import { type Clock, SystemClock, sleep, type Timer } from '../../contract/clock.ts'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { DoorController } from '../../devices/definition-schema.ts'
import { CameraLogin } from '../../vision/sources/camera-login.ts'
import type { ContactSample, Contacts } from './contacts.ts'

export interface IsapiDoorsOptions {
  name: string
  /** Its base address. */
  url: string
  /** user:password */
  login: string | undefined
  definition: DoorController
  clock: Clock
  log: Logger
}

type State = 'keepOpen' | 'close'

/** In the store's time. */
const tickMs = 50
/** In real time, as all that is about the wire. */
const askEveryMs = 1000
const retryMs = 500
const offlineAfterMs = 3000
/** Such devices lock an account after a few wrong passwords. */
const refusedRetryMs = 60_000

export class IsapiDoors implements Contacts {
  readonly #options: IsapiDoorsOptions
  readonly #login: CameraLogin
  readonly #wire = new SystemClock()
  readonly #end = new AbortController()
  readonly #wanted = new Map<number, State>()
  /** What each door was told last, as far as it answered. */
  readonly #told = new Map<number, State>()
  readonly #telling = new Set<number>()
  #heardAtMs = Number.NEGATIVE_INFINITY
  #refusedUntilMs = Number.NEGATIVE_INFINITY
  #tick: Timer | undefined
  #asking: Promise<void> | undefined

  constructor(options: IsapiDoorsOptions) {
    this.#options = options
    const { login, definition } = options
    this.#login = new CameraLogin({ login, authentication: definition.authentication })
  }

  get online(): boolean {
    return this.#wire.nowMs() - this.#heardAtMs < offlineAfterMs
  }

  start(onSample: (sample: ContactSample | null) => void): void {
    const tick = () => {
      onSample(this.online ? { inputs: [], counts: null } : null)
      this.#tick = this.#options.clock.after(tickMs, tick)
    }
    tick()
    this.#asking = this.#keepAsking()
  }

  async stop(relays: readonly number[]): Promise<void> {
    this.#options.clock.clear(this.#tick)
    this.#end.abort()
    await this.#asking
    await Promise.all(relays.map((door) => this.#command(door, 'close').catch(() => {})))
  }

  set(door: number, on: boolean): void {
    this.#wanted.set(door, on ? 'keepOpen' : 'close')
    void this.#tell(door)
  }

  /** It holds nothing for anybody: a door that is to open by itself is wired so. */
  hold(): void {}

  /** A door that it opens closes by itself. */
  rest(): void {}

  pulse(door: number): void {
    const { name, log } = this.#options
    this.#command(door, 'open').catch((error: unknown) =>
      log.warn({ device: name, door, error: errorSentence(error) }, 'a door was not opened'),
    )
  }

  /** Until it has been told, or wants something else. */
  async #tell(door: number): Promise<void> {
    if (this.#telling.has(door)) return
    this.#telling.add(door)
    for (let state = this.#due(door); state && !this.#end.signal.aborted; state = this.#due(door)) {
      try {
        await this.#command(door, state)
        this.#told.set(door, state)
      } catch {
        // That it does not answer shows in `online`.
        await sleep(this.#wire, retryMs, this.#end.signal)
      }
    }
    this.#telling.delete(door)
  }

  #due(door: number): State | undefined {
    const wanted = this.#wanted.get(door)
    return wanted === this.#told.get(door) ? undefined : wanted
  }

  async #keepAsking(): Promise<void> {
    const { definition, name, log } = this.#options
    while (!this.#end.signal.aborted) {
      try {
        await this.#request('GET', definition.alivePath)
      } catch (error) {
        if (this.#heardAtMs > 0 && !this.online) log.warn({ device: name, error: errorSentence(error) }, 'no answer')
        // It may have been switched off: then its doors are as they are at its start.
        if (!this.online) this.#told.clear()
      }
      for (const door of this.#wanted.keys()) void this.#tell(door)
      await sleep(this.#wire, askEveryMs, this.#end.signal)
    }
  }

  #command(door: number, command: keyof DoorController['commands']): Promise<void> {
    const { doorPath, commands } = this.#options.definition
    const body = `<RemoteControlDoor><cmd>${commands[command]}</cmd></RemoteControlDoor>`
    return this.#request('PUT', doorPath.replace('{door}', String(door)), body)
  }

  async #request(method: 'GET' | 'PUT', path: string, body?: string): Promise<void> {
    const { url, definition, name } = this.#options
    if (this.#wire.nowMs() < this.#refusedUntilMs) throw new Error('it refuses the login')
    const target = new URL(path, url)
    const signal = AbortSignal.timeout(definition.answerWithinMs)
    try {
      const { status } = await this.#login.request(method, target.pathname, async (authorization) => {
        const response = await fetch(target, {
          ...{ method, redirect: 'error', signal },
          headers: {
            ...(authorization ? { authorization } : {}),
            ...(body ? { 'content-type': 'application/xml' } : {}),
          },
          ...(body ? { body } : {}),
        })
        await response.body?.cancel()
        return { status: response.status, challenges: response.headers.get('www-authenticate') ?? '' }
      })
      if (status >= 300) throw new Error(`${name} answered ${method} ${path} with status ${status}`)
      this.#heardAtMs = this.#wire.nowMs()
    } catch (error) {
      if (error instanceof AisleError) this.#refusedUntilMs = this.#wire.nowMs() + refusedRetryMs
      throw error
    }
  }
}
