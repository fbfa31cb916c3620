/** What a schema cannot say about a line of text: that its parts fit into it, each in a place of its own. */
import type { Problem } from '../../contract/schema.ts'
import type { LoadCellStream } from '../definition-schema.ts'

export function checkFrame({ frame, unitIds }: LoadCellStream): Problem[] {
  const problems: Problem[] = []
  const places = (['condition', 'mode', 'weight', 'unit'] as const).map((name) => ({ name, ...frame[name] }))
  const parts = [...places, ...(frame.id ? [{ name: 'id', at: frame.id.at, length: 1 }] : [])]
  const contentLength = frame.length - frame.terminator.length
  parts.forEach(({ name, at, length }, index) => {
    const pointer = `/frame/${name}`
    if (at + length > contentLength)
      problems.push({ pointer, message: `ends beyond the frame of ${frame.length} bytes` })
    const other = parts.slice(0, index).find((part) => part.at < at + length && at < part.at + part.length)
    if (other) problems.push({ pointer, message: `overlaps /frame/${other.name}` })
  })
  const words = [...frame.stable, ...frame.moving, ...frame.overload]
  const twice = words.find((word, index) => words.indexOf(word) < index)
  if (twice) problems.push({ pointer: '/frame/condition', message: `has "${twice}" for two conditions` })
  if (unitIds.minimum > unitIds.maximum) {
    problems.push({ pointer: '/unitIds', message: 'has its minimum above its maximum' })
  }
  return problems
}
