/** The kiosks' program as one part that starts and stops; its entry file and its tests give it what it stands on. */
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import express, { type Express, type Request } from 'express'
import { errorAnswers, jsonText } from '../console/json-route.ts'
import { servePageFiles } from '../console/page-files.ts'
import { contentSecurityPolicy } from '../console/page-shell.ts'
import { listen } from '../program/listen.ts'
import type { RunningProgram } from '../program/program.ts'
import { createHttpGuard } from '../security/http-guard.ts'
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
  const app = createApp(options, port)
  server.on('request', app)
  return {
    port,
    app,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function createApp(options: KiosksOptions, port: number): Express {
  const app = express()
  app.disable('x-powered-by')
  // Express would answer with the stack of an error otherwise.
  app.set('env', 'production')
  app.use(
    createHttpGuard({
      ...{ port, contentSecurityPolicy, isPublic },
      readSession: (cookie) => readKioskSession(cookie, options.key),
      loginUrl: () => '/',
    }),
  )
  app.use(jsonText)
  servePageFiles(app, folders)
  app.use(kioskRoutes(options))
  app.use(errorAnswers(options.log))
  return app
}

function isPublic(request: Request): boolean {
  const route = `${request.method} ${request.path}`
  return publicKioskRoutes.includes(route) || (request.method === 'GET' && publicFiles.test(request.path))
}
