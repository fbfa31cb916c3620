/** What people do at a shelf: finding a place before it, reaching, taking, putting back, leaning, cheating. */
import { pick, uniform } from '../../contract/random.ts'
import type { Plate, Point3DM, PointM } from '../../profile/layout.ts'
import { along, directionTo, distanceM } from '../world/geometry.ts'
import type { Act, ActOf } from './acts.ts'
import { bringToHand, empty, handTo, itemsCalled, letGo, sideOf, stow } from './hands.ts'
import type { Life, Shopper, Side, Surroundings } from './shopper.ts'
import { face, pause, walkTo } from './walking.ts'

/** After as many attempts to get at a shelf a shopper leaves it. */
const standTries = 30
/** Places at a shelf that shoppers leave each other, if they can, and at the least. */
export const politeSpacingM = 0.9
const leastSpacingM = 0.6
/** Who cuts in stands shoulder to shoulder. */
const cutInSpacingM = 0.5
/** How often a shopper looks for something else when the last piece is gone. */
const substituteTries = 5
/** Fingers are about this far before the wrist, so that a wrist stays 0.1 m off the goods (real: 0.12 m). */
const wristBeforeM = 0.07
const wristAboveM = 0.09
/** A reach takes about this long (chosen after the recording: 0.6 m in 0.7 s). */
const reachMs: [number, number] = [550, 900]
/** Two hands of one person reach plates that are no farther apart. */
const armSpanM = 1.3
/** A knocked fixture swings for about this long (assumption). */
const knockMs = 1500

export function* take(act: ActOf<'take'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const side = sideOf(act.hand, shopper)
  yield* empty(side, shopper, w)
  for (let tries = 0; tries < substituteTries; tries++) {
    const plateId = act.substitute ? w.shelves.stockedNear(act.plate) : act.plate
    if (plateId === undefined || !(yield* standBefore(plateId, shopper, w, { cutIn: act.cutIn }))) return false
    // Somebody else may have taken the last one meanwhile.
    if (act.substitute && w.shelves.pieces(plateId).length === 0) continue
    yield* reachTo(plateId, side, shopper, w)
    const endMs = lift(plateId, act, side, shopper, w)
    // The hand goes up with the piece while the plate comes to rest.
    if (endMs !== undefined) yield* pause(w, (endMs - w.nowMs) * (act.slowMs || act.holdMs ? 1 : 0.7))
    yield* handTo(endMs === undefined ? 'rest' : 'chest', side, shopper, w)
    if (endMs !== undefined) return true
    if (!act.substitute) break
  }
  return false
}

type Lift = Pick<ActOf<'take'>, 'item' | 'sku' | 'count' | 'slowMs' | 'holdMs'>

/** Takes pieces off a plate into a hand that is there. @returns until when the plate feels it; undefined: it is bare */
function lift(plateId: string, what: Lift, side: Side, shopper: Shopper, w: Surroundings): number | undefined {
  const lifted = w.lift(shopper, plateId, { ...what, manner: what.slowMs ? 'slow' : 'usual' })
  if (!lifted) return undefined
  shopper.hands[side].push(...lifted.pieces.map((piece) => ({ item: what.item, piece, from: plateId })))
  return lifted.endMs
}

export function* takeTogether({ takes }: ActOf<'take-together'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const plates = takes.map(({ plate }) => w.shelves.plate(plate))
  const [first, second] = plates as [Plate, Plate]
  const axis: PointM = [Math.cos(first.yawRad), Math.sin(first.yawRad)]
  const apartM: PointM = [second.positionM[0] - first.positionM[0], second.positionM[1] - first.positionM[1]]
  const sidewaysM = apartM[0] * axis[0] + apartM[1] * axis[1]
  if (first.fixture !== second.fixture || Math.abs(sidewaysM) > armSpanM) return false
  yield* stow(shopper, w)
  if (!(yield* standBefore(first.id, shopper, w, { sidewaysM: sidewaysM / 2 }))) return false
  // A fixture's axis runs from the shopper's left to the right.
  const sides: [Side, Side] = sidewaysM >= 0 ? [0, 1] : [1, 0]
  for (const [i, { id }] of plates.entries()) stretch(id, sides[i] as Side, shopper, w, reachMs[1])
  yield* pause(w, reachMs[1])
  const ends = takes.map((one, i) => lift(one.plate, one, sides[i] as Side, shopper, w))
  yield* pause(w, Math.max(0, ...ends.map((endMs) => (endMs ?? 0) - w.nowMs)) * 0.7)
  for (const [i, endMs] of ends.entries()) {
    shopper.body.moveHand(sides[i] as Side, endMs === undefined ? 'rest' : 'chest', w.nowMs, reachMs[0])
  }
  yield* pause(w, reachMs[0])
  return ends.every((endMs) => endMs !== undefined)
}

export function* putBack(act: ActOf<'put-back'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const [held] = itemsCalled(act.item, shopper)
  if (!held) return false
  const plateId = act.plate ?? held.from
  if (!(yield* standBefore(plateId, shopper, w))) return false
  const side = yield* bringToHand(act.item, sideOf(act.hand, shopper), shopper, w)
  if (side === undefined) return false
  yield* reachTo(plateId, side, shopper, w)
  const pieces = letGo(act.item, side, shopper).map(({ piece }) => piece)
  const endMs = w.putDown(shopper, plateId, pieces, { manner: act.manner, over: act.over ? [act.over] : [] })
  yield* pause(w, endMs - w.nowMs)
  yield* handTo('rest', side, shopper, w)
  return true
}

/** Takes a piece while the other hand lays something in its place. */
export function* swap({ plate, item, weightG }: ActOf<'swap'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const { hand } = shopper
  yield* stow(shopper, w)
  if (!(yield* standBefore(plate, shopper, w))) return false
  stretch(plate, otherSide(hand), shopper, w, reachMs[1])
  yield* reachTo(plate, hand, shopper, w)
  const endMs = lift(plate, { item }, hand, shopper, w)
  if (endMs !== undefined) {
    const laid = w.shelves.layForeign(plate, weightG, w.nowMs)
    w.disturbed(shopper, { act: 'swap', untilMs: laid.endMs, where: plate, deltaG: weightG })
    yield* pause(w, Math.max(endMs, laid.endMs) - w.nowMs)
  }
  shopper.body.moveHand(otherSide(hand), 'rest', w.nowMs, reachMs[0])
  yield* handTo(endMs === undefined ? 'rest' : 'chest', hand, shopper, w)
  return endMs !== undefined
}

export function* putWeight(act: ActOf<'put-weight'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const { plate, weightG, forMs } = act
  const side = shopper.hand
  yield* empty(side, shopper, w)
  if (!(yield* standBefore(plate, shopper, w))) return false
  yield* handTo('bag', side, shopper, w)
  yield* reachTo(plate, side, shopper, w)
  const laid = w.shelves.layForeign(plate, weightG, w.nowMs)
  w.disturbed(shopper, { act: act.act, untilMs: laid.endMs, where: plate, deltaG: weightG })
  yield* pause(w, laid.endMs - w.nowMs)
  if (forMs !== undefined) {
    yield* handTo('rest', side, shopper, w)
    yield* pause(w, forMs)
    yield* reachTo(plate, side, shopper, w)
    const { endMs } = w.shelves.pickUpForeign(laid, w.nowMs)
    w.disturbed(shopper, { act: act.act, untilMs: endMs, where: plate, deltaG: -weightG })
    yield* pause(w, endMs - w.nowMs)
  }
  yield* handTo('rest', side, shopper, w)
  return true
}

export function* press(act: ActOf<'press'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  if (!(yield* standBefore(act.plate, shopper, w))) return false
  yield* empty(shopper.hand, shopper, w)
  yield* reachTo(act.plate, shopper.hand, shopper, w)
  yield* lean(act.act, act.plate, act, shopper, w)
  yield* handTo('rest', shopper.hand, shopper, w)
  return true
}

/** Presses on a plate with a hand that is there. */
export function* lean(
  act: Act['act'],
  plate: string,
  { forceG, durationMs }: Pick<ActOf<'press'>, 'forceG' | 'durationMs'>,
  shopper: Shopper,
  w: Surroundings,
): Life {
  const untilMs = w.nowMs + durationMs
  w.shelves.press([plate], forceG, w.nowMs, untilMs)
  w.disturbed(shopper, { act, untilMs, where: plate, deltaG: 0 })
  yield* pause(w, durationMs)
}

export function* knock(act: ActOf<'knock'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const plates = w.shelves.plateIds.filter((id) => w.shelves.plate(id).fixture === act.fixture)
  if (plates.length === 0 || !(yield* standBefore(pick(shopper.random, plates), shopper, w))) return false
  w.shelves.knock(act.fixture, act.strength ?? 1, w.nowMs)
  w.disturbed(shopper, { act: act.act, untilMs: w.nowMs + knockMs, where: act.fixture, deltaG: 0 })
  return true
}

const otherSide = (side: Side): Side => (side === 0 ? 1 : 0)

export function* reach(act: ActOf<'reach'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const side = sideOf(act.hand, shopper)
  yield* empty(side, shopper, w)
  if (!(yield* standBefore(act.plate, shopper, w))) return false
  yield* reachTo(act.plate, side, shopper, w)
  shopper.ready = { plate: act.plate, side }
  return true
}

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
function stretch(plateId: string, side: Side, { body, random }: Shopper, w: Surroundings, takesMs?: number): number {
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
