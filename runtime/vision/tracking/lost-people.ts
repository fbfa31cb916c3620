/**
 * Who was lost between cameras or behind somebody else: a new track that fits takes up the old name. Persons do not
 * appear in the middle of a store, so that away from the gates a long gap is bridged, at a gate only a blink.
 */
import { contains, distanceM, distanceToPolygonM } from '../../people/geometry.ts'
import type { Gate, PointM } from '../../profile/layout.ts'
import { assign } from './assignment.ts'
import { appearanceCost } from './matching.ts'
import type { PersonTrack } from './person-track.ts'

export interface LostPerson {
  name: string
  track: PersonTrack
}

const trackerErrorM = 0.8
const fastestMPerS = 1.3
/** How far off the expected place somebody is after a time: who gets lost stands there, strolls, or walks on. */
const firstSigmaM = 0.25
const strollingMPerS = 0.5
/** Nobody keeps the direction for longer. */
const walksOnMs = 3000
const heightSdM = 0.06
const rejoinMs = 30_000
const rejoinAtGateMs = 1000
const nearGateM = 0.15
const gateCost = 30
/** Odds of nine to one that it is the one and no other, as twice their logarithm. */
const sureCost = 4.4

/** @returns the lost person whom each of `found` is surely taken for, or null */
export function rejoin(
  found: readonly PersonTrack[],
  lost: readonly LostPerson[],
  gates: readonly Gate[],
): (LostPerson | null)[] {
  const costs = found.map((track) => lost.map((one) => costOf(track, one.track, gates)))
  const columns = assign(costs, gateCost)
  return columns.map((column, row) =>
    column === null || isGuess(costs, columns, row) ? null : (lost[column] as LostPerson),
  )
}

/** Whether they may as well be somebody else who was lost: then they get a new name, and nobody pays for another. */
function isGuess(costs: readonly (readonly number[])[], columns: readonly (number | null)[], row: number): boolean {
  const without = costs.map((of, i) => (i === row ? of.with(columns[row] as number, Number.POSITIVE_INFINITY) : of))
  const other = assign(without, gateCost)
  const total = (assigned: readonly (number | null)[]) =>
    assigned.reduce<number>((sum, j, i) => sum + (j === null ? gateCost : (costs[i]?.[j] as number)), 0)
  return other[row] !== null && total(other) - total(columns) < sureCost
}

/** Whether `lost` cannot come back any more. */
export function isForgotten({ track }: LostPerson, gates: readonly Gate[], nowMs: number): boolean {
  return nowMs - track.lastSeenMs > (isWithinGate(track.lastSeen.positionM, gates) ? rejoinAtGateMs : rejoinMs)
}

/** Twice the negative logarithm of the likelihood that the one is the other, but for what is the same for all. */
function costOf(found: PersonTrack, lost: PersonTrack, gates: readonly Gate[]): number {
  const [a, { positionM: b, velocityMPerS: v }] = [found.positionM, lost.lastSeen]
  // Both may have lived side by side for a moment: the gap is from the last sight of the one to the first of the other.
  const gapMs = Math.max(0, found.firstSeenMs - lost.lastSeenMs)
  const limitMs = isWithinGate(a, gates) || isWithinGate(b, gates) ? rejoinAtGateMs : rejoinMs
  const seconds = Math.max(gapMs, found.lastSeenMs - lost.lastSeenMs) / 1000
  const awayM = distanceM(a, b)
  if (gapMs > limitMs || awayM > trackerErrorM + fastestMPerS * seconds) return Number.POSITIVE_INFINITY
  const onwards = Math.min(seconds, walksOnMs / 1000)
  const besideM = Math.hypot(a[0] - b[0] - v[0] * onwards, a[1] - b[1] - v[1] * onwards)
  const sigmaM = firstSigmaM + strollingMPerS * seconds
  const tallness = (found.heightM - lost.heightM) / heightSdM
  return (
    (Math.min(awayM, besideM) / sigmaM) ** 2 +
    // A place where one may be by now is worth the less the more places there are.
    4 * Math.log(sigmaM / firstSigmaM) +
    tallness ** 2 / 2 +
    2 * appearanceCost(lost.appearance, found.appearance)
  )
}

/** Where people come and go. */
export const isAtGate = (point: PointM, gates: readonly Gate[]): boolean =>
  gates.some(({ zoneM }) => contains(zoneM, point) || distanceToPolygonM(zoneM, point) <= nearGateM)

/** Who was lost a step beside it may still be inside. */
const isWithinGate = (point: PointM, gates: readonly Gate[]): boolean =>
  gates.some(({ zoneM }) => contains(zoneM, point))
