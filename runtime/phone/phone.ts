/** The phones' program as one part that starts and stops; its entry file and its tests give it what it stands on. */
import { createServer } from 'node:http'
import type { Express } from 'express'
import type { Logger } from 'pino'
import { type Clock, SystemClock } from '../contract/clock.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { endServer, listen } from '../program/listen.ts'
import type { RunningProgram } from '../program/program.ts'
import type { AccountsClient } from '../till-api/till-client.ts'
import { cardPageOf } from './card-page.ts'
import { createPhoneApp } from './phone-app.ts'

export interface PhoneOptions {
  store: LoadedStore
  till: AccountsClient
  keys: { invitations: string; sessions: string }
  host: string
  port: number
  live: boolean
  /** The store's time. */
  clock: Clock
  log: Pick<Logger, 'info' | 'error'>
}

export interface RunningPhone extends RunningProgram {
  port: number
  /** For the test that lists every route. */
  app: Express
}

/** @throws AisleError `port-taken` */
export async function startPhone(options: PhoneOptions): Promise<RunningPhone> {
  const { store, till, keys, clock, log, live } = options
  const server = createServer()
  const port = await listen(server, { host: options.host, port: options.port, what: "the shoppers' page" })
  const publicOrigin = store.profile.phone?.url
  const app = createPhoneApp({
    ...{ store, till, keys, clock, log, port, wallClock: new SystemClock() },
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    cardPage: cardPageOf(store.profile, live),
  })
  server.on('request', app)
  return { port, app, stop: () => endServer(server) }
}
