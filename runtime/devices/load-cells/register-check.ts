/** What a schema cannot say about a register map: that its parts fit together. */
import type { Problem } from '../../contract/schema.ts'
import type { LoadCellTransmitter } from '../definition-schema.ts'

/** Registers that a number of this type takes. */
export const registersOf = (type: LoadCellTransmitter['weight']['type']): number =>
  type === 'i16' || type === 'u16' ? 1 : 2

/** Every register that decoding looks at must be read, once, in requests that the device can answer. */
export function checkRegisters(definition: LoadCellTransmitter): Problem[] {
  const problems: Problem[] = []
  const { reads, weight, status, decimals, unit, channels, limits, unitIds } = definition

  reads.forEach((read, index) => {
    const pointer = `/reads/${index}`
    if (read.count > limits.maxRegisters) {
      problems.push({ pointer, message: `reads ${read.count} registers; it answers at most ${limits.maxRegisters}` })
    }
    if (read.address + read.count > 65_536) problems.push({ pointer, message: 'ends beyond register 65535' })
    const overlapped = reads.findIndex(
      (other, at) =>
        at < index && other.address < read.address + read.count && read.address < other.address + other.count,
    )
    if (overlapped >= 0) problems.push({ pointer, message: `overlaps /reads/${overlapped}` })
  })

  const isRead = (first: number, count: number) =>
    reads.some((read) => first >= read.address && first + count <= read.address + read.count)
  const last = channels - 1
  const need = (pointer: string, first: number, count: number) => {
    if (!isRead(first, count)) problems.push({ pointer, message: `needs register ${first}, which no request reads` })
  }
  const width = registersOf(weight.type)
  need('/weight', weight.address, width)
  if (last > 0 && (weight.stride ?? 0) < width) {
    problems.push({ pointer: '/weight/stride', message: `is less than the ${width} registers of one channel` })
  } else need('/weight', weight.address + last * (weight.stride ?? 0), width)
  if (status) {
    need('/status', status.address, 1)
    need('/status', status.address + last * (status.stride ?? 0), 1)
  }
  if (decimals.from !== 'fixed') need('/decimals', decimals.address, 1)
  if (unit.from !== 'fixed') need('/unit', unit.address, 1)
  if (weight.signBit !== undefined && !status) {
    problems.push({ pointer: '/weight/signBit', message: 'needs a status register' })
  }
  if (unitIds.minimum > unitIds.maximum)
    problems.push({ pointer: '/unitIds', message: 'has its minimum above its maximum' })
  return problems
}
