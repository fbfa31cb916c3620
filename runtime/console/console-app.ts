/** All of the console's routes behind one guard. */
import { fileURLToPath } from 'node:url'
import type { Express } from 'express'
import type { Logger } from 'pino'
import { type EvidenceRouteParts, evidenceRoutes } from './evidence/evidence-routes.ts'
import { type LoginParts, loginRoutes, publicLoginRoutes } from './login-routes.ts'
import { createPageApp } from './page-app.ts'
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
  const { port, readSession, twin, log } = parts
  const routes = [loginRoutes(parts), storeRoutes({ ...parts, simulated: twin !== null }), evidenceRoutes(parts)]
  if (twin) routes.push(simulationRoutes({ ...parts, twin }))
  return createPageApp({
    ...{ port, readSession, log, folders, publicFiles, routes },
    publicRoutes: publicLoginRoutes,
    loginUrl: '/login',
  })
}
