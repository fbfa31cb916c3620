/** Whether the buses of a profile can be read as often as it says. */
import type { Problem } from '../contract/schema.ts'
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import type { Profile } from '../profile/profile-schema.ts'
import { lineOf, unitPollMs } from './bus-time.ts'

export interface BusLoad {
  device: string
  definition: string
  units: number
  /** undefined: the units are on Ethernet, or the profile does not say which line they are on. */
  baudRate: number | undefined
  pollHz: number
  /** What one round over all units takes. */
  pollMs: number
}

/** Buses with load cell transmitters that are polled; those that send by themselves set their own rate. */
export function busLoads(profile: Profile, definitions: DeviceCatalogue): BusLoad[] {
  return profile.devices.flatMap((device) => {
    const definition = definitions.get(device.definition)
    if (definition?.kind !== 'load-cell-transmitter' || device.pollHz === undefined) return []
    const onIt = profile.plates.filter(({ source }) => source.device === device.id)
    const units = new Set(onIt.map(({ source }) => source.unit)).size
    const line = lineOf(device.address)
    return [
      {
        ...{ device: device.id, definition: definition.id, units, baudRate: line?.baudRate, pollHz: device.pollHz },
        pollMs: units * unitPollMs(definition, line),
      },
    ]
  })
}

/** A bus that is too slow loses rounds; the store runs, with fewer readings than its profile promises. */
export function checkBuses(profile: Profile, definitions: DeviceCatalogue): Problem[] {
  return busLoads(profile, definitions).flatMap(({ device, units, baudRate, pollHz, pollMs }) => {
    const pointer = `/devices/${profile.devices.findIndex(({ id }) => id === device)}`
    if (units > 1 && baudRate === undefined) {
      const message = `${device} has ${units} units but names no serial line; add "line" to its address, so that its time can be reckoned`
      return [{ pointer: `${pointer}/address`, message }]
    }
    if (pollMs <= 1000 / pollHz) return []
    const message = `${device} takes ${pollMs.toFixed(0)} ms to read its ${units} units once, so it gives ${(1000 / pollMs).toFixed(1)} readings a second, not ${pollHz}; spread the units over more lines, raise the baud rate, or lower pollHz`
    return [{ pointer: `${pointer}/pollHz`, message }]
  })
}
