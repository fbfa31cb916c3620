/** What people do with one another: they wait for each other, and hand things over. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import { along, distanceM } from '../world/geometry.ts'
import type { ActOf } from './acts.ts'
import { bringToHand, empty, heldOf, itemsCalled, letGo, otherSide } from './hands.ts'
import type { Life, Shopper, Side, Surroundings } from './shopper.ts'
import { clearGate, face, pause, walkTo } from './walking.ts'

/** So long one waits for others to come to a meeting, and for somebody in particular (chosen). */
export const meetingPatienceMs = 5 * 60_000
const partnerPatienceMs = 90_000
/** Who would give it to anybody does not wait long for one (chosen). */
const anybodyPatienceMs = 5000
/** Two who hand something over stand so far apart (chosen): each stretches an arm halfway. */
const handOverM = 0.75
const stretchMs = 600
const graspMs = 250
const handOverHeightM = 1.1
const directions = Array.from({ length: 12 }, (_, i) => (i * Math.PI) / 6)

/** Waits, and stands still for whoever calls meanwhile. @returns false when it lasts too long */
export function* until(
  done: () => boolean,
  shopper: Shopper,
  w: Surroundings,
  patienceMs = Number.POSITIVE_INFINITY,
): Life<boolean> {
  yield* clearGate(shopper, w)
  for (const untilMs = w.nowMs + patienceMs; w.nowMs < untilMs; ) {
    if (done()) return true
    yield* answer(shopper, w)
    yield
  }
  return done()
}

/** Stands still for whoever has called, until they are done. */
export function* answer(shopper: Shopper, w: Surroundings): Life {
  const { caller } = shopper
  if (!caller) return
  // Of two who call each other, the one who came first is answered first.
  if (shopper.calls === caller && w.shoppers.indexOf(shopper) < w.shoppers.indexOf(caller)) return
  shopper.listens = true
  while (shopper.caller === caller && w.shoppers.includes(caller)) {
    if (distanceM(caller.body.positionM, shopper.body.positionM) < 1.2) face(shopper, caller.body.positionM)
    yield
  }
  shopper.listens = false
  shopper.caller = undefined
}

export function* meet({ name, people }: ActOf<'meet'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  return yield* until(() => w.gatherings.attend(name, shopper, people), shopper, w, meetingPatienceMs)
}

export function* handOver({ item, to }: ActOf<'hand-over'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  return yield* withPartner(to, shopper, w, (partner) => give(item, undefined, shopper, partner, w))
}

export function* exchange(act: ActOf<'exchange'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  return yield* withPartner(act.with, shopper, w, function* (partner) {
    const theirs = act.theirs ?? [...heldOf(partner), ...partner.bag][0]?.item
    return theirs !== undefined && (yield* give(act.item, theirs, shopper, partner, w))
  })
}

function* withPartner(
  name: string | undefined,
  shopper: Shopper,
  w: Surroundings,
  doIt: (partner: Shopper) => Life<boolean>,
): Life<boolean> {
  let partner: Shopper | undefined
  const isFound = () => {
    partner = partnerOf(name, shopper, w)
    return partner !== undefined && (partner.caller ?? shopper) === shopper
  }
  const patienceMs = name === undefined ? anybodyPatienceMs : partnerPatienceMs
  if (!(yield* until(isFound, shopper, w, patienceMs)) || !partner) return false
  partner.caller = shopper
  shopper.calls = partner
  const other = partner
  const listens = yield* until(() => other.listens || other.stage !== 'inside', shopper, w, partnerPatienceMs)
  const done = listens && other.listens && (yield* walkUpTo(other, shopper, w)) && (yield* doIt(other))
  other.caller = undefined
  shopper.calls = undefined
  return done
}

function partnerOf(name: string | undefined, shopper: Shopper, w: Surroundings): Shopper | undefined {
  const inside = w.shoppers.filter((other) => other !== shopper && other.stage === 'inside')
  if (name !== undefined) return inside.find((other) => other.name === name)
  const away = ({ body }: Shopper) => distanceM(body.positionM, shopper.body.positionM)
  return inside.sort((a, b) => away(a) - away(b))[0]
}

function* walkUpTo(partner: Shopper, shopper: Shopper, w: Surroundings): Life<boolean> {
  const { positionM } = partner.body
  const away = (p: PointM) => distanceM(p, shopper.body.positionM)
  const places = directions
    .map((angle) => along(positionM, [Math.cos(angle), Math.sin(angle)], handOverM))
    .sort((a, b) => away(a) - away(b))
  for (const place of places) {
    if (!w.plan.standable(place) || !w.claim(shopper, place, 0.5)) continue
    if (!(yield* walkTo(shopper, w, place))) continue
    face(shopper, positionM)
    return true
  }
  return false
}

/** The hands that one item goes from and to. */
interface Passing {
  item: string
  from: Shopper
  fromSide: Side
  to: Shopper
  toSide: Side
}

/** Moves both people's hands: the partner stands still for it. @param theirs what comes back for it, if anything */
function* give(
  item: string,
  theirs: string | undefined,
  giver: Shopper,
  taker: Shopper,
  w: Surroundings,
): Life<boolean> {
  if (theirs !== undefined && itemsCalled(theirs, taker).length === 0) return false
  const giving = yield* bringToHand(item, giver.hand, giver, w)
  if (giving === undefined) return false
  const returning = theirs === undefined ? undefined : yield* bringToHand(theirs, taker.hand, taker, w)
  const getting = returning === undefined ? taker.hand : otherSide(returning)
  const passings: Passing[] = [{ item, from: giver, fromSide: giving, to: taker, toSide: getting }]
  if (theirs !== undefined && returning !== undefined) {
    passings.push({ item: theirs, from: taker, fromSide: returning, to: giver, toSide: otherSide(giving) })
  }
  yield* pass(passings, w)
  return true
}

/** All at one moment, halfway between the two; each then stows what they got. */
function* pass(passings: readonly Passing[], w: Surroundings): Life {
  for (const { to, toSide } of passings) yield* empty(toSide, to, w)
  for (const { from, fromSide, to, toSide } of passings) {
    const [a, b] = [from.body.positionM, to.body.positionM]
    const between: Point3DM = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, handOverHeightM]
    from.body.moveHand(fromSide, between, w.nowMs, stretchMs)
    to.body.moveHand(toSide, between, w.nowMs, stretchMs)
  }
  yield* pause(w, stretchMs + graspMs)
  for (const { item, from, fromSide, to, toSide } of passings) {
    for (const held of letGo(item, fromSide, from)) {
      to.hands[toSide].push(held)
      w.changedHands(from.visit, to, held.piece)
    }
    from.body.moveHand(fromSide, 'rest', w.nowMs, stretchMs)
  }
  for (const { to, toSide } of passings) yield* empty(toSide, to, w)
}
