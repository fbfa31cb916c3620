/** A visit as a shopper lives it: in by the gate, along the plan, out by the gate. */
import { uniform } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'
import { along, distanceM } from '../world/geometry.ts'
import { heldAs, perform, politeSpacingM, stow } from './at-the-shelf.ts'
import type { Act } from './behaviour.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'
import { pause, walkLane, walkTo } from './walking.ts'

/** How long one waits at a closed gate before showing the code again, and how often one tries. */
const admissionPatienceMs = 10_000
const admissionTries = 3
/** The exit button is pressed again when nothing happens. */
const exitPressMs = 1200
const exitPressAgainMs = 4000

export function* live(shopper: Shopper, w: Surroundings): Life {
  const inside = yield* comeIn(shopper, w)
  if (inside) {
    yield* follow(shopper, w)
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

/** Does what the plan says; when there is no room at the next shelf, something else of it first. */
function* follow(shopper: Shopper, w: Surroundings): Life {
  const errands = errandsOf(shopper.plan)
  let patience = 5
  while (errands.length > 0) {
    const possible = errands.findIndex((errand) => isPossible(errand[0] as Act, shopper, w))
    const [errand = []] = errands.splice(shopper.flexible ? Math.max(0, possible) : 0, 1)
    const [goal, ...rest] = errand
    const done = goal && (yield* perform(goal, shopper, w))
    if (!done && shopper.flexible && patience-- > 0) errands.push(errand)
    else for (const act of rest) yield* perform(act, shopper, w)
  }
}

/** A plan in pieces that each begin with going to a plate. */
function errandsOf(plan: readonly Act[]): Act[][] {
  const errands: Act[][] = []
  for (const act of plan) {
    if ('plate' in act || act.act === 'put-back' || errands.length === 0) errands.push([])
    errands.at(-1)?.push(act)
  }
  return errands
}

function isPossible(act: Act, shopper: Shopper, w: Surroundings): boolean {
  if (act.act === 'put-back' && !heldAs(act.item, shopper)) return false
  const plateId = act.act === 'put-back' ? (act.plate ?? heldAs(act.item, shopper)?.from) : 'plate' in act && act.plate
  return !plateId || w.hasRoom(shopper, w.plan.standFor(w.shelves.plate(plateId), 0), politeSpacingM)
}
