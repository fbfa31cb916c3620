/** What people do with goods at a shelf: taking, with one hand or two, and putting back. */
import type { Plate, PointM } from '../../profile/layout.ts'
import type { ActOf } from './acts.ts'
import { bringToHand, empty, handTo, itemsCalled, letGo, sideOf, stow } from './hands.ts'
import { reachMs, reachTo, standBefore, stretch } from './reach.ts'
import type { Life, Shopper, Side, Surroundings } from './shopper.ts'
import { pause } from './walking.ts'

/** How often a shopper looks for something else when the last piece is gone. */
const substituteTries = 5
/** Two hands of one person reach plates that are no farther apart. */
const armSpanM = 1.3

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
export function lift(plateId: string, what: Lift, side: Side, shopper: Shopper, w: Surroundings): number | undefined {
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

export function* reach(act: ActOf<'reach'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  const side = sideOf(act.hand, shopper)
  yield* empty(side, shopper, w)
  if (!(yield* standBefore(act.plate, shopper, w))) return false
  yield* reachTo(act.plate, side, shopper, w)
  shopper.ready = { plate: act.plate, side }
  return true
}
