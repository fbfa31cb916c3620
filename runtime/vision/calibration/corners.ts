/** Points of a store whose place the profile knows and a picture shows: the corners of its fixtures and shelves. */
import { fromOwnAxesM, shelvesOf } from '../../profile/fixture-frame.ts'
import type { Fixture, Point3DM, StoreLayout } from '../../profile/layout.ts'

export interface Corner {
  fixture: string
  side: 'front' | 'back'
  /** As the shopper before it sees it. */
  hand: 'left' | 'right'
  /** Its foot, its top, or the front edge of a shelf's outermost plate, by the shelf's number. */
  at: 'foot' | 'top' | number
  storeM: Point3DM
}

/** Shelves have theirs at the front only: what is behind, goods hide. A fixture of unknown size has no others. */
export function cornersOf({ fixtures, plates }: Pick<StoreLayout, 'fixtures' | 'plates'>): Corner[] {
  return fixtures.flatMap((fixture) => {
    const shelves = shelvesOf(fixture, plates).flatMap(({ shelf, leftM, rightM, frontM, bottomM }) =>
      pair(fixture, 'front', shelf, [leftM, rightM], frontM, bottomM),
    )
    if (!fixture.sizeM) return shelves
    const [widthM, depthM, heightM] = fixture.sizeM
    const at = (side: Corner['side'], height: 'foot' | 'top') =>
      pair(fixture, side, height, [0, widthM], side === 'front' ? 0 : depthM, height === 'foot' ? 0 : heightM)
    return [...at('front', 'foot'), ...shelves, ...at('front', 'top'), ...at('back', 'foot'), ...at('back', 'top')]
  })
}

function pair(
  fixture: Fixture,
  side: Corner['side'],
  at: Corner['at'],
  [leftM, rightM]: [number, number],
  inM: number,
  upM: number,
): Corner[] {
  const corner = (hand: Corner['hand'], x: number): Corner => {
    return { ...{ fixture: fixture.id, side, hand, at }, storeM: fromOwnAxesM(fixture, [x, inM, upM]) }
  }
  return [corner('left', leftM), corner('right', rightM)]
}
