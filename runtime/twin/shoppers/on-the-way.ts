/** What people do away from shelves: they go about, drop and pick up, throw, and look for a lost phone. */
import { uniform } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'
import { along, distanceM } from '../world/geometry.ts'
import type { ActOf } from './acts.ts'
import { bringToHand, empty, handTo, letGo } from './hands.ts'
import { standBefore } from './reach.ts'
import type { Life, Shopper, Side, Surroundings } from './shopper.ts'
import { face, pause, walkTo } from './walking.ts'

/** One walks to within this of a point that one cannot stand on. */
const nearEnoughM = 0.6
/** Attempts to get somewhere in a crowd. */
const tries = 15
const fallMs = 350
const bendMs = 800
/** A wrist that picks something up from the floor, or drops it. */
const overFloorM = 0.12
const throwMs = 300
/** How many earlier places one goes back to for a phone (chosen). */
const placesSearched = 2

export function* goTo({ plate, positionM }: ActOf<'go-to'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  if (positionM) return yield* approach(positionM, shopper, w)
  if (plate === undefined || !(yield* standBefore(plate, shopper, w))) return false
  shopper.ready = { plate, side: null }
  return true
}

/** Goes as near to a point as one can stand. */
export function* approach(atM: PointM, shopper: Shopper, w: Surroundings): Life<boolean> {
  for (let i = 0; i < tries; i++) {
    // Where others stand, a place beside is tried next.
    const beside = (): number => (i === 0 ? 0 : uniform(shopper.random, -nearEnoughM, nearEnoughM))
    const place = w.plan.nearestFree([atM[0] + beside(), atM[1] + beside()], nearEnoughM)
    if (place && w.claim(shopper, place, 0.5) && (yield* walkTo(shopper, w, place))) {
      if (distanceM(place, atM) > 0.05) face(shopper, atM)
      return true
    }
    yield* pause(w, uniform(shopper.random, 500, 1500))
  }
  return false
}

export function* drop({ item }: ActOf<'drop'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const side = yield* bringToHand(item, shopper.hand, shopper, w)
  if (side === undefined) return false
  const { positionM: atM } = shopper.body
  for (const held of letGo(item, side, shopper)) w.dropped.push({ held, atM, by: shopper.visit })
  yield* pause(w, fallMs)
  yield* handTo('rest', side, shopper, w)
  return true
}

export function* pickUp({ item }: ActOf<'pick-up'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const side: Side = shopper.hand
  yield* empty(side, shopper, w)
  const seen = w.dropped.find(({ held }) => held.item === item)
  if (!seen || !(yield* approach(seen.atM, shopper, w))) return false
  yield* handTo([...seen.atM, overFloorM], side, shopper, w, bendMs)
  // Somebody else may have been quicker.
  const there = w.dropped.filter(({ held, atM }) => held.item === item && distanceM(atM, seen.atM) < 0.1)
  for (const found of there) {
    w.dropped.splice(w.dropped.indexOf(found), 1)
    shopper.hands[side].push(found.held)
    w.changedHands(found.by, shopper, found.held.piece)
  }
  yield* handTo(there.length > 0 ? 'chest' : 'rest', side, shopper, w, bendMs)
  return there.length > 0
}

/** Over the gate, where nobody weighs or watches: it is gone for the store, and its taker still has to pay. */
export function* throwOut({ item }: ActOf<'throw-out'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const side = yield* bringToHand(item, shopper.hand, shopper, w)
  if (side === undefined) return false
  const lane = w.laneFor('out', shopper)
  if (!(yield* approach(along(lane.innerM, lane.inwards, 0.6), shopper, w))) return false
  face(shopper, lane.middleM)
  const towards = along(shopper.body.positionM, [-lane.inwards[0], -lane.inwards[1]], 0.6)
  shopper.body.moveHand(side, [...towards, 1.4], w.nowMs, throwMs)
  yield* pause(w, throwMs)
  letGo(item, side, shopper)
  yield* handTo('rest', side, shopper, w)
  return true
}

export function* losePhone(shopper: Shopper, w: Surroundings): Life<boolean> {
  shopper.visit.phoneLost = true
  for (const pose of ['pocket', 'bag', 'rest'] as const) yield* handTo(pose, shopper.hand, shopper, w, bendMs)
  for (const place of shopper.been.slice(-placesSearched).reverse()) {
    yield* approach(place, shopper, w)
    yield* pause(w, uniform(shopper.random, 1000, 3000))
  }
  return true
}
