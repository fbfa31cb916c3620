/** What a shopper does at a shelf: finding a place before it, reaching, taking, looking, putting back. */
import { uniform } from '../../contract/random.ts'
import type { Plate, Point3DM, PointM } from '../../profile/layout.ts'
import { along, directionTo, distanceM } from '../world/geometry.ts'
import type { Act } from './behaviour.ts'
import type { Held, Life, Shopper, Surroundings } from './shopper.ts'
import { face, pause, walkTo } from './walking.ts'

/** After as many attempts to get at a shelf a shopper leaves it. */
const standTries = 30
/** Places at a shelf that shoppers leave each other, if they can, and at the least. */
export const politeSpacingM = 0.9
const leastSpacingM = 0.6
/** How often a shopper looks for something else when the last piece is gone. */
const substituteTries = 5
/** Fingers are about this far before the wrist, so that a wrist stays 0.1 m off the goods (real: 0.12 m). */
const wristBeforeM = 0.07
const wristAboveM = 0.09
/** A reach takes about this long (chosen after the recording: 0.6 m in 0.7 s). */
const reachMs: [number, number] = [550, 900]

export const heldAs = (item: string, { inHand, bag }: Shopper): Held | undefined =>
  inHand?.item === item ? inHand : bag.find((held) => held.item === item)

/** Does one act of a plan. @returns false when it could not be done */
export function* perform(act: Act, shopper: Shopper, w: Surroundings): Life<boolean> {
  if (act.act === 'take') return yield* take(act, shopper, w)
  if (act.act === 'put-back') return yield* putBack(act.item, act.plate, shopper, w)
  if (act.act === 'look') yield* look(act.durationMs, shopper, w)
  else if (act.act === 'stow') yield* stow(shopper, w)
  else if (act.act === 'fill') yield* fill(act, shopper, w)
  else yield* pause(w, act.durationMs)
  return true
}

function* take(act: Extract<Act, { act: 'take' }>, shopper: Shopper, w: Surroundings): Life<boolean> {
  yield* stow(shopper, w)
  for (let tries = 0; tries < substituteTries && !shopper.inHand; tries++) {
    const plateId = act.substitute ? w.shelves.stockedNear(act.plate) : act.plate
    if (plateId === undefined || !(yield* standBefore(w.shelves.plate(plateId), shopper, w))) return false
    // Somebody else may have taken the last one meanwhile.
    if (act.substitute && w.shelves.pieces(plateId).length === 0) continue
    yield* reachTo(w.shelves.plate(plateId), shopper, w)
    yield* liftFrom(plateId, act.item, shopper, w)
    if (!act.substitute) break
  }
  return shopper.inHand !== undefined
}

function* liftFrom(plateId: string, item: string, shopper: Shopper, w: Surroundings): Life {
  const lifted = w.shelves.lift(plateId, w.nowMs)
  if (lifted) {
    const held: Held = { item, piece: lifted.piece, from: plateId }
    shopper.inHand = held
    w.took(shopper, held, lifted.endMs)
    // The hand goes up with the piece while the plate comes to rest.
    yield* pause(w, (lifted.endMs - w.nowMs) * 0.7)
  }
  yield* handTo(lifted ? 'chest' : 'rest', shopper, w)
}

function* putBack(item: string, plateId: string | undefined, shopper: Shopper, w: Surroundings): Life<boolean> {
  const held = heldAs(item, shopper)
  if (!held) return false
  const plate = w.shelves.plate(plateId ?? held.from)
  if (!(yield* standBefore(plate, shopper, w))) return false
  if (held !== shopper.inHand) {
    yield* stow(shopper, w)
    yield* handTo('bag', shopper, w)
    shopper.bag.splice(shopper.bag.indexOf(held), 1)
    shopper.inHand = held
    yield* handTo('chest', shopper, w)
    w.looksAt(shopper, held.piece, shopper.body.handM(shopper.hand, w.nowMs))
  }
  yield* reachTo(plate, shopper, w)
  const { endMs } = w.shelves.putDown(plate.id, [held.piece], w.nowMs)
  shopper.inHand = undefined
  w.put(shopper, [held.piece], plate.id, endMs)
  yield* pause(w, endMs - w.nowMs)
  yield* handTo('rest', shopper, w)
  return true
}

function* fill({ plate: plateId, sku, count }: Extract<Act, { act: 'fill' }>, shopper: Shopper, w: Surroundings): Life {
  const plate = w.shelves.plate(plateId)
  if (!(yield* standBefore(plate, shopper, w))) return
  yield* handTo('bag', shopper, w)
  yield* reachTo(plate, shopper, w)
  const pieces = Array.from({ length: count }, () => w.shelves.newPiece(sku))
  const { endMs } = w.shelves.putDown(plateId, pieces, w.nowMs)
  w.put(shopper, pieces, plateId, endMs)
  yield* pause(w, endMs - w.nowMs)
  yield* handTo('rest', shopper, w)
}

function* look(durationMs: number, shopper: Shopper, w: Surroundings): Life {
  const held = shopper.inHand
  if (!held) return
  const seenAt = uniform(shopper.random, 0.1, 0.5)
  yield* pause(w, durationMs * seenAt)
  w.looksAt(shopper, held.piece, shopper.body.handM(shopper.hand, w.nowMs))
  yield* pause(w, durationMs * (1 - seenAt))
}

/** Puts what the hand holds into the bag. */
export function* stow(shopper: Shopper, w: Surroundings): Life {
  if (!shopper.inHand) return
  yield* handTo('bag', shopper, w)
  shopper.bag.push(shopper.inHand)
  shopper.inHand = undefined
  yield* handTo('rest', shopper, w)
}

/** Finds a place to stand at a plate where nobody is in the way, and goes there. */
function* standBefore(plate: Plate, shopper: Shopper, w: Surroundings): Life<boolean> {
  // Most people leave others room at a shelf; some squeeze in.
  const polite = shopper.random.next() < 0.85
  for (let tries = 0; tries < standTries; tries++) {
    const stand = w.plan.standFor(plate, uniform(shopper.random, -0.15, 0.15))
    if (
      w.claim(shopper, stand, polite && tries < standTries / 3 ? politeSpacingM : leastSpacingM) &&
      (yield* walkTo(shopper, w, stand))
    ) {
      face(shopper, along([plate.positionM[0], plate.positionM[1]], intoShelf(plate, stand), 1))
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

function* reachTo(plate: Plate, shopper: Shopper, w: Surroundings): Life {
  const [x, y, z] = plate.positionM
  const { positionM } = shopper.body
  const [dx, dy] = directionTo([x, y], positionM)
  const spread = plate.sizeM[0] * 0.2
  const point: Point3DM = [
    x + dx * wristBeforeM + uniform(shopper.random, -spread, spread),
    y + dy * wristBeforeM + uniform(shopper.random, -spread, spread),
    z + wristAboveM,
  ]
  yield* handTo(point, shopper, w, uniform(shopper.random, ...reachMs))
  yield* pause(w, uniform(shopper.random, 50, 250))
}

function* handTo(to: Point3DM | 'rest' | 'chest' | 'bag', shopper: Shopper, w: Surroundings, durationMs = 450): Life {
  shopper.body.moveHand(shopper.hand, to, w.nowMs, durationMs)
  yield* pause(w, durationMs)
}
