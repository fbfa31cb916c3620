/**
 * How heavy the goods were that an event moved. A plate whose neighbour is emptied, or that is shoved, keeps an
 * offset of some grams, which the event's total contains: so small changes may or may not be the goods'.
 */
import type { WeightEvent } from '../contract/messages.ts'

export interface Reading {
  /** What the goods changed on the shelf; negative: they were taken. */
  deltaG: number
  /** How likely this reading is before any product is considered; all of an event sum to 1. */
  share: number
}

/** Larger lasting offsets were never seen. */
const largestOffsetG = 35
/** Nor does a light thing's own weight on its second plate count as one: an offset is a small part of the change. */
const largestOffsetShare = 0.2
/** An item that rests on the edge of a second plate is about as common as an offset of that plate. */
const offsetShare = 0.5
/** More small changes than this come and go together. */
const mostApart = 3

export function readingsOf({ plates, deltaG }: Pick<WeightEvent, 'plates' | 'deltaG'>): Reading[] {
  const small = plates.filter(
    (change) =>
      Math.abs(change.deltaG) <= Math.min(largestOffsetG, largestOffsetShare * Math.abs(deltaG)) && plates.length > 1,
  )
  const groups = small.length <= mostApart ? small.map((change) => change.deltaG) : [total(small)]
  let readings: Reading[] = [{ deltaG, share: 1 }]
  for (const offsetG of groups) {
    readings = readings.flatMap((reading) => [
      { deltaG: reading.deltaG, share: reading.share * (1 - offsetShare) },
      { deltaG: reading.deltaG - offsetG, share: reading.share * offsetShare },
    ])
  }
  return readings
}

const total = (changes: readonly { deltaG: number }[]) => changes.reduce((sum, { deltaG }) => sum + deltaG, 0)

/** The density of an event whose goods' own density is `density`, and the reading that fits them best. */
export function overReadings(
  readings: readonly Reading[],
  density: (deltaG: number) => number,
): { density: number; best: Reading } {
  let sum = 0
  let best: Reading & { weight: number } = { deltaG: 0, share: 0, weight: -1 }
  for (const reading of readings) {
    const weight = reading.share * density(reading.deltaG)
    sum += weight
    if (weight > best.weight) best = { ...reading, weight }
  }
  return { density: sum, best }
}
