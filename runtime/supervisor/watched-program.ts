/** One program under watch: started, listened to, started again when it ends, ended when it hangs. */
import { type ChildProcess, fork } from 'node:child_process'
import type { ClockRate } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import { BackOff } from '../program/back-off.ts'
import type { FromProgram, ProgramName, ProgramSecrets, RunSettings, ToProgram } from '../program/run-settings.ts'

export interface ProgramPlan {
  name: ProgramName
  /** Its entry file. */
  file: string
  settings: RunSettings
  secrets: ProgramSecrets
  /** Node's own options for this program. */
  nodeOptions?: string[]
  environment: Record<string, string>
  /** Longest pause before it is started again; 30 s where nothing is said. */
  longestPauseMs?: number
}

/** A program says "alive" each second; one that has been silent this long hangs. */
const silentMs = 15_000
/** Loading the code of a program blocks it, and a slow machine takes its time. */
const startingMs = 60_000
const stopGraceMs = 8_000

type Told = Extract<FromProgram, { type: 'failed' }>['error']

export class WatchedProgram {
  readonly plan: ProgramPlan
  readonly #say: (line: string) => void
  readonly #onSpeed: (scale: number) => void
  readonly #onRestart: (programs: ProgramName[]) => void
  readonly #backOff: BackOff
  /** Those of the plan, with the newest clock. */
  #settings: RunSettings
  #child: ChildProcess | undefined
  #stopping = false
  /** How often it was asked to take up what changed, and has not said that it did: if it ends, it starts anew. */
  #renewals = 0
  #restart: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined
  #lastError: Told | undefined

  constructor(
    plan: ProgramPlan,
    say: (line: string) => void,
    on: { speed(scale: number): void; restart(programs: ProgramName[]): void },
  ) {
    this.plan = plan
    this.#settings = plan.settings
    this.#say = say
    this.#onSpeed = on.speed
    this.#onRestart = on.restart
    this.#backOff = new BackOff({ firstMs: 200, longestMs: plan.longestPauseMs ?? 30_000, forgetAfterMs: 10_000 })
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    const child = this.#child
    return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined
  }

  /**
   * Resolves when the program is ready for the first time.
   * @throws AisleError what the program said when it could not start
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#launch({ onReady: resolve, onEnd: (told, why) => reject(toError(this.plan.name, told, why)) })
    })
  }

  #launch(first?: { onReady(): void; onEnd(told: Told | undefined, why: string): void }): void {
    const { name, file, secrets, nodeOptions = [], environment } = this.plan
    const settings = this.#settings
    const child = fork(file, [], {
      execArgv: ['--disable-warning=ExperimentalWarning', ...nodeOptions],
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child = child
    this.#lastError = undefined
    let ready = false
    child.send({ type: 'start', settings, secrets } satisfies ToProgram, () => {})
    child.on('message', (message: FromProgram) => {
      this.#heard(silentMs)
      if (message.type === 'notice') this.#say(message.text)
      if (message.type === 'speed') this.#onSpeed(message.scale)
      if (message.type === 'restart') this.#onRestart(message.programs)
      if (message.type === 'failed') this.#lastError = message.error
      if (message.type === 'renewed') {
        this.#renewals = Math.max(0, this.#renewals - 1)
        this.#say(`${name} has taken up what changed`)
      }
      if (message.type === 'ready') {
        ready = true
        if (first) first.onReady()
        else this.#say(`${name} runs again`)
      }
    })
    child.on('error', () => {}) // 'exit' follows, or the fork never ran and 'exit' is not sent: both end below
    child.on('exit', (code, signal) => {
      clearTimeout(this.#silence)
      if (this.#stopping) return
      if (this.#renewals > 0) {
        this.#renewals = 0
        this.#say(`${name} starts anew, as it was asked to`)
        return this.#launch(ready ? undefined : first)
      }
      const why = signal ?? `exit code ${code}`
      if (first && !ready) return first.onEnd(this.#lastError, why)
      this.#startAgain(why)
    })
    this.#heard(startingMs)
  }

  /** @param withinMs how soon it must be heard of again */
  #heard(withinMs: number): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      this.#say(`${this.plan.name} has not answered for ${withinMs / 1000} s and is ended`)
      this.#child?.kill('SIGKILL')
    }, withinMs)
  }

  #startAgain(why: string): void {
    const pauseMs = this.#backOff.pauseMs(performance.now())
    const reason = this.#lastError ? `${this.#lastError.message} ${this.#lastError.action}` : why
    this.#say(`${this.plan.name} ended (${reason}); it starts again in ${pauseMs / 1000} s`)
    this.#restart = setTimeout(() => this.#launch(), pauseMs)
  }

  /** Lets its clock, and that of those started after it, run at another rate. */
  changeClock(clock: ClockRate): void {
    this.#settings = { ...this.#settings, clock }
    if (this.#child?.connected) this.#child.send({ type: 'clock', clock } satisfies ToProgram, () => {})
  }

  /**
   * Has it take up what changed of what it read at its start. Where it cannot, it ends as at a stop, and is started
   * anew at once: that it was asked to is no failure. Resolves when it has done the one or the other.
   */
  async renew(): Promise<void> {
    // One that is about to start again reads what is new by itself.
    if (this.#stopping || this.pid === undefined) return
    this.#renewals++
    await this.#ask('renew')
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#restart)
    await this.#ask('stop')
  }

  /** Resolves when it has ended, or has said that it need not; after a grace period it is ended by force. */
  async #ask(type: 'renew' | 'stop'): Promise<void> {
    clearTimeout(this.#silence)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const done = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.on('message', (message: FromProgram) => type === 'renew' && message.type === 'renewed' && resolve())
    })
    if (child.connected) child.send({ type } satisfies ToProgram, () => {})
    const force = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
    await done
    clearTimeout(force)
  }
}

function toError(name: ProgramName, told: Told | undefined, why: string): AisleError {
  if (told) return new AisleError(told.code, told.message, { where: told.where, action: told.action })
  return new AisleError('program-failed', `The program ${name} ended before it was ready (${why}).`, {
    action: `Its log says more: logs/${name}.log in the data folder.`,
  })
}
