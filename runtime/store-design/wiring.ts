/** Plates to transmitters, transmitters to lines: as many on a line as it can read at the wanted rate. */
import { AisleError } from '../contract/errors.ts'
import type { LoadCellTransmitter } from '../devices/definition-schema.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { StoreAnswers } from './answers.ts'
import { type SerialLine, unitPollMs, unitsPerLine } from './bus-time.ts'
import type { PlannedPlate } from './shelving.ts'

export interface Wiring {
  plates: Profile['plates']
  devices: Profile['devices']
}

/** A line that is planned to its last millisecond loses a round at every hiccup. */
const fillShare = 0.95

/** A serial line with the transmitters on it, each with the plates of its channels. */
interface PlannedLine {
  definition: LoadCellTransmitter
  units: PlannedPlate[][]
}

/**
 * A transmitter serves plates of one fixture only, so that no load cell's cable crosses an aisle.
 * @param modelOf the transmitter that a plate is wired to
 * @throws AisleError `line-too-slow` when not even one transmitter can be read as often as wanted
 */
export function wirePlates(
  plates: readonly PlannedPlate[],
  modelOf: (plate: PlannedPlate) => LoadCellTransmitter,
  { pollHz, baudRate, parity }: StoreAnswers['weighing'],
  firstPort: number,
): Wiring {
  const serial: SerialLine = { baudRate, parity }
  const lines = [...Map.groupBy(plates, modelOf)].flatMap(([definition, ofModel]): PlannedLine[] => {
    const fixtures = [...Map.groupBy(ofModel, ({ fixture }) => fixture).values()]
    const transmitters = fixtures.flatMap((ofFixture) => chunks(ofFixture, definition.channels))
    return chunks(transmitters, mostUnits(definition, serial, pollHz)).map((units) => ({ definition, units }))
  })
  const device = (line: number) => `weighing-${line + 1}`
  return {
    plates: lines.flatMap(({ definition, units }, l) =>
      units.flatMap((channels, u) =>
        channels.map((plate, c) => {
          const source = { device: device(l), unit: definition.unitIds.minimum + u, channel: c + 1 }
          return { ...plate, source }
        }),
      ),
    ),
    devices: lines.map(({ definition, units }, l) => ({
      id: device(l),
      definition: definition.id,
      address: { transport: 'modbus-tcp', host: '127.0.0.1', port: firstPort + l, line: serial },
      units: units.map((_, u) => definition.unitIds.minimum + u),
      pollHz,
    })),
  }
}

function mostUnits(definition: LoadCellTransmitter, line: SerialLine, pollHz: number): number {
  const addresses = definition.unitIds.maximum - definition.unitIds.minimum + 1
  const most = Math.min(unitsPerLine(definition, line, pollHz / fillShare), addresses)
  if (most >= 1) return most
  const pollMs = unitPollMs(definition, line)
  throw new AisleError(
    'line-too-slow',
    `One ${definition.model} takes ${pollMs.toFixed(1)} ms at ${line.baudRate} baud: at most ${((1000 * fillShare) / pollMs).toFixed(1)} readings a second, not ${pollHz}.`,
    { where: 'weighing', action: 'Lower pollHz, raise the baud rate, or choose another model.' },
  )
}

/** As few lists of at most `most` as possible, in order. */
function chunks<T>(items: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most))
}
