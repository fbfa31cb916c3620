/** The real till as a child process that dies without warning and comes back. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Random, uniform } from '../../../runtime/contract/random.ts'
import type { FromProgram, ToProgram } from '../../../runtime/program/run-settings.ts'
import type { VisitSnapshot } from '../../../runtime/till-api/events.ts'
import type { TillClient } from '../../../runtime/till-api/till-client.ts'
import { createTillClient } from '../../../runtime/till-api/till-http-client.ts'
import { clock, get, settingsOf, type TestStore, tokens } from '../../till/support/test-till.ts'

const entry = fileURLToPath(new URL('../../../runtime/till/main.ts', import.meta.url))

export class KilledTill {
  readonly url: string
  readonly #store: TestStore
  readonly #port: number
  #child: ChildProcess | undefined

  /** @param port one for all of its lives */
  constructor(store: TestStore, port: number) {
    this.#store = store
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
  }

  client(role: keyof typeof tokens): TillClient {
    return createTillClient({ url: this.url, token: tokens[role], clock })
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
    const [command = '', ...args] = [...wrapped, process.execPath, entry]
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    this.#child = child
    const start: ToProgram = {
      type: 'start',
      settings: settingsOf(this.#store, this.#port),
      secrets: this.#store.secrets,
    }
    child.send(start)
    return new Promise((resolve, reject) => {
      child.once('exit', (code, signal) => reject(new Error(`The till ended at its start: ${signal ?? code}.`)))
      child.on('message', (message: FromProgram) => {
        if (message.type === 'ready') resolve()
        if (message.type === 'failed') reject(new Error(message.error.message))
      })
    })
  }

  /** Kills it again and again, 0 to 700 ms after it was ready. */
  async keepKilling(times: number, random: Random, onKill: (kill: number) => void = () => {}): Promise<void> {
    for (let kill = 0; kill < times; kill++) {
      await new Promise((resolve) => setTimeout(resolve, uniform(random, 0, 700)))
      await this.stop()
      onKill(kill + 1)
      await this.start()
    }
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
