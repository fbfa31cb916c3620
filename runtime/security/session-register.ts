/**
 * Which sessions were ended before their time: `sessions.json` in the data folder, written by the console and
 * read by every program that checks logins. A logged-out session is listed until it would have expired anyway;
 * logging out everywhere sets one time, before which nothing counts.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { type Clock, SystemClock } from '../contract/clock.ts'
import { compileGate, parseJson, strictObject } from '../contract/schema.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { type Session, verifySession } from './session.ts'

const SessionsFile = strictObject({
  format: Type.Literal('open-aisle-sessions'),
  version: Type.Literal(1),
  validFromMs: Type.Number({ description: 'Sessions that began earlier have ended.' }),
  ended: Type.Array(strictObject({ id: Type.String(), expiresAtMs: Type.Number() })),
})
type SessionsFile = Static<typeof SessionsFile>

const checkFile = compileGate(SessionsFile, {
  code: 'sessions-invalid',
  what: 'The list of ended sessions',
  action: 'Remove the file and set the secret session-key anew; that ends every session.',
})

/** Reads the session of a request's Cookie header; null: nobody is logged in. */
export type SessionReader = (cookieHeader: string | undefined) => Session | null

/**
 * For each program that checks logins.
 * @param clock the wall clock; only tests give another
 */
export function createSessionReader(options: {
  dataDirectory: string
  sessionKey: string
  clock?: Clock
}): SessionReader {
  const register = new SessionRegister(options.dataDirectory)
  const clock = options.clock ?? new SystemClock()
  return (cookieHeader) => {
    const session = verifySession(cookieHeader, options.sessionKey, clock.nowMs())
    return session && register.isOpen(session) ? session : null
  }
}

export class SessionRegister {
  readonly #path: string
  #seen = ''
  #file: SessionsFile = { format: 'open-aisle-sessions', version: 1, validFromMs: 0, ended: [] }

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, 'sessions.json')
  }

  isOpen(session: Session): boolean {
    const { validFromMs, ended } = this.#read()
    return session.issuedAtMs >= validFromMs && !ended.some(({ id }) => id === session.id)
  }

  end({ id, expiresAtMs }: Session, nowMs: number): void {
    const file = this.#read()
    const ended = file.ended.filter((other) => other.expiresAtMs > nowMs && other.id !== id)
    this.#write({ ...file, ended: [...ended, { id, expiresAtMs }] })
  }

  /** Ends every session that began before `timeMs`. */
  endAllBefore(timeMs: number): void {
    this.#write({ ...this.#read(), validFromMs: timeMs, ended: [] })
  }

  /** The file is small and read only when it is another one: each write makes a new inode. */
  #read(): SessionsFile {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    const seen = found ? `${found.ino}:${found.mtimeMs}` : ''
    if (seen !== this.#seen) {
      const text = readPrivateFile(this.#path)
      if (text !== undefined) this.#file = checkFile(parseJson(text, this.#path), this.#path)
      this.#seen = seen
    }
    return this.#file
  }

  #write(file: SessionsFile): void {
    writePrivateFile(this.#path, `${JSON.stringify(file)}\n`)
  }
}
