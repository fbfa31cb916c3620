/**
 * How long a bus needs to read what hangs on it. A serial line carries one request at a time, so the times of all
 * its units add up, and a gateway cannot be faster than the line behind it.
 */
import type { LoadCellTransmitter } from '../devices/definition-schema.ts'
import type { Profile } from '../profile/profile-schema.ts'

export interface SerialLine {
  baudRate: number
  parity: 'none' | 'even' | 'odd'
}

/** Until a unit begins to answer (usual for transmitters that are set to answer at once; measure yours). */
const turnaroundMs = 5
/** Gateway and network, for each request. */
const networkMs = 1
/** Function, address and count with unit id and checksum. */
const requestBytes = 8
/** Unit id, function, byte count and checksum around the registers. */
const answerBytes = 5
/** Modbus over serial line 1.02, 2.5.1.1: 3.5 characters between frames, 1.75 ms above 19200 baud. */
const gapCharacters = 3.5
const gapAboveBaud = 19_200
const fastGapMs = 1.75

/** Time for one poll of one unit: all its usual requests with their answers. `line` is undefined on Ethernet. */
export function unitPollMs(definition: LoadCellTransmitter, line: SerialLine | undefined): number {
  const each = networkMs + turnaroundMs + definition.limits.minIntervalMs
  return definition.reads
    .filter(({ seldom }) => !seldom)
    .reduce((sum, { count }) => sum + each + (line ? transmissionMs(count, line) : 0), 0)
}

function transmissionMs(registers: number, { baudRate, parity }: SerialLine): number {
  const bitsPerCharacter = parity === 'none' ? 10 : 11
  const characterMs = (1000 * bitsPerCharacter) / baudRate
  const gapMs = baudRate > gapAboveBaud ? fastGapMs : gapCharacters * characterMs
  return (requestBytes + answerBytes + 2 * registers) * characterMs + 2 * gapMs
}

/** The serial line of a device, wherever the profile says it. */
export function lineOf(address: Profile['devices'][number]['address']): SerialLine | undefined {
  if (address.transport === 'modbus-rtu' || address.transport === 'serial') return address
  return address.transport === 'modbus-tcp' || address.transport === 'modbus-rtu-tcp' ? address.line : undefined
}

/** How many units a line can read at `pollHz`. */
export function unitsPerLine(definition: LoadCellTransmitter, line: SerialLine | undefined, pollHz: number): number {
  // A hair of tolerance, so that 20 units of 5 ms fit into 100 ms whatever the last bit says.
  return Math.floor(1000 / pollHz / unitPollMs(definition, line) + 1e-9)
}
