/** `aisle check-profile NAME`: what is wrong with a store's data, what looks wrong, and what its buses can do. */
import { join } from 'node:path'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { planGateways } from '../../runtime/devices/load-cells/gateway-plan.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { type BusLoad, busLoads } from '../../runtime/store-design/bus-check.ts'
import { requireKnownDevices } from '../../runtime/store-design/device-check.ts'
import { doubtsAbout } from '../../runtime/store-design/doubts.ts'
import type { AddCommand } from '../command.ts'
import { dataOption, root, storeDirectories } from '../store-options.ts'

const addCommand: AddCommand = (program) => {
  program
    .command('check-profile')
    .argument('<name>', 'the store: a folder in hardware-profiles, or a path to one')
    .option('--json', 'print nothing but the list of doubts')
    .description("check a store's profile, buses, catalogue and planogram before it is started")
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { profileDirectory } = storeDirectories({ profile: name, data: dataOption.defaultValue })
      const store = await loadStore(profileDirectory)
      const definitions = await loadDeviceDefinitions(join(root, 'hardware-profiles', 'devices'))
      requireKnownDevices(store.profile, definitions)
      planGateways(store.profile, definitions)
      const doubts = doubtsAbout(store, definitions)
      if (json) {
        console.log(JSON.stringify(doubts))
        return
      }
      for (const line of busLines(busLoads(store.profile, definitions))) console.log(line)
      for (const { file, pointer, message } of doubts) console.log(`${file} ${pointer}: ${message}`)
      console.log(
        doubts.length === 0 ? 'Nothing looks wrong.' : `Look at these ${doubts.length}; the store would start.`,
      )
    })
}

/** Lines that are alike are told together. */
function busLines(loads: readonly BusLoad[]): string[] {
  const alike = Map.groupBy(loads, ({ device: _, ...load }) => JSON.stringify(load))
  return [...alike.values()].map((group) => {
    const { definition, units, baudRate, pollHz, pollMs } = group[0] as BusLoad
    const line = baudRate === undefined ? 'Ethernet' : `${baudRate} baud`
    const share = Math.round((100 * pollMs * pollHz) / 1000)
    return `${group.length} × ${line} with ${units} ${definition}: ${pollMs.toFixed(0)} ms a round, ${share} % of what ${pollHz} readings a second leave`
  })
}

export default addCommand
