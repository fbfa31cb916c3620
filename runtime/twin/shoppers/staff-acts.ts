/** What staff do at shelves: filling, cleaning, counting. */
import { uniform } from '../../contract/random.ts'
import type { Piece } from '../world/piece.ts'
import type { ActOf } from './acts.ts'
import { handTo, stow } from './hands.ts'
import { lean } from './other-loads.ts'
import { reachTo, standBefore } from './reach.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'
import { pause } from './walking.ts'

/** Wiping: strokes with a cloth, each of which presses (chosen). */
const strokes = 3
const strokeG: [number, number] = [150, 600]
const strokeMs: [number, number] = [500, 900]
/** A finger on a piece that is counted (chosen). */
const touchG: [number, number] = [20, 80]
const touchMs: [number, number] = [250, 500]
/** As many are put back at once as two hands hold (chosen). */
const handful = 3

export function* fill({ plate, sku, count }: ActOf<'fill'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  if (!(yield* standBefore(plate, shopper, w))) return false
  yield* handTo('bag', shopper.hand, shopper, w)
  yield* reachTo(plate, shopper.hand, shopper, w)
  yield* putDown(
    Array.from({ length: count }, () => w.shelves.newPiece(sku)),
    plate,
    shopper,
    w,
  )
  yield* handTo('rest', shopper.hand, shopper, w)
  return true
}

/** Plate by plate: everything off into a crate, wiped, everything back. */
export function* clean({ fixture }: ActOf<'clean'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  yield* stow(shopper, w)
  let done = true
  for (const plate of w.shelves.plateIds.filter((id) => w.shelves.plate(id).fixture === fixture)) {
    if (!(yield* standBefore(plate, shopper, w))) {
      done = false
      continue
    }
    const crate = yield* clear(plate, shopper, w)
    for (let i = 0; i < strokes; i++) {
      yield* reachTo(plate, shopper.hand, shopper, w)
      yield* lean('clean', plate, drawn(shopper, strokeG, strokeMs), shopper, w)
    }
    // What lay behind goes behind again.
    for (const pieces of handfuls(crate.reverse())) {
      yield* handTo('bag', shopper.hand, shopper, w)
      yield* reachTo(plate, shopper.hand, shopper, w)
      yield* putDown(pieces, plate, shopper, w)
    }
    yield* handTo('rest', shopper.hand, shopper, w)
  }
  return done
}

export function* count({ plate }: ActOf<'count'>, shopper: Shopper, w: Surroundings): Life<boolean> {
  yield* stow(shopper, w)
  if (!(yield* standBefore(plate, shopper, w))) return false
  yield* reachTo(plate, shopper.hand, shopper, w)
  for (const _ of w.shelves.pieces(plate)) {
    yield* lean('count', plate, drawn(shopper, touchG, touchMs), shopper, w)
  }
  yield* handTo('rest', shopper.hand, shopper, w)
  return true
}

const drawn = ({ random }: Shopper, forceG: [number, number], durationMs: [number, number]) => ({
  forceG: uniform(random, ...forceG),
  durationMs: uniform(random, ...durationMs),
})

function* clear(plate: string, shopper: Shopper, w: Surroundings): Life<Piece[]> {
  const crate: Piece[] = []
  while (w.shelves.pieces(plate).length > 0) {
    yield* reachTo(plate, shopper.hand, shopper, w)
    const lifted = w.lift(shopper, plate)
    if (!lifted) break
    crate.push(...lifted.pieces)
    yield* pause(w, (lifted.endMs - w.nowMs) * 0.7)
    yield* handTo('bag', shopper.hand, shopper, w)
  }
  return crate
}

/** At most so many at once, and of one product. */
function handfuls(pieces: readonly Piece[]): Piece[][] {
  const together: Piece[][] = []
  for (const piece of pieces) {
    const last = together.at(-1)
    if (last && last.length < handful && last[0]?.sku === piece.sku) last.push(piece)
    else together.push([piece])
  }
  return together
}

function* putDown(pieces: readonly Piece[], plate: string, shopper: Shopper, w: Surroundings): Life {
  yield* pause(w, w.putDown(shopper, plate, pieces) - w.nowMs)
}
