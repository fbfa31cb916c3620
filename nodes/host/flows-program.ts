/** Starts Node-RED in Express: the guard in front, the editor's modules, the flow gate, then Node-RED itself. */
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, Server } from 'node:http'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import express, { type RequestHandler } from 'express'
import { loadNodeFolders } from '../../build/node-folders.ts'
import { flowCatalogue } from '../../runtime/flow-check/catalogue.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { endServer, listen } from '../../runtime/program/listen.ts'
import type { ProgramContext, RunningProgram } from '../../runtime/program/program.ts'
import { handedSecret } from '../../runtime/security/handed-secret.ts'
import { createHttpGuard, sessionOfUpgrade } from '../../runtime/security/http-guard.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { createSessionReader, type SessionReader } from '../../runtime/security/session-register.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import { endpointRoot, nodeRedSettings } from '../../settings.ts'
import { migrateSettings } from '../kit/migrate-settings.ts'
import type { CameraDesk } from './camera-desk.ts'
import { EditorLogin, userHeader } from './editor-login.ts'
import { editorPolicy } from './editor-policy.ts'
import { EditorServices } from './editor-services.ts'
import { flowGate } from './flow-gate.ts'
import type { LoadCellDesk } from './load-cell-desk.ts'
import { installedTypes, nodeRed, registeredHtml } from './node-red.ts'

export interface FlowsContext extends ProgramContext {
  packageDirectory: string
  store: LoadedStore
  binding: StoreBinding
  loadCells: LoadCellDesk
  cameras: CameraDesk
}

export async function runFlows(context: FlowsContext): Promise<RunningProgram> {
  const { settings, packageDirectory } = context
  const login = new EditorLogin()
  const readSession = createSessionReader({
    dataDirectory: settings.dataDirectory,
    sessionKey: handedSecret(context.secrets, generatedSecrets.sessionKey),
  })
  const guarded = { port: settings.ports.editor, readSession }
  const definitions = (await loadNodeFolders(packageDirectory)).map((folder) => folder.definition)
  const catalogue = () => flowCatalogue(definitions, migrateSettings, installedTypes())

  const server = createServer()
  // Node-RED hears of websockets through a server of its own, which is told only of those that the guard lets in.
  const websockets = new Server()
  const services = new EditorServices({ ...context, readSession }, catalogue)
  nodeRed.init(websockets, settingsFor(context, login, services))

  let contentSecurityPolicy = editorPolicy('', [])
  const app = express().disable('x-powered-by')
  app.use(
    createHttpGuard({
      ...guarded,
      contentSecurityPolicy: () => contentSecurityPolicy,
      isPublic: () => false,
      loginUrl: ({ hostname }) => consoleUrl(context, hostname, '/login'),
    }),
    login.handOn,
    revalidateAssets,
  )
  app.use('/web', express.static(join(packageDirectory, 'dist', 'web'), { index: false, redirect: false }))
  app.use(flowGate(catalogue))
  app.use(endpointRoot, nodeRed.httpNode)
  app.use(nodeRed.httpAdmin)
  server.on('request', app)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const session = sessionOfUpgrade(request, guarded)
    if (!session) return socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
    login.mark(request, session)
    websockets.emit('upgrade', request, socket, head)
    endWithSession(socket, request.headers.cookie, readSession)
  })

  // The port first: if it is taken, no flow has begun to work.
  await listen(server, { host: settings.host, port: settings.ports.editor, what: 'the editor' })
  const flowsStarted = new Promise<void>((resolve) => nodeRed.events.once('flows:started', () => resolve()))
  await nodeRed.start()
  contentSecurityPolicy = editorPolicy(await registeredHtml(), installedTypes())
  await flowsStarted
  return {
    async stop() {
      services.stop()
      await nodeRed.stop()
      await endServer(server)
    },
  }
}

function settingsFor(context: FlowsContext, login: EditorLogin, services: EditorServices) {
  return nodeRedSettings({
    packageDirectory: context.packageDirectory,
    userDirectory: prepareUserDirectory(context),
    credentialSecret: handedSecret(context.secrets, generatedSecrets.flowCredentials),
    openAisle: context.binding,
    openAisleEditor: services,
    storePageUrl: consoleUrl(context, context.settings.host, '/'),
    userHeader,
    userOf: (value) => login.userOf(value),
    endpointGuard: login.required,
    log: (level, text, audit) => context.log[level](audit ?? {}, text),
  })
}

/** Node-RED's folder, for nobody else to read; the first start puts the shipped flow into it. */
function prepareUserDirectory({ settings, packageDirectory }: FlowsContext): string {
  const directory = join(settings.dataDirectory, 'flows')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const flow = join(directory, 'flows.json')
  if (!existsSync(flow)) copyFileSync(join(packageDirectory, 'flows', 'walk-out.json'), flow)
  return directory
}

/** The cookie is bound to the name by which the browser calls us, so the login happens under that name. */
const consoleUrl = ({ settings }: FlowsContext, hostname: string, path: string) =>
  `http://${hostname}:${settings.ports.console}${path}`

/** The editor is megabytes of scripts: a browser may keep them and ask whether they have changed. */
const revalidateAssets: RequestHandler = (request, response, next) => {
  if (/^\/(red|vendor|web|icons|types)\//.test(request.path)) response.set('Cache-Control', 'private, no-cache')
  next()
}

/** A websocket lives on after the request that opened it, but not after its session. */
function endWithSession(socket: Duplex, cookie: string | undefined, readSession: SessionReader): void {
  const watch = setInterval(() => readSession(cookie) ?? socket.destroy(), 10_000)
  watch.unref()
  socket.once('close', () => clearInterval(watch))
}
