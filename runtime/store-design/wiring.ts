/** Plates to transmitters, transmitters to lines: as many on a line as it can read at the wanted rate. */
import { AisleError } from '../contract/errors.ts'
import type { LoadCellTransmitter } from '../devices/definition-schema.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { StoreAnswers } from './answers.ts'
import { unitPollMs, unitsPerLine } from './bus-time.ts'
import type { PlannedPlate } from './shelving.ts'

export interface Wiring {
  plates: Profile['plates']
  devices: Profile['devices']
}

/**
 * A transmitter serves plates of one fixture only, so that no load cell's cable crosses an aisle.
 * @throws AisleError `line-too-slow` when not even one transmitter can be read as often as wanted
 */
export function wirePlates(
  plates: readonly PlannedPlate[],
  weighing: StoreAnswers['weighing'],
  definition: LoadCellTransmitter,
  firstPort: number,
): Wiring {
  const { pollHz, baudRate, parity } = weighing
  const line = { baudRate, parity }
  const most = Math.min(
    unitsPerLine(definition, line, pollHz),
    definition.unitIds.maximum - definition.unitIds.minimum + 1,
  )
  if (most < 1) {
    const pollMs = unitPollMs(definition, line)
    throw new AisleError(
      'line-too-slow',
      `One ${definition.model} takes ${pollMs.toFixed(1)} ms at ${baudRate} baud, so it gives at most ${(1000 / pollMs).toFixed(1)} readings a second, not ${pollHz}.`,
      { where: 'weighing', action: 'Lower pollHz, or raise the baud rate.' },
    )
  }
  const transmitters = [...Map.groupBy(plates, ({ fixture }) => fixture).values()].flatMap((ofFixture) =>
    chunks(ofFixture, definition.channels),
  )
  const lines = chunks(transmitters, most)
  const device = (i: number) => `weighing-${i + 1}`
  const unitId = (i: number) => definition.unitIds.minimum + i
  return {
    plates: lines.flatMap((units, l) =>
      units.flatMap((channels, u) =>
        channels.map((plate, c) => ({ ...plate, source: { device: device(l), unit: unitId(u), channel: c + 1 } })),
      ),
    ),
    devices: lines.map((units, l) => ({
      id: device(l),
      definition: definition.id,
      address: { transport: 'modbus-tcp', host: '127.0.0.1', port: firstPort + l, line },
      units: units.map((_, u) => unitId(u)),
      pollHz,
    })),
  }
}

/** As few lists of at most `most` as possible, in order. */
function chunks<T>(items: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most))
}
