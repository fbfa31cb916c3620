/** Getting at a shelf: a place before it where nobody is in the way, and a hand at a plate. */
import { uniform } from '../../contract/random.ts'
import type { Plate, Point3DM, PointM } from '../../profile/layout.ts'
import { along, directionTo, distanceM } from '../world/geometry.ts'
import type { Life, Shopper, Side, Surroundings } from './shopper.ts'
import { face, pause, walkTo } from './walking.ts'

/** After as many attempts to get at a shelf a shopper leaves it. */
const standTries = 30
/** Places at a shelf that shoppers leave each other, if they can, and at the least. */
export const politeSpacingM = 0.9
const leastSpacingM = 0.6
/** Who cuts in stands shoulder to shoulder. */
const cutInSpacingM = 0.5
/** Fingers are about this far before the wrist, so that a wrist stays 0.1 m off the goods (real: 0.12 m). */
const wristBeforeM = 0.07
const wristAboveM = 0.09
/** A reach takes about this long (chosen after the recording: 0.6 m in 0.7 s). */
export const reachMs: [number, number] = [550, 900]

export interface Standing {
  cutIn?: boolean | undefined
  /** Along the shelf from the plate; by default a little to one side, as it happens. */
  sidewaysM?: number
}

/** Finds a place to stand at a plate where nobody is in the way, and goes there, unless it stands there ready. */
export function* standBefore(
  plateId: string,
  shopper: Shopper,
  w: Surroundings,
  { cutIn, sidewaysM }: Standing = {},
): Life<boolean> {
  if (shopper.ready?.plate === plateId) return true
  shopper.ready = undefined
  const plate = w.shelves.plate(plateId)
  // Most people leave others room at a shelf; some squeeze in.
  const polite = shopper.random.next() < 0.85
  for (let tries = 0; tries < standTries; tries++) {
    const stand = w.plan.standFor(plate, sidewaysM ?? uniform(shopper.random, -0.15, 0.15))
    const spacingM = cutIn ? cutInSpacingM : polite && tries < standTries / 3 ? politeSpacingM : leastSpacingM
    if (w.claim(shopper, stand, spacingM) && (yield* walkTo(shopper, w, stand))) {
      face(shopper, along([plate.positionM[0], plate.positionM[1]], intoShelf(plate, stand), 1))
      shopper.been.push(stand)
      yield* pause(w, uniform(shopper.random, 200, 800))
      return true
    }
    // Two who wait for each other's places would wait for ever, and nobody waits in front of the gate.
    const inTheWay = w.plan.lanes.some(({ innerM }) => distanceM(innerM, shopper.body.positionM) < 1.2)
    if (tries % 3 === 2 || inTheWay) yield* makeRoom(shopper, w)
    yield* pause(w, uniform(shopper.random, 800, 1800))
  }
  return false
}

const intoShelf = (plate: Plate, stand: PointM): PointM => directionTo(stand, [plate.positionM[0], plate.positionM[1]])

function* makeRoom(shopper: Shopper, w: Surroundings): Life {
  w.release(shopper)
  const angle = uniform(shopper.random, 0, 2 * Math.PI)
  const around = along(shopper.body.positionM, [Math.cos(angle), Math.sin(angle)], 1.3)
  const place = w.plan.nearestFree(around, 0.6)
  if (place && w.claim(shopper, place, 0.8)) yield* walkTo(shopper, w, place)
}

/** Puts a hand before a plate, unless it is there already. */
export function* reachTo(plateId: string, side: Side, shopper: Shopper, w: Surroundings): Life {
  const isThere = shopper.ready?.plate === plateId && shopper.ready.side === side
  if (shopper.ready) shopper.ready = { plate: shopper.ready.plate, side: null }
  if (isThere) return
  const durationMs = stretch(plateId, side, shopper, w)
  yield* pause(w, durationMs)
  yield* pause(w, uniform(shopper.random, 50, 250))
}

/** Sends a hand to a plate. @returns how long it takes */
export function stretch(
  plateId: string,
  side: Side,
  { body, random }: Shopper,
  w: Surroundings,
  takesMs?: number,
): number {
  const { positionM, sizeM } = w.shelves.plate(plateId)
  const [x, y, z] = positionM
  const [dx, dy] = directionTo([x, y], body.positionM)
  const spread = sizeM[0] * 0.2
  const point: Point3DM = [
    x + dx * wristBeforeM + uniform(random, -spread, spread),
    y + dy * wristBeforeM + uniform(random, -spread, spread),
    z + wristAboveM,
  ]
  const durationMs = takesMs ?? uniform(random, ...reachMs)
  body.moveHand(side, point, w.nowMs, durationMs)
  return durationMs
}
