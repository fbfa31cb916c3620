/** What people do to plates without taking or putting goods: leaning, knocking, laying down what is not for sale. */
import { pick } from '../../contract/random.ts'
import type { Act, ActOf } from './acts.ts'
import { lift } from './at-the-shelf.ts'
import { empty, handTo, otherSide, stow } from './hands.ts'
import { reachMs, reachTo, standBefore, stretch } from './reach.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'
import { pause } from './walking.ts'

/** A knocked fixture swings for about this long (assumption). */
const knockMs = 1500

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
