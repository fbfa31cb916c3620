/**
 * Node-RED's settings, secure as shipped. The flows program (`nodes/host/main.ts`) starts Node-RED with them;
 * whoever wants to loosen one does it here, in sight.
 */
import type { RequestHandler } from 'express'
import type { StoreBinding } from './runtime/store/binding.ts'

/** Who may do what in the editor: a name for the audit log, and Node-RED's permissions. */
export interface EditorUser {
  username: string
  permissions: string | string[]
}

export interface FlowsSettings {
  /** The package that holds our nodes, the editor's plugin, their texts and icons. */
  packageDirectory: string
  /** Node-RED's own files: flows, credentials, the editor's preferences. */
  userDirectory: string
  /** Encrypts the credentials in flows. */
  credentialSecret: string
  /** What the nodes work on. */
  openAisle: StoreBinding
  /** What the editor's plugin asks for. */
  openAisleEditor: object
  /** Where the editor's title leads; one logs in and out there. */
  storePageUrl: string
  /** The header that says who is logged in; only the program itself can write it. */
  userHeader: string
  userOf(headerValue: string): EditorUser | null
  /** Guards the routes that flows offer by themselves (`http in`), which Node-RED's own login does not. */
  endpointGuard: RequestHandler
  log(level: 'error' | 'warn' | 'info' | 'debug', text: string, audit?: object): void
}

/** Flows offer their own routes under here, so that none of them can hide one of the editor's. */
export const endpointRoot = '/endpoints'

/** For every Node-RED that we start, with an editor or without one. */
const restrictions = {
  // ---- what a flow may not do: reach the machine, its files, its network beneath HTTP, or more code.
  // A function node is still code that runs in this process; that is why money and doors live in another.
  nodesExcludes: ['90-exec.js', '10-file.js', '23-watch.js', '31-tcpin.js', '32-udp.js'],
  functionExternalModules: false,
  functionGlobalContext: {},
  globalFunctionTimeout: 2,
  exportGlobalContextKeys: false,
  tlsConfigDisableLocalFiles: true,
  externalModules: {
    autoInstall: false,
    palette: { allowInstall: false, allowUpdate: false, allowUpload: false },
    modules: { allowInstall: false },
  },
  nodeMessageBufferMaxLength: 1000,
  apiMaxLength: '5mb',

  // ---- nothing is sent or shown to anybody outside
  telemetry: { enabled: false, updateNotification: false },
  diagnostics: { enabled: false, ui: false },
  runtimeState: { enabled: false, ui: false },
}

export function nodeRedSettings(flows: FlowsSettings) {
  return {
    // ---- what is loaded
    nodesDir: [flows.packageDirectory],
    userDir: flows.userDirectory,
    flowFile: 'flows.json',
    flowFilePretty: true,
    openAisle: flows.openAisle,
    openAisleEditor: flows.openAisleEditor,

    // ---- who may come in: the console's login alone, asked for on every route
    adminAuth: {
      tokens: async (value: string) => flows.userOf(value),
      tokenHeader: flows.userHeader,
      default: async () => null,
    },
    httpAdminRoot: '/',
    httpNodeRoot: endpointRoot,
    httpNodeMiddleware: flows.endpointGuard,
    credentialSecret: flows.credentialSecret,

    ...restrictions,

    // ---- how it looks
    editorTheme: {
      page: { title: 'Open Aisle' },
      header: { title: 'Open Aisle', url: flows.storePageUrl },
      userMenu: false,
      projects: { enabled: false },
      palette: {
        catalogues: [],
        categories: ['Open Aisle', 'subflows', 'common', 'function', 'network', 'sequence', 'parser', 'storage'],
      },
      library: {
        sources: [
          { id: 'open-aisle', type: 'open-aisle-flows', label: 'Open Aisle', icon: 'font-awesome/fa-shopping-basket' },
        ],
      },
      tours: false,
      multiplayer: { enabled: false },
      codeEditor: { lib: 'monaco' },
    },
    logging: {
      openAisle: { level: 'info', metrics: false, audit: true, handler: () => logHandler(flows.log) },
    },
  }
}

/** A Node-RED that only runs a flow handed to it, in the process of a command; it writes and serves nothing. */
export function headlessSettings(flows: {
  packageDirectory: string
  openAisle?: StoreBinding | undefined
  onError(text: string): void
}) {
  const nothing = async () => ({})
  return {
    nodesDir: [flows.packageDirectory],
    openAisle: flows.openAisle,
    httpAdminRoot: false as const,
    httpNodeRoot: false as const,
    disableEditor: true,
    credentialSecret: false as const,
    ...restrictions,
    storageModule: {
      init: async () => {},
      getFlows: async () => [],
      saveFlows: nothing,
      getCredentials: nothing,
      saveCredentials: nothing,
      getSettings: nothing,
      saveSettings: nothing,
    },
    logging: {
      openAisle: {
        level: 'error',
        metrics: false,
        audit: false,
        handler: () => logHandler((_level, text) => flows.onError(text)),
      },
    },
  }
}

interface NodeRedLogEntry {
  level: number
  msg?: unknown
  type?: string
  name?: string
  id?: string
  event?: string
  user?: { username?: string }
  ip?: string
  path?: string
}

/** Node-RED's log levels, by number: 20 error, 30 warning, 40 information, 98 audit. */
function logHandler(log: FlowsSettings['log']) {
  return (entry: NodeRedLogEntry) => {
    if (entry.level === 98) {
      const { event, user, ip, path } = entry
      // What somebody only looked at is no change of the store.
      const level = event?.endsWith('.get') ? 'debug' : 'info'
      log(level, `audit ${event}`, { event, user: user?.username, ip, path })
      return
    }
    const text = entry.msg instanceof Error ? entry.msg.message : String(entry.msg)
    const from = entry.type ? `[${entry.type}:${entry.name || entry.id}] ` : ''
    log(entry.level <= 20 ? 'error' : entry.level === 30 ? 'warn' : 'debug', `${from}${text.trim()}`)
  }
}
