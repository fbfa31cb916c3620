import { join } from 'node:path'
import { loadDeviceDefinitions } from '../devices/catalogue.ts'
import { loadStore } from '../profile/load-store.ts'
import { withOwnVision } from '../profile/own-vision.ts'
import { runProgram } from '../program/program.ts'
import { loadModelDefinitions } from './models/model-library.ts'
import { runAfterOthers } from './priority.ts'
import { startVision } from './vision.ts'

runAfterOthers()
runProgram('vision', async (context) => {
  const { settings } = context
  const { profileDirectory, host, ports } = settings
  const definitions = join(import.meta.dirname, '../../hardware-profiles')
  const [store, catalogue, models] = await Promise.all([
    loadStore(profileDirectory),
    loadDeviceDefinitions(join(definitions, 'devices')),
    loadModelDefinitions(join(definitions, 'models')),
  ])
  return startVision({
    ...context,
    ...{ store: withOwnVision(store, settings), profileDirectory, host, ports, catalogue, models },
  })
})
