/** All routes of the shoppers' page behind one guard. */
import { fileURLToPath } from 'node:url'
import type { Express } from 'express'
import { createPageApp } from '../console/page-app.ts'
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
  const { port, publicOrigin, keys, wallClock, log } = parts
  return createPageApp({
    ...{ port, log, folders, publicFiles, routes: [phoneRoutes(parts)], publicRoutes: publicPhoneRoutes },
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    readSession: (cookie) => readPhoneSession(cookie, keys.sessions, wallClock.nowMs()),
    loginUrl: '/',
  })
}
