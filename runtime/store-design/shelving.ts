/** The plates of the fixtures: evenly over the width of each shelf, shelves evenly over what a hand reaches. */
import { fromOwnAxesM } from '../profile/fixture-frame.ts'
import type { Point3DM } from '../profile/layout.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { PlacedFixture } from './floor.ts'
import { mm } from './mm.ts'

export type PlannedPlate = Omit<Profile['plates'][number], 'source'>

/** Lowest and highest plate that a grown-up reaches without kneeling or climbing. */
const lowestM = 0.3
const highestM = 1.5
/** Between the top plate and the fixture's top. */
const headroomM = 0.3
/** Sides of a fixture, and the gap between two plates. */
const cheekM = 0.02
const gapM = 0.02
const backM = 0.05

export function platesOf({ section, fixture }: PlacedFixture): PlannedPlate[] {
  const { shelves, platesPerShelf, widthM, depthM, heightM, ratingG } = section
  const topM = Math.min(highestM, Math.max(lowestM, heightM - headroomM))
  const pitchM = (widthM - 2 * cheekM) / platesPerShelf
  return Array.from({ length: shelves * platesPerShelf }, (_, i) => {
    const shelf = Math.floor(i / platesPerShelf)
    const index = i % platesPerShelf
    // A single shelf lies on top, as on a counter.
    const heightOfShelfM = shelves === 1 ? topM : lowestM + (shelf * (topM - lowestM)) / (shelves - 1)
    return {
      id: `${fixture.id}-s${shelf + 1}-p${index + 1}`,
      fixture: fixture.id,
      shelf: shelf + 1,
      index: index + 1,
      positionM: inStore(fixture, [cheekM + (index + 0.5) * pitchM, depthM / 2, heightOfShelfM]),
      sizeM: [mm(pitchM - gapM), mm(depthM - backM)],
      ratingG,
    }
  })
}

/** A point of the fixture's own axes in the store's. */
function inStore(fixture: Profile['fixtures'][number], inFixtureM: Point3DM): Point3DM {
  const [x, y, z] = fromOwnAxesM(fixture, inFixtureM)
  return [mm(x), mm(y), mm(z)]
}
