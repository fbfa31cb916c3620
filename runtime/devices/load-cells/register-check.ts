/** What a schema cannot say about a register map: that its parts fit together. */
import type { Problem } from '../../contract/schema.ts'
import { commandNames } from '../../sensing-api/load-cell-client.ts'
import type { LoadCellCommand, LoadCellTransmitter } from '../definition-schema.ts'

/** Registers that a number of this type takes. */
export const registersOf = (type: LoadCellTransmitter['weight']['type']): number =>
  type === 'i16' || type === 'u16' ? 1 : 2

/** Every register that decoding looks at must be read, once, in requests that the device can answer. */
export function checkRegisters(definition: LoadCellTransmitter): Problem[] {
  return [
    ...readProblems(definition),
    ...needProblems(definition),
    ...overlapProblems(definition),
    ...commandNames.flatMap((name) => {
      const command = definition.commands[name]
      return command ? commandProblems(definition, name, command) : []
    }),
    ...limitProblems(definition),
  ]
}

function readProblems({ reads, limits }: LoadCellTransmitter): Problem[] {
  const problems: Problem[] = []
  reads.forEach((read, index) => {
    const pointer = `/reads/${index}`
    if (read.count > limits.maxRegisters) {
      problems.push({ pointer, message: `reads ${read.count} registers; it answers at most ${limits.maxRegisters}` })
    }
    if (read.address + read.count > 65_536) problems.push({ pointer, message: 'ends beyond register 65535' })
    const overlapped = reads.findIndex((other, at) => at < index && overlap(other, read))
    if (overlapped >= 0) problems.push({ pointer, message: `overlaps /reads/${overlapped}` })
  })
  if (reads.every(({ seldom }) => seldom)) problems.push({ pointer: '/reads', message: 'has nothing for every poll' })
  return problems
}

function needProblems({ reads, weight, status, decimals, unit, channels }: LoadCellTransmitter): Problem[] {
  const problems: Problem[] = []
  const last = channels - 1
  const need = (pointer: string, address: number, count: number, always: boolean) => {
    const read = reads.find((read) => address >= read.address && address + count <= read.address + read.count)
    if (!read) problems.push({ pointer, message: `needs register ${address}, which no request reads` })
    else if (always && read.seldom) problems.push({ pointer, message: `needs register ${address} in every poll` })
  }
  const width = registersOf(weight.type)
  need('/weight', weight.address, width, true)
  if (last > 0 && (weight.stride ?? 0) < width) {
    problems.push({ pointer: '/weight/stride', message: `is less than the ${width} registers of one channel` })
  } else if (last > 0) need('/weight', weight.address + last * (weight.stride ?? 0), width, true)
  if (status) {
    const statusWidth = status.type === 'f32' ? 2 : 1
    need('/status', status.address, statusWidth, true)
    if (last > 0) need('/status', status.address + last * (status.stride ?? 0), statusWidth, true)
  }
  if (decimals.from !== 'fixed') need('/decimals', decimals.address, 1, false)
  if (unit.from !== 'fixed') need('/unit', unit.address, 1, false)
  if (weight.signBit !== undefined && !status) {
    problems.push({ pointer: '/weight/signBit', message: 'needs a status register' })
  }
  return problems
}

interface Registers {
  address: number
  count: number
}
const overlap = (a: Registers, b: Registers) => a.address < b.address + b.count && b.address < a.address + a.count

/** Two numbers in one register: one of them is a misreading of the manual. */
function overlapProblems({ weight, net, status, channels }: LoadCellTransmitter): Problem[] {
  const parts: (Registers & { pointer: string })[] = []
  for (let channel = 0; channel < channels; channel++) {
    const add = (pointer: string, at: { address: number; stride?: number }, count: number) => {
      if (channel === 0 || at.stride) parts.push({ pointer, address: at.address + channel * (at.stride ?? 0), count })
    }
    add('/weight', weight, registersOf(weight.type))
    if (net) add('/net', net, registersOf(net.type))
    if (status) add('/status', status, status.type === 'f32' ? 2 : 1)
  }
  parts.sort((a, b) => a.address - b.address)
  for (let i = 1; i < parts.length; i++) {
    const [before, part] = [parts[i - 1], parts[i]]
    if (!before || !part || !overlap(before, part)) continue
    return [{ pointer: part.pointer, message: `overlaps ${before.pointer} in register ${part.address}` }]
  }
  return []
}

function commandProblems(definition: LoadCellTransmitter, name: string, command: LoadCellCommand): Problem[] {
  const problems: Problem[] = []
  const pointer = `/commands/${name}`
  const { weight, values, oneWrite, handshake, wearsFlash } = command
  const spans = name === 'calibrateSpan'
  if (spans && !weight)
    problems.push({ pointer: `${pointer}/weight`, message: 'is missing: a span needs a known weight' })
  if (!spans && weight) problems.push({ pointer: `${pointer}/weight`, message: 'is not known to this command' })
  if (!values && !weight) problems.push({ pointer: `${pointer}/values`, message: 'is missing: nothing is written' })
  if (oneWrite && !(weight && values && weight.address + registersOf(weight.type) === command.address)) {
    problems.push({ pointer: `${pointer}/oneWrite`, message: 'needs a weight whose registers end before the command' })
  }
  if (oneWrite && definition.writeFunction === 6) {
    problems.push({ pointer: `${pointer}/oneWrite`, message: 'needs function 16' })
  }
  if (handshake && !values) problems.push({ pointer: `${pointer}/handshake`, message: 'needs values to take back' })
  if (wearsFlash && definition.limits.flashWriteBudget === undefined) {
    problems.push({ pointer: `${pointer}/wearsFlash`, message: 'needs a flashWriteBudget in /limits' })
  }
  if ((name === 'tare' || name === 'clearTare') && !definition.net && !definition.status?.net) {
    problems.push({ pointer, message: 'cannot be confirmed: say where the net weight or its flag is read' })
  }
  return problems
}

function limitProblems({ unitIds }: LoadCellTransmitter): Problem[] {
  if (unitIds.minimum <= unitIds.maximum) return []
  return [{ pointer: '/unitIds', message: 'has its minimum above its maximum' }]
}
