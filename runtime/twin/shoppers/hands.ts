/** What hands do apart from shelves: they move, hold, show, stow and bring out again. */
import { uniform } from '../../contract/random.ts'
import type { HandPose } from './body.ts'
import type { Held, Life, Shopper, Side, Surroundings } from './shopper.ts'
import { pause } from './walking.ts'

const handMs = 450
/** A pocket is reached more slowly than a bag: the hand turns and slides along the body (chosen). */
const hideMs = 700

export const sideOf = (hand: 'left' | 'right' | undefined, shopper: Shopper): Side =>
  hand === undefined ? shopper.hand : hand === 'left' ? 0 : 1

export const otherSide = (side: Side): Side => (side === 0 ? 1 : 0)

/** Everything of a shopper's that a plan calls `item`. */
export const itemsCalled = (item: string, { hands, bag }: Shopper): Held[] =>
  [...hands[0], ...hands[1], ...bag].filter((held) => held.item === item)

/** The hands that hold something, the preferred one first. */
export const fullHands = ({ hands, hand }: Shopper): Side[] =>
  [hand, otherSide(hand)].filter((side) => hands[side].length > 0)

/** What the hands hold, the preferred one's first. */
export const heldOf = (shopper: Shopper): Held[] => fullHands(shopper).flatMap((side) => shopper.hands[side])

export function* handTo(to: HandPose, side: Side, shopper: Shopper, w: Surroundings, durationMs = handMs): Life {
  shopper.body.moveHand(side, to, w.nowMs, durationMs)
  yield* pause(w, durationMs)
}

/** Puts what the hands hold into the bag; `item`: only this. */
export function* stow(shopper: Shopper, w: Surroundings, item?: string): Life {
  for (const side of fullHands(shopper)) {
    if (item === undefined || shopper.hands[side].some((held) => held.item === item)) yield* empty(side, shopper, w)
  }
}

/** Frees one hand. */
export function* empty(side: Side, shopper: Shopper, w: Surroundings): Life {
  if (shopper.hands[side].length === 0) return
  yield* handTo('bag', side, shopper, w)
  shopper.bag.push(...shopper.hands[side].splice(0))
  yield* handTo('rest', side, shopper, w)
}

/** Into a pocket without showing it. @returns false without such an item */
export function* hide(item: string, shopper: Shopper, w: Surroundings): Life<boolean> {
  const side = fullHands(shopper).find((full) => shopper.hands[full].some((held) => held.item === item))
  if (side === undefined) return shopper.bag.some((held) => held.item === item)
  yield* handTo('pocket', side, shopper, w, hideMs)
  shopper.bag.push(...shopper.hands[side].splice(0))
  yield* handTo('rest', side, shopper, w)
  return true
}

/** Holds up what the hands hold, and looks. */
export function* look(durationMs: number, shopper: Shopper, w: Surroundings): Life {
  const sides = fullHands(shopper)
  if (sides.length === 0) return
  const seenAt = uniform(shopper.random, 0.1, 0.5)
  yield* pause(w, durationMs * seenAt)
  for (const side of sides) show(side, shopper, w)
  yield* pause(w, durationMs * (1 - seenAt))
}

function show(side: Side, shopper: Shopper, w: Surroundings): void {
  for (const { piece } of shopper.hands[side]) w.looksAt(shopper, piece, shopper.body.handM(side, w.nowMs))
}

/**
 * Gets an item into a hand, out of the bag if need be.
 * @param side which hand, unless another one holds it already
 * @returns the hand; undefined without such an item
 */
export function* bringToHand(item: string, side: Side, shopper: Shopper, w: Surroundings): Life<Side | undefined> {
  const holding = fullHands(shopper).find((full) => shopper.hands[full].some((held) => held.item === item))
  if (holding !== undefined) return holding
  if (itemsCalled(item, shopper).length === 0) return undefined
  yield* empty(side, shopper, w)
  yield* handTo('bag', side, shopper, w)
  for (const held of itemsCalled(item, shopper)) {
    shopper.bag.splice(shopper.bag.indexOf(held), 1)
    shopper.hands[side].push(held)
  }
  yield* handTo('chest', side, shopper, w)
  show(side, shopper, w)
  return side
}

/** Lets go of all that is called `item`. @returns it */
export function letGo(item: string, side: Side, shopper: Shopper): Held[] {
  const gone = shopper.hands[side].filter((held) => held.item === item)
  for (const held of gone) shopper.hands[side].splice(shopper.hands[side].indexOf(held), 1)
  return gone
}
