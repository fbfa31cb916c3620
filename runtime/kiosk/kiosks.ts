/** The kiosks' program as one part that starts and stops; its entry file and its tests give it what it stands on. */
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Express } from 'express'
import { createPageApp } from '../console/page-app.ts'
import { endServer, listen } from '../program/listen.ts'
import type { RunningProgram } from '../program/program.ts'
import { type KioskParts, kioskRoutes, publicKioskRoutes } from './kiosk-routes.ts'
import { readKioskSession } from './kiosk-session.ts'

export interface KiosksOptions extends KioskParts {
  host: string
  port: number
}

export interface RunningKiosks extends RunningProgram {
  port: number
  /** For the test that lists every route. */
  app: Express
}

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const folders = {
  '/web': folder('../../dist/web/runtime/'),
  '/styles': folder('./pages/'),
  '/base-styles': folder('../console/pages/'),
}
/** Code and styles without any data. */
const publicFiles = /^\/(web\/(kiosk\/pages|console\/pages)\/[\w-]+\.js|(base-)?styles\/[\w-]+\.css|preact\/\w+\.mjs)$/

/** @throws AisleError `port-taken` */
export async function startKiosks(options: KiosksOptions): Promise<RunningKiosks> {
  const server = createServer()
  const port = await listen(server, { host: options.host, port: options.port, what: "the kiosks' page" })
  const app = createPageApp({
    ...{ port, folders, publicFiles, routes: [kioskRoutes(options)], publicRoutes: publicKioskRoutes },
    readSession: (cookie) => readKioskSession(cookie, options.key),
    loginUrl: '/',
    log: options.log,
  })
  server.on('request', app)
  return { port, app, stop: () => endServer(server) }
}
