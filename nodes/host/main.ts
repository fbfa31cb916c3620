/** The program "flows": Node-RED with our nodes, behind the store's login. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { runProgram } from '../../runtime/program/program.ts'
import { liveCameras } from './camera-desk.ts'
import { runFlows } from './flows-program.ts'
import { liveLoadCells } from './load-cell-desk.ts'
import { liveBinding } from './store-binding.ts'
import { liveStoreDesk } from './store-desk.ts'

runProgram('flows', async (context) => {
  const packageDirectory = fileURLToPath(new URL('../../', import.meta.url))
  const [store, devices] = await Promise.all([
    loadStore(context.settings.profileDirectory),
    loadDeviceDefinitions(join(packageDirectory, 'hardware-profiles', 'devices')),
  ])
  const binding = liveBinding(store, context)
  const desk = liveStoreDesk({ ...context, devices })
  const loadCells = liveLoadCells({ ...context, store: desk, sensing: binding.sensing })
  const cameras = liveCameras({ ...context, store: desk })
  return await runFlows({ ...context, packageDirectory, store, binding, loadCells, cameras })
})
