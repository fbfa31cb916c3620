/** All of the console's routes behind one guard. */
import { fileURLToPath } from 'node:url'
import express, { type Express, type Request } from 'express'
import type { Logger } from 'pino'
import { createHttpGuard } from '../security/http-guard.ts'
import { type EvidenceRouteParts, evidenceRoutes } from './evidence/evidence-routes.ts'
import { errorAnswers, jsonText } from './json-route.ts'
import { type LoginParts, loginRoutes, publicLoginRoutes } from './login-routes.ts'
import { servePageFiles } from './page-files.ts'
import { contentSecurityPolicy } from './page-shell.ts'
import { simulationRoutes } from './simulation-routes.ts'
import { type StoreParts, storeRoutes } from './store-routes.ts'
import type { TwinClient } from './twin-client.ts'

export interface ConsoleParts extends LoginParts, Omit<StoreParts, 'simulated'>, EvidenceRouteParts {
  port: number
  /** null in a live store. */
  twin: TwinClient | null
  log: Pick<Logger, 'info' | 'error'>
}

/** The build's output, and what stands in the source tree as browsers take it. */
const folders = {
  '/pages': fileURLToPath(new URL('../../dist/web/runtime/console/pages/', import.meta.url)),
  '/styles': fileURLToPath(new URL('./pages/', import.meta.url)),
}
/** Code and styles without any of the store's data. */
const publicFiles = /^\/(pages\/[\w-]+\.js|styles\/[\w-]+\.css|preact\/\w+\.mjs)$/

export function createConsoleApp(parts: ConsoleParts): Express {
  const app = express()
  app.disable('x-powered-by')
  // Express would answer with the stack of an error otherwise.
  app.set('env', 'production')
  app.use(
    createHttpGuard({
      port: parts.port,
      readSession: parts.readSession,
      contentSecurityPolicy,
      isPublic,
      loginUrl: () => '/login',
    }),
  )
  app.use(jsonText)
  servePageFiles(app, folders)
  app.use(loginRoutes(parts))
  const { twin } = parts
  app.use(storeRoutes({ ...parts, simulated: twin !== null }))
  app.use(evidenceRoutes(parts))
  if (twin) app.use(simulationRoutes({ ...parts, twin }))
  app.use(errorAnswers(parts.log))
  return app
}

function isPublic(request: Request): boolean {
  const route = `${request.method} ${request.path}`
  return publicLoginRoutes.includes(route) || (request.method === 'GET' && publicFiles.test(request.path))
}
