/** What a program of pages serves: their code and styles, and its routes behind one guard. */
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import { createHttpGuard, type GuardOptions } from '../security/http-guard.ts'
import { errorAnswers, jsonText } from './json-route.ts'
import { servePageFiles } from './page-files.ts'
import { contentSecurityPolicy } from './page-shell.ts'

export interface PageAppParts<S> extends Omit<GuardOptions<S>, 'contentSecurityPolicy' | 'isPublic' | 'loginUrl'> {
  /** Where a page goes that needs a login. */
  loginUrl: string
  /** By the path that they are served under. */
  folders: Record<string, string>
  /** Which of those files need no login: code and styles without any data. */
  publicFiles: RegExp
  /** "METHOD path" of the routes that need none. */
  publicRoutes: readonly string[]
  routes: readonly RequestHandler[]
  log: Pick<Logger, 'error'>
}

export function createPageApp<S>(parts: PageAppParts<S>): Express {
  const { folders, publicFiles, publicRoutes, routes, log, loginUrl, ...guard } = parts
  const app = express()
  app.disable('x-powered-by')
  // Express would answer with the stack of an error otherwise.
  app.set('env', 'production')
  app.use(
    createHttpGuard<S>({
      ...{ ...guard, contentSecurityPolicy, loginUrl: () => loginUrl },
      isPublic: ({ method, path }) =>
        publicRoutes.includes(`${method} ${path}`) || (method === 'GET' && publicFiles.test(path)),
    }),
  )
  app.use(jsonText)
  servePageFiles(app, folders)
  for (const route of routes) app.use(route)
  app.use(errorAnswers(log))
  return app
}
