import { join } from 'node:path'
import { loadDeviceDefinitions } from '../devices/catalogue.ts'
import { loadStore } from '../profile/load-store.ts'
import { withOwnVision } from '../profile/own-vision.ts'
import { runProgram } from '../program/program.ts'
import { startSensing } from './sensing.ts'

runProgram('sensing', async ({ settings, secrets, clock, log }) => {
  const load = async () => withOwnVision(await loadStore(settings.profileDirectory), settings)
  const [store, catalogue] = await Promise.all([
    load(),
    loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices')),
  ])
  const { dataDirectory, host, ports } = settings
  const sensing = await startSensing({ store, catalogue, dataDirectory, host, ports, secrets, clock, log })
  return { ...sensing, renew: async () => sensing.change(await load()) }
})
