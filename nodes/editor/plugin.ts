/** The editor's plugin in the program: the routes that its browser part asks, and the shipped flows for importing. */
import type { RequestHandler, Response } from 'express'
import type { NodeAPI } from 'node-red'
import type { FlowProblem } from '../../runtime/flow-check/problem.ts'
import type { CameraDesk } from '../host/camera-desk.ts'
import type { LoadCellDesk } from '../host/load-cell-desk.ts'
import { addCameraRoutes } from './camera-routes.ts'
import { FlowLibrary } from './flow-library.ts'
import { addLoadCellRoutes } from './load-cell-routes.ts'

/** What the flows program gives us; plain Node-RED has none of it, and then the plugin offers nothing. */
interface EditorServices {
  names: { [list in 'groups' | 'cameraGroups' | 'zones' | 'gates' | 'appliances']: { id: string; name?: string }[] }
  floorPlan: object
  flowsDirectory: string
  checkFlow(flow: unknown): FlowProblem[]
  streamLive(response: Response): void
  loadCells: LoadCellDesk
  cameras: CameraDesk
}

interface PluginAPI extends Pick<NodeAPI, 'auth'> {
  settings: { openAisleEditor?: EditorServices }
  httpAdmin: Record<'get' | 'post', (path: string, ...handlers: RequestHandler[]) => void>
  plugins: { registerPlugin(id: string, definition: object): void }
}

export default function registerPlugin(RED: PluginAPI): void {
  const services = RED.settings.openAisleEditor
  if (!services) return
  RED.plugins.registerPlugin('open-aisle-flows', {
    type: 'node-red-library-source',
    class: libraryIn(services.flowsDirectory),
  })
  const may = RED.auth.needsPermission
  RED.httpAdmin.get('/open-aisle/names', may('store.read'), (_request, response) => {
    response.json(choicesOf(services))
  })
  RED.httpAdmin.get('/open-aisle/floor-plan', may('store.read'), (_request, response) => {
    response.json(services.floorPlan)
  })
  RED.httpAdmin.get('/open-aisle/live', may('store.read'), (_request, response) => services.streamLive(response))
  RED.httpAdmin.post('/open-aisle/check-flow', may('flows.read'), (request, response) => {
    response.json({ problems: services.checkFlow(request.body) })
  })
  addLoadCellRoutes(RED, services.loadCells)
  addCameraRoutes(RED, services.cameras)
}

/** Node-RED makes one for each library that its settings list. */
const libraryIn = (directory: string) =>
  class extends FlowLibrary {
    constructor() {
      super(directory)
    }
  }

/** By the formats of settings that ask for a name. */
function choicesOf({ names }: EditorServices) {
  const named = (list: { id: string; name?: string }[]) => list.map(({ id, name }) => ({ id, name: name ?? id }))
  return {
    'profile-group': named(names.groups),
    'profile-camera-group': named(names.cameraGroups),
    'profile-zone': named(names.zones),
    'profile-gate': named(names.gates),
    'profile-appliance': named(names.appliances),
  }
}
