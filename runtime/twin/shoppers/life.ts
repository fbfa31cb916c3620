/** A visit as a shopper lives it: in by the gate, along the plan, out by the gate. */
import { uniform } from '../../contract/random.ts'
import type { Plate, Point3DM, PointM } from '../../profile/layout.ts'
import { along, directionTo, distanceM } from '../world/geometry.ts'
import type { Act } from './behaviour.ts'
import type { Held, Life, Shopper, Surroundings } from './shopper.ts'
import { face, pause, walkLane, walkTo } from './walking.ts'

/** How long one waits at a closed gate before showing the code again, and how often one tries. */
const admissionPatienceMs = 10_000
const admissionTries = 3
/** The exit button is pressed again when nothing happens. */
const exitPressMs = 1200
const exitPressAgainMs = 4000
/** After as many attempts to get at a shelf a shopper leaves it. */
const standTries = 30
/** Fingers are about this far before the wrist, so that a wrist stays 0.1 m off the goods (real: 0.12 m). */
const wristBeforeM = 0.07
const wristAboveM = 0.09
/** A reach takes about this long (chosen after the recording: 0.6 m in 0.7 s). */
const reachMs: [number, number] = [550, 900]

export function* live(shopper: Shopper, w: Surroundings): Life {
  const inside = yield* comeIn(shopper, w)
  if (inside) {
    for (const act of shopper.plan) yield* perform(act, shopper, w)
    yield* leave(shopper, w)
  } else {
    shopper.visit.turnedAway = true
  }
  w.release(shopper)
  w.leaveLane(shopper)
  shopper.stage = 'gone'
}

function* comeIn(shopper: Shopper, w: Surroundings): Life<boolean> {
  const lane = w.laneFor('in', shopper)
  const gate = w.mechanics(lane.gate)
  for (let tries = 0; tries < admissionTries; tries++) {
    while (!w.enterLane(shopper, lane)) yield
    yield* pause(w, uniform(shopper.random, 300, 1200))
    w.showCredential(shopper, lane.gate)
    const untilMs = w.nowMs + admissionPatienceMs
    while (!gate.turns('in', w.nowMs) && w.nowMs < untilMs) yield
    if (gate.turns('in', w.nowMs)) {
      yield* pause(w, uniform(shopper.random, 200, 500))
      shopper.stage = 'entering'
      yield* walkLane(shopper, w, lane.outerM)
      yield* walkLane(shopper, w, lane.middleM)
      gate.passed('in', w.nowMs)
      w.passed(shopper, lane.gate, 'in')
      yield* walkLane(shopper, w, lane.innerM)
      shopper.stage = 'inside'
      return true
    }
    w.leaveLane(shopper)
    yield* pause(w, uniform(shopper.random, 1000, 3000))
  }
  return false
}

function* leave(shopper: Shopper, w: Surroundings): Life {
  yield* stow(shopper, w)
  const lane = w.laneFor('out', shopper)
  while (!w.enterLane(shopper, lane)) yield* waitBeforeGate(shopper, w, lane.innerM)
  while (!(yield* walkTo(shopper, w, lane.innerM))) yield* pause(w, 500)
  w.release(shopper)
  shopper.stage = 'leaving'
  const gate = w.mechanics(lane.gate)
  yield* walkLane(shopper, w, along(lane.middleM, lane.inwards, 0.25))
  for (let pressedMs = Number.NEGATIVE_INFINITY; !gate.turns('out', w.nowMs); ) {
    if (w.nowMs - pressedMs > exitPressAgainMs) {
      pressedMs = w.nowMs
      gate.pressExit(w.nowMs, exitPressMs)
    }
    yield
  }
  yield* pause(w, uniform(shopper.random, 150, 400))
  yield* walkLane(shopper, w, lane.middleM)
  gate.passed('out', w.nowMs)
  w.passed(shopper, lane.gate, 'out')
  yield* walkLane(shopper, w, lane.outerM)
}

/** While somebody else is in the lane, one waits well beside it. */
function* waitBeforeGate(shopper: Shopper, w: Surroundings, innerM: PointM): Life {
  const apartM = 1.1
  if (distanceM(shopper.body.positionM, innerM) < apartM || distanceM(shopper.body.positionM, innerM) > 2.5) {
    const angle = uniform(shopper.random, 0, 2 * Math.PI)
    const around = along(innerM, [Math.cos(angle), Math.sin(angle)], uniform(shopper.random, 1.3, 2.2))
    const place = w.plan.nearestFree(around, 0.4)
    if (place && distanceM(place, innerM) >= apartM && w.claim(shopper, place, 0.7)) yield* walkTo(shopper, w, place)
  }
  yield* pause(w, 300)
}

function* perform(act: Act, shopper: Shopper, w: Surroundings): Life {
  if (act.act === 'take') yield* take(act.plate, act.item, shopper, w)
  else if (act.act === 'put-back') yield* putBack(act.item, act.plate, shopper, w)
  else if (act.act === 'look') yield* look(act.durationMs, shopper, w)
  else if (act.act === 'stow') yield* stow(shopper, w)
  else if (act.act === 'fill') yield* fill(act, shopper, w)
  else yield* pause(w, act.durationMs)
}

function* take(plateId: string, item: string, shopper: Shopper, w: Surroundings): Life {
  yield* stow(shopper, w)
  const plate = w.shelves.plate(plateId)
  if (!(yield* standBefore(plate, shopper, w))) return
  yield* reachTo(plate, shopper, w)
  const lifted = w.shelves.lift(plateId, w.nowMs)
  if (lifted) {
    const held: Held = { item, piece: lifted.piece, from: plateId }
    shopper.inHand = held
    w.took(shopper, held, lifted.endMs)
    // The hand goes up with the piece while the plate comes to rest.
    yield* pause(w, (lifted.endMs - w.nowMs) * 0.7)
  }
  yield* handTo('chest', shopper, w)
}

function* putBack(item: string, plateId: string | undefined, shopper: Shopper, w: Surroundings): Life {
  const inBag = shopper.bag.findIndex((held) => held.item === item)
  const held = shopper.inHand?.item === item ? shopper.inHand : shopper.bag[inBag]
  if (!held) return
  const plate = w.shelves.plate(plateId ?? held.from)
  if (!(yield* standBefore(plate, shopper, w))) return
  if (held !== shopper.inHand) {
    yield* stow(shopper, w)
    yield* handTo('bag', shopper, w)
    shopper.bag.splice(inBag, 1)
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

function* stow(shopper: Shopper, w: Surroundings): Life {
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
    if (w.claim(shopper, stand, polite && tries < standTries / 3 ? 0.9 : 0.6) && (yield* walkTo(shopper, w, stand))) {
      face(shopper, along([plate.positionM[0], plate.positionM[1]], intoShelf(plate, stand), 1))
      yield* pause(w, uniform(shopper.random, 200, 800))
      return true
    }
    yield* pause(w, uniform(shopper.random, 800, 1800))
    // Two who wait for each other's places would wait for ever.
    if (tries % 3 === 2) yield* makeRoom(shopper, w)
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
