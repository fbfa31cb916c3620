import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { waitFor } from './wait.ts'

const programs = globSync('/usr/lib/postgresql/*/bin/initdb').map(dirname).sort().at(-1)

/** What keeps a server from being started here; undefined when nothing does. */
export function missingPostgres(): string | undefined {
  if (programs === undefined) return 'PostgreSQL is not on this machine (apt-get install postgresql)'
  if (process.getuid?.() === 0 && postgresUser() === undefined) return 'PostgreSQL does not run as root'
  return undefined
}

/** A PostgreSQL of its own, empty, that only this machine reaches. */
export class PostgresServer {
  readonly #directory: string
  readonly #process: ChildProcess

  private constructor(directory: string, process: ChildProcess) {
    this.#directory = directory
    this.#process = process
  }

  static async start(): Promise<PostgresServer> {
    const directory = await mkdtemp(join(tmpdir(), 'open-aisle-postgres-'))
    const user = process.getuid?.() === 0 ? postgresUser() : undefined
    if (user) chownSync(directory, user.uid, user.gid)
    const data = join(directory, 'data')
    const begun = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync']
    execFileSync(join(programs ?? '', 'initdb'), begun, { cwd: directory, stdio: 'ignore', ...user })
    const options = ['-D', data, '-k', directory, '-c', 'listen_addresses=', '-c', 'fsync=off']
    const child = spawn(join(programs ?? '', 'postgres'), options, { cwd: directory, stdio: 'ignore', ...user })
    const server = new PostgresServer(directory, child)
    const answers = () => spawnSync(join(programs ?? '', 'pg_isready'), ['-q', '-h', directory]).status === 0
    await waitFor('PostgreSQL', answers, 120_000)
    return server
  }

  get socket(): string {
    return join(this.#directory, '.s.PGSQL.5432')
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    // Ends the connections, too.
    this.#process.kill('SIGINT')
    await ended
    await rm(this.#directory, { recursive: true })
  }
}

function postgresUser(): { uid: number; gid: number } | undefined {
  try {
    const idOf = (which: string) =>
      Number(execFileSync('id', [which, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: idOf('-u'), gid: idOf('-g') }
  } catch {
    return undefined
  }
}
