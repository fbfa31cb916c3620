/** The real till as a child process that dies without warning and comes back. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SystemClock } from '../../../runtime/contract/clock.ts'
import { integerBetween, type Random, uniform } from '../../../runtime/contract/random.ts'
import type { FromProgram, ToProgram } from '../../../runtime/program/run-settings.ts'
import type { VisitSnapshot } from '../../../runtime/till-api/events.ts'
import type { TillClient } from '../../../runtime/till-api/till-client.ts'
import { createTillClient } from '../../../runtime/till-api/till-http-client.ts'
import { freePorts } from '../../support/free-ports.ts'
import { get, openTestStore, settingsOf, type TestStore, tokens } from '../../till/support/test-till.ts'
import { waitFor } from '../../till/support/wait.ts'
import { patienceMs, seed, tellProgress } from './trial.ts'

const entry = fileURLToPath(new URL('../../../runtime/till/main.ts', import.meta.url))
/** What it was compiled to, as the store's own programs keep it: most of a life would be spent on that. */
const compiled = fileURLToPath(new URL('../../../dist/compile-cache', import.meta.url))
/** Its clients come back soon after each of its many starts. The deadlines of their requests are in real time. */
const impatient = new SystemClock({ scale: 20, originMs: Date.now() })
/** About as much as a visit needs, so that each is struck more than once. */
const mostInALife = 15
/** Until what comes next is under way, or done. */
const afterDoneMs = 30
/** This share of the lives ends within so long, which is before the till is ready. */
const struckAtStart = 0.15
const atStartMs = 1000
const lastLines = 30

/** A store of a trial's own and its till, which runs. Both have to be stopped. */
export async function openKilledTill(): Promise<{ store: TestStore; till: KilledTill }> {
  const store = await openTestStore({ seed })
  const till = new KilledTill(store, (await freePorts(1))[0] ?? 0)
  await till.start()
  return { store, till }
}

export class KilledTill {
  readonly url: string
  readonly #store: TestStore
  readonly #port: number
  #child: ChildProcess | undefined
  #isReady = false

  /** @param port one for all of its lives */
  constructor(store: TestStore, port: number) {
    this.#store = store
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
  }

  client(role: keyof typeof tokens): TillClient {
    return createTillClient({ url: this.url, token: tokens[role], clock: impatient })
  }

  async visit(visitId: string): Promise<VisitSnapshot> {
    return (await (await get(this.url, `/v1/visits/${visitId}`, 'console')).json()) as VisitSnapshot
  }

  /** The visit, when it has ended. */
  async ended(visitId: string): Promise<VisitSnapshot | false> {
    const visit = await this.visit(visitId)
    return ['paid', 'empty', 'void', 'debt'].includes(visit.state) && visit
  }

  /** @param wrapped a command in whose place the till is run: `strace`, or a shell that sets a limit first */
  start(wrapped: readonly string[] = []): Promise<void> {
    return this.#begin(spawnTill(wrapped))
  }

  /** From here on it knows where its data are: the one before must be dead. */
  #begin(child: ChildProcess): Promise<void> {
    this.#child = child
    this.#isReady = false
    const start: ToProgram = {
      type: 'start',
      settings: settingsOf(this.#store, this.#port),
      secrets: this.#store.secrets,
    }
    child.send(start)
    return new Promise((resolve, reject) => {
      const hangs = setTimeout(() => reject(new Error(`The till was not ready within ${patienceMs} ms.`)), patienceMs)
      child.once('exit', () => clearTimeout(hangs))
      child.once('exit', (code, signal) => reject(new Error(`The till ended at its start: ${signal ?? code}.`)))
      child.on('message', (message: FromProgram) => {
        if (message.type === 'ready') {
          this.#isReady = true
          clearTimeout(hangs)
          resolve()
        }
        if (message.type === 'failed') reject(new Error(message.error.message))
      })
    })
  }

  /**
   * Waits for `moment`, kills it, and starts it again. Its successor loads its code meanwhile, and no more.
   * @param isAwaited until it is ready
   */
  async killAt(moment: () => Promise<unknown>, isAwaited = true): Promise<void> {
    const next = spawnTill()
    try {
      await moment()
      await this.stop()
    } catch (error) {
      next.kill('SIGKILL')
      throw error
    }
    const ready = this.#begin(next)
    if (isAwaited) await ready
    else ready.catch(() => {})
  }

  /**
   * Kills it again and again: mostly after it has done a little, at times while it still starts. The last one lives.
   * @param done what the till has been seen to do, counted
   */
  async keepKilling(times: number, random: Random, done: () => number): Promise<void> {
    for (let kill = 1; kill <= times; kill++) {
      const strikeAt = done() + integerBetween(random, 0, mostInALife)
      const moment = async () => {
        if (this.#isReady) await waitFor('so much to be done', () => done() >= strikeAt, patienceMs)
        await pause(uniform(random, 0, this.#isReady ? afterDoneMs : atStartMs))
      }
      await this.killAt(moment, kill === times || random.next() > struckAtStart)
      tellProgress(kill, times, 'kills')
    }
  }

  /** How it stands and what it last wrote into its log, for whoever has to find out what went wrong. */
  lastWords(): string {
    const log = readFileSync(join(this.#store.dataDirectory, 'logs', 'till.log'), 'utf8')
      .trimEnd()
      .split('\n')
    return [`The till ${this.#isReady ? 'runs' : 'starts'}; its log ends:`, ...log.slice(-lastLines)].join('\n')
  }

  /** It hangs: it does nothing any more, and no connection ends. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** kill -9. */
  async stop(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}

function spawnTill(wrapped: readonly string[] = []): ChildProcess {
  const [command = '', ...args] = [...wrapped, process.execPath, entry]
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled }
  return spawn(command, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
