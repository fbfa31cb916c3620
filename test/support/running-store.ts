/** The real programs under the real supervisor, on free ports and a data folder of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programPlans } from '../../bin/program-plans.ts'
import { root } from '../../bin/store-options.ts'
import { build } from '../../build/build.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import type { ProgramName, RunSettings } from '../../runtime/program/run-settings.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { openSecretStore } from '../../runtime/security/secret-store.ts'
import { Supervisor } from '../../runtime/supervisor/supervisor.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import { freePorts } from './free-ports.ts'
import { copyProfileToFreePorts } from './profile-folder.ts'

export interface RunningStore {
  settings: RunSettings
  store: LoadedStore
  clock: SystemClock
  secret(name: keyof typeof generatedSecrets): string
  supervisor: Supervisor
  /** What the programs told whoever started the store. */
  lines: string[]
  till: ReturnType<typeof createTillClient>
  /** JSON from the twin's control: /twin/truth, /twin/state, /twin/ledger. */
  twin<T>(path: string, body?: unknown): Promise<T>
  visits(): Promise<VisitSnapshot[]>
  /** Ends a program without warning, once it runs. Resolves to what waits until it is ready again. */
  kill(name: ProgramName): Promise<{ again(): Promise<void> }>
  stop(): Promise<void>
}

export interface RunningStoreOptions {
  speed?: number
  visits?: number | null
  shoppersPerHour?: number
  seed?: number
  /** Longest pause before a program that ended is started again. */
  longestPauseMs?: number
  /** Changes the copied profile before the store starts. */
  prepare?(profileDirectory: string): Promise<void>
}

export async function startStore(options: RunningStoreOptions = {}): Promise<RunningStore> {
  await build(root, () => {})
  const profileDirectory = await copyProfileToFreePorts()
  await options.prepare?.(profileDirectory)
  const dataDirectory = await mkdtemp(join(tmpdir(), 'open-aisle-data-'))
  const [console = 0, editor = 0, till = 0, sensing = 0, broker = 0, phone = 0, kiosk = 0] = await freePorts(7)
  const settings: RunSettings = {
    profileDirectory,
    dataDirectory,
    host: '127.0.0.1',
    ports: { console, editor, till, sensing, broker, phone, kiosk },
    clock: { scale: options.speed ?? 1, originMs: Date.now() },
    live: false,
    twin: { seed: options.seed ?? 1, shoppersPerHour: options.shoppersPerHour ?? 150, visits: options.visits ?? null },
  }
  const store = await loadStore(profileDirectory)
  const secrets = openSecretStore(dataDirectory)
  secrets.ensureGenerated()
  secrets.set(store.profile.payment.secretKey, 'test_sk_end_to_end')
  const secret = (name: keyof typeof generatedSecrets) => secrets.read(generatedSecrets[name]) ?? ''

  const lines: string[] = []
  const plans = programPlans(settings, store.profile, secrets.read).map((plan) => ({
    ...plan,
    ...(options.longestPauseMs ? { longestPauseMs: options.longestPauseMs } : {}),
  }))
  const supervisor = new Supervisor(plans, (line) => lines.push(line))
  await supervisor.start()
  const clock = new SystemClock(settings.clock)
  const client = createTillClient({ url: `http://127.0.0.1:${till}`, token: secret('tillTokenConsole'), clock })

  async function told(line: string, from: number): Promise<void> {
    while (!lines.includes(line, from)) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  return {
    settings,
    store,
    clock,
    secret,
    supervisor,
    lines,
    till: client,
    async twin<T>(path: string, body?: unknown) {
      const response = await fetch(new URL(path, store.profile.payment.url), {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${secret('twinControl')}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as T
    },
    async visits() {
      const all: VisitSnapshot[] = []
      const url = new URL(`http://127.0.0.1:${till}/v1/visits?limit=1000`)
      const response = await fetch(url, { headers: { authorization: `Bearer ${secret('tillTokenConsole')}` } })
      all.push(...((await response.json()) as { visits: VisitSnapshot[] }).visits)
      return all
    },
    async kill(name) {
      for (;;) {
        const pid = supervisor.pid(name)
        if (pid) {
          const from = lines.length
          process.kill(pid, 'SIGKILL')
          return { again: () => told(`${name} runs again`, from) }
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async stop() {
      await supervisor.stop()
      await rm(dataDirectory, { recursive: true, force: true })
      await rm(join(profileDirectory, '..'), { recursive: true, force: true })
    },
  }
}

/** Asks again, twice a second, until `ready` is true of the answer; `tell` says in a failure how far it had come. */
export async function until<T>(
  ask: () => Promise<T>,
  ready: (answer: T) => boolean,
  options: { withinMs: number; what: string; tell?: (answer: T) => unknown },
): Promise<T> {
  const deadlineMs = performance.now() + options.withinMs
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined && ready(answer)) return answer
    if (performance.now() > deadlineMs) {
      const last = answer === undefined ? 'there was no answer' : JSON.stringify(options.tell?.(answer))
      throw new Error(`${options.what} did not come within ${options.withinMs / 1000} s: ${last}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
