/** What a zone watch watches: zones as they are drawn on the floor, and the fronts of fixtures, with their shelves. */
import { inOwnAxesM, type ShelfSpace, shelvesOf } from '../profile/fixture-frame.ts'
import type { Fixture, Point3DM, StoreLayout, Zone } from '../profile/layout.ts'
import { beyond, contains, distanceToPolygonM } from './geometry.ts'

export interface WatchedPlace {
  /** How events name it. */
  names: { zone: string; fixture?: string }
  /** What it means to come in: one enters a zone, and approaches a shelf. */
  arrival: 'enter' | 'approach'
  /** Whether whoever has their head there is in it. */
  holds(headM: Point3DM): boolean
  /** From outside, as seen from above. */
  awayM(headM: Point3DM): number
  /** Which part of it a hand touches: of a fixture its shelf's number, of a zone 0; null: none. */
  touchedBy(handM: Point3DM): number | null
}

export interface Reach {
  /** Nearer than this is an approach. */
  approachM: number
  /** A wrist nearer than this touches. */
  touchM: number
}

export const zonePlace = ({ id, polygonM }: Zone, { touchM }: Reach): WatchedPlace => ({
  names: { zone: id },
  arrival: 'enter',
  holds: (headM) => contains(polygonM, headM),
  awayM: (headM) => distanceToPolygonM(polygonM, headM),
  touchedBy: (handM) => (distanceToPolygonM(polygonM, handM) <= touchM ? 0 : null),
})

/** So far may a head lean into a shelf; whoever is deeper in stands behind the fixture. */
const leanM = 0.25

/** One approaches a fixture from the front and is there as long as one is near. Without plates it has no shelves to touch. */
export function fixturePlace(fixture: Fixture, plates: StoreLayout['plates'], reach: Reach): WatchedPlace {
  const shelves = shelvesOf(fixture, plates)
  const [left, right] = fixture.sizeM
    ? [0, fixture.sizeM[0]]
    : [Math.min(...shelves.map(({ leftM }) => leftM)), Math.max(...shelves.map(({ rightM }) => rightM))]
  const awayM = (headM: Point3DM) => {
    const [x, y] = inOwnAxesM(fixture, headM)
    return y > leanM ? Number.POSITIVE_INFINITY : Math.hypot(beyond(x, left, right), Math.min(0, y))
  }
  return {
    names: { zone: fixture.id, fixture: fixture.id },
    arrival: 'approach',
    holds: (headM) => awayM(headM) <= reach.approachM,
    awayM,
    touchedBy(handM) {
      const inM = inOwnAxesM(fixture, handM)
      const near = shelves
        .map((space) => ({ shelf: space.shelf, distanceM: toSpaceM(inM, space) }))
        .filter(({ distanceM }) => distanceM <= reach.touchM)
        // Between two shelves a hand is at the nearer one alone.
        .sort((a, b) => a.distanceM - b.distanceM)
      return near[0]?.shelf ?? null
    },
  }
}

/** From a point in the fixture's own axes to what stands on a shelf, 0 among it. */
const toSpaceM = ([x, y, z]: Point3DM, { leftM, rightM, frontM, backM, bottomM, topM }: ShelfSpace) =>
  Math.hypot(beyond(x, leftM, rightM), beyond(y, frontM, backM), beyond(z, bottomM, topM))
