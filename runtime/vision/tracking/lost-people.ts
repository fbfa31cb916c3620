/**
 * Who was lost between cameras or behind somebody else: a new track that fits takes up the old name. Persons do not
 * appear in the middle of a store, so that away from the gates a long gap is bridged, at a gate only a blink.
 */
import { contains, distanceToPolygonM } from '../../people/geometry.ts'
import type { Gate, PointM } from '../../profile/layout.ts'
import { assign } from './assignment.ts'
import { appearanceCost } from './matching.ts'
import type { PersonTrack } from './person-track.ts'

export interface LostPerson {
  name: string
  track: PersonTrack
}

const trackerErrorM = 0.5
const walkingMPerS = 1.3
/** Most who get lost stand or stroll: the likely distance grows slower than the possible one. */
const strollingMPerS = 0.5
const heightSdM = 0.06
const rejoinMs = 30_000
const rejoinAtGateMs = 1000
const nearGateM = 0.15
const gateCost = 30

/** @returns the lost person whom each of `found` is taken for, or null */
export function rejoin(
  found: readonly PersonTrack[],
  lost: readonly LostPerson[],
  gates: readonly Gate[],
): (LostPerson | null)[] {
  const costs = found.map((track) => lost.map((one) => costOf(track, one.track, gates)))
  return assign(costs, gateCost).map((column) => (column === null ? null : (lost[column] as LostPerson)))
}

/** Whether `lost` cannot come back any more. */
export function isForgotten({ track }: LostPerson, gates: readonly Gate[], nowMs: number): boolean {
  return nowMs - track.lastSeenMs > (isAtGate(track.positionM, gates) ? rejoinAtGateMs : rejoinMs)
}

function costOf(found: PersonTrack, lost: PersonTrack, gates: readonly Gate[]): number {
  const [a, b] = [found.positionM, lost.positionM]
  // Both may have lived side by side for a moment: the gap is from the last sight of the one to the first of the other.
  const gapMs = Math.max(0, found.firstSeenMs - lost.lastSeenMs)
  const limitMs = isAtGate(a, gates) || isAtGate(b, gates) ? rejoinAtGateMs : rejoinMs
  const distanceM = Math.hypot(a[0] - b[0], a[1] - b[1])
  const walkedMs = Math.max(gapMs, found.lastSeenMs - lost.lastSeenMs)
  if (gapMs > limitMs || distanceM > trackerErrorM + (walkingMPerS * walkedMs) / 1000) return Number.POSITIVE_INFINITY
  const sigmaM = trackerErrorM / 2 + (strollingMPerS * walkedMs) / 1000
  const tallness = (found.heightM - lost.heightM) / heightSdM
  return (distanceM / sigmaM) ** 2 + tallness ** 2 / 2 + 2 * appearanceCost(lost.appearance, found.appearance)
}

/** Where people come and go. */
export const isAtGate = (point: PointM, gates: readonly Gate[]): boolean =>
  gates.some(({ zoneM }) => contains(zoneM, point) || distanceToPolygonM(zoneM, point) <= nearGateM)
