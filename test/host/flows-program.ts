/** Starts the flows program by itself, as the supervisor does it, with a data folder of its own and a till that is quiet. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FromProgram, RunSettings } from '../../runtime/program/run-settings.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { issueSession } from '../../runtime/security/session.ts'
import { freePorts } from '../support/free-ports.ts'
import { startQuietTill } from './quiet-till.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface TestFlows {
  url: string
  dataDirectory: string
  consolePort: number
  /** The Cookie header of somebody who is logged in. */
  cookie: string
  /** A request with login and our own Origin, unless `headers` say otherwise. */
  ask(path: string, options?: RequestInit): Promise<Response>
  /** What it has told the supervisor so far. */
  told: readonly FromProgram[]
  /** "METHOD path" of every route that was made in it. */
  routes(): Promise<string[]>
  stop(): Promise<void>
}

/** What the program is handed, also for those that it talks to. */
export const flowsSecrets = Object.fromEntries(
  Object.values(generatedSecrets).map((name) => [name, `test-${name}-`.repeat(4)]),
)

/** @param options the corner shop, and nobody at sensing's port, where they do not say otherwise */
export async function startFlows(
  options: { profileDirectory?: string; sensingPort?: number } = {},
): Promise<TestFlows> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'aisle-flows-'))
  const till = await startQuietTill()
  const [consolePort = 0, editor = 0, sensing = 0, broker = 0] = await freePorts(4)
  const settings: RunSettings = {
    profileDirectory: options.profileDirectory ?? join(root, 'hardware-profiles', 'corner-shop'),
    dataDirectory,
    host: '127.0.0.1',
    ports: { console: consolePort, editor, till: till.port, sensing: options.sensingPort ?? sensing, broker, phone: 0 },
    clock: { scale: 1, originMs: 0 },
    live: false,
    twin: { seed: 1, shoppersPerHour: 1, visits: null },
  }
  const secrets = flowsSecrets
  const { PATH, NODE_COMPILE_CACHE, OPEN_AISLE_LOG_LEVEL } = process.env
  const told: FromProgram[] = []
  const program = fork(join(root, 'test/host/recorded-flows-program.ts'), [], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--disable-proto=delete'],
    env: { PATH, NODE_COMPILE_CACHE, OPEN_AISLE_LOG_LEVEL: OPEN_AISLE_LOG_LEVEL ?? 'fatal' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  program.send({ type: 'start', settings, secrets })
  await new Promise<void>((resolve, reject) => {
    program.on('message', (message: FromProgram) => {
      told.push(message)
      if (message.type === 'ready') resolve()
      if (message.type === 'failed') reject(new Error(message.error.message))
    })
    program.once('exit', (code) => reject(new Error(`The flows program ended with ${code}.`)))
  })

  const url = `http://127.0.0.1:${editor}`
  const sessionKey = secrets[generatedSecrets.sessionKey] ?? ''
  const [cookie = ''] = issueSession({ user: 'olive', role: 'owner' }, sessionKey, Date.now()).split(';')
  return {
    url,
    dataDirectory,
    consolePort,
    cookie,
    told,
    ask: (path, options = {}) =>
      fetch(`${url}${path}`, {
        redirect: 'manual',
        ...options,
        headers: { cookie, origin: url, 'content-type': 'application/json', ...options.headers },
      }),
    async routes() {
      const answer = new Promise<string[]>((resolve) => {
        program.on(
          'message',
          (message: { type: string; routes?: string[] }) => message.routes && resolve(message.routes),
        )
      })
      program.send({ type: 'routes' })
      return await answer
    },
    async stop() {
      const ended = once(program, 'exit')
      program.send({ type: 'stop' })
      await ended
      till.stop()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}
