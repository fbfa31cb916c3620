/** All routes of the shoppers' page behind one guard. */
import { fileURLToPath } from 'node:url'
import express, { type Express, type Request } from 'express'
import { errorAnswers, jsonText } from '../console/json-route.ts'
import { servePageFiles } from '../console/page-files.ts'
import { contentSecurityPolicy } from '../console/page-shell.ts'
import { createHttpGuard } from '../security/http-guard.ts'
import { type PhoneParts, phoneRoutes, publicPhoneRoutes } from './phone-routes.ts'
import { readPhoneSession } from './phone-session.ts'

export interface PhoneAppParts extends PhoneParts {
  port: number
}

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** The build's output keeps the folders of the sources, so that pages may import from beside them. */
const folders = {
  '/web': folder('../../dist/web/runtime/'),
  '/styles': folder('./pages/'),
  '/base-styles': folder('../console/pages/'),
}
/** Code and styles without any data. */
const publicFiles =
  /^\/(web\/(phone\/pages|console\/pages|till-api)\/[\w-]+\.js|(base-)?styles\/[\w-]+\.css|preact\/\w+\.mjs)$/

export function createPhoneApp(parts: PhoneAppParts): Express {
  const { port, publicOrigin, keys, wallClock } = parts
  const app = express()
  app.disable('x-powered-by')
  // Express would answer with the stack of an error otherwise.
  app.set('env', 'production')
  app.use(
    createHttpGuard({
      ...{ port, contentSecurityPolicy, isPublic },
      ...(publicOrigin === undefined ? {} : { publicOrigin }),
      readSession: (cookie) => readPhoneSession(cookie, keys.sessions, wallClock.nowMs()),
      loginUrl: () => '/',
    }),
  )
  app.use(jsonText)
  servePageFiles(app, folders)
  app.use(phoneRoutes(parts))
  app.use(errorAnswers(parts.log))
  return app
}

function isPublic(request: Request): boolean {
  const route = `${request.method} ${request.path}`
  return publicPhoneRoutes.includes(route) || (request.method === 'GET' && publicFiles.test(request.path))
}
