/** The console as one part that starts and stops; its entry file and its tests give it what it stands on. */
import { createServer } from 'node:http'
import type { Express } from 'express'
import type { Logger } from 'pino'
import { SystemClock } from '../contract/clock.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { endServer, listen } from '../program/listen.ts'
import type { RunningProgram } from '../program/program.ts'
import { Accounts } from '../security/accounts.ts'
import { LoginDelay } from '../security/login-delay.ts'
import { createSessionReader, SessionRegister } from '../security/session-register.ts'
import { SetupCode } from '../security/setup-code.ts'
import type { SensingClient } from '../sensing-api/sensing-client.ts'
import type { EvidenceClient, TillClient, VisitReader } from '../till-api/till-client.ts'
import type { AskForEvidence } from '../vision/evidence/evidence-client.ts'
import { createConsoleApp } from './console-app.ts'
import { EvidenceArchive } from './evidence/evidence-archive.ts'
import { EvidenceClerk } from './evidence/evidence-clerk.ts'
import { LiveStore } from './live-store.ts'
import type { TwinClient } from './twin-client.ts'

export interface ConsoleOptions {
  store: LoadedStore
  till: TillClient & EvidenceClient & VisitReader
  sensing: SensingClient
  /** null in a live store. */
  twin: TwinClient | null
  /** null: no vision program of ours runs that has pictures for reviews. */
  askForEvidence?: AskForEvidence | null
  dataDirectory: string
  sessionKey: string
  /** What invitations of shoppers' phones are signed with. */
  invitationKey: string
  host: string
  ports: { console: number; editor: number; phone: number }
  log: Pick<Logger, 'info' | 'error'>
  /** One line on the console of whoever started the store. */
  notice(text: string): void
}

export interface RunningConsole extends RunningProgram {
  port: number
  /** For the test that lists every route. */
  app: Express
}

/** A till that is away is asked again later. */
const visitWithinMs = 5000

/** @throws AisleError `port-taken` */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { store, till, sensing, twin, dataDirectory, sessionKey, log } = options
  // Logins, delays and the pace of the pages are for people: they go by the wall clock in every demonstration.
  const wallClock = new SystemClock()
  const server = createServer()
  const port = await listen(server, { host: options.host, port: options.ports.console, what: 'the store page' })

  const url = `http://${options.host}:${port}`
  const accounts = new Accounts(dataDirectory)
  const setupCode = new SetupCode({
    clock: wallClock,
    announce: (code) => options.notice(`Open ${url}/setup?code=${code} to choose a password`),
  })
  const { products, zones } = store.layout
  const live = new LiveStore({ till, sensing, twin, consumer: 'console', products, zones, wallClock })
  const archive = new EvidenceArchive(dataDirectory)
  const clerk = new EvidenceClerk({
    ...{ archive, wallClock, rule: store.profile.vision?.evidence, ask: options.askForEvidence ?? null },
    visit: (visitId) => till.visit(visitId, AbortSignal.timeout(visitWithinMs)),
    audit: (event, facts) => log.info(facts, event),
  })
  const app = createConsoleApp({
    ...{ evidence: archive, store, live, till, twin, accounts, setupCode, sessionKey, wallClock, port, log },
    phone: {
      url: store.profile.phone?.url ?? `http://${options.host}:${options.ports.phone}`,
      invitationKey: options.invitationKey,
    },
    sessions: new SessionRegister(dataDirectory),
    readSession: createSessionReader({ dataDirectory, sessionKey, clock: wallClock }),
    loginDelay: new LoginDelay(wallClock),
    editorPort: options.ports.editor,
    audit: (event, facts) => log.info(facts, event),
  })
  server.on('request', app)
  live.subscribe((event) => {
    const visit = event.type === 'visit' ? live.visit(event.visit.visitId) : undefined
    if (visit) clerk.seen(visit)
  })
  live.start()
  clerk.start()
  if (accounts.hasOwner()) options.notice(`Store page  ${url}/`)
  else setupCode.begin()

  return {
    port,
    app,
    async stop() {
      setupCode.end()
      clerk.stop()
      live.stop()
      await endServer(server)
    },
  }
}
