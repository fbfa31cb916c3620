/** A visit as a person lives it: in by the gate, along the plan, out by the gate, alone or in a party. */
import { uniform } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'
import type { Lane } from '../world/floor-plan.ts'
import { along, distanceM } from '../world/geometry.ts'
import type { Act } from './acts.ts'
import { itemsCalled, stow } from './hands.ts'
import { awaitParty, comeAlong, slipIn, stayWithLeader, walkIn } from './party.ts'
import { perform } from './perform.ts'
import { politeSpacingM } from './reach.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'
import { answer } from './together.ts'
import { pause, walkLane, walkTo } from './walking.ts'

/** How long one waits at a closed gate before showing the code again, and how often one tries. */
const admissionPatienceMs = 10_000
const admissionTries = 3
/** The exit button is pressed again when nothing happens. */
const exitPressMs = 1200
const exitPressAgainMs = 4000

export function* live(shopper: Shopper, w: Surroundings): Life {
  const inside = yield* getIn(shopper, w)
  if (inside) {
    yield* awaitParty(shopper, 'inside', w)
    yield* follow(shopper, w)
    yield* answer(shopper, w)
    yield* stow(shopper, w)
    shopper.finished = true
    if (shopper.leader) yield* stayWithLeader(shopper, shopper.leader, w)
    else yield* awaitParty(shopper, 'finished', w)
    yield* leave(shopper, w)
  } else if (!shopper.leader) {
    shopper.visit.turnedAway = true
  }
  w.release(shopper)
  w.leaveLane(shopper)
  shopper.stage = 'gone'
}

function getIn(shopper: Shopper, w: Surroundings): Life<boolean> {
  if (shopper.leader) return comeAlong(shopper, shopper.leader, w)
  return shopper.tailgates ? slipIn(shopper, w) : comeIn(shopper, w)
}

function* comeIn(shopper: Shopper, w: Surroundings): Life<boolean> {
  const lane = w.laneFor('in', shopper)
  const gate = w.mechanics(lane.gate)
  if (gate.open) return yield* strollIn(lane, shopper, w)
  for (let tries = 0; tries < admissionTries; tries++) {
    while (!w.enterLane(shopper, lane)) yield
    yield* pause(w, uniform(shopper.random, 300, 1200))
    w.showCredential(shopper, lane.gate)
    const untilMs = w.nowMs + admissionPatienceMs
    while (!gate.turns('in', w.nowMs) && w.nowMs < untilMs) yield
    if (gate.turns('in', w.nowMs)) {
      yield* pause(w, uniform(shopper.random, 200, 500))
      yield* walkIn(lane, true, shopper, w)
      return true
    }
    w.leaveLane(shopper)
    yield* pause(w, uniform(shopper.random, 1000, 3000))
  }
  return false
}

/** Nobody is asked here. */
function* strollIn(lane: Lane, shopper: Shopper, w: Surroundings): Life<boolean> {
  while (!w.enterLane(shopper, lane)) yield
  yield* walkIn(lane, true, shopper, w)
  return true
}

function* leave(shopper: Shopper, w: Surroundings): Life {
  const lane = w.laneFor('out', shopper)
  while (!(yield* getToLane(lane, shopper, w))) {
    // Those who wait may stand in the way: the lane is theirs meanwhile, or all would wait for one another for ever.
    w.leaveLane(shopper)
    yield* answer(shopper, w)
    yield* pause(w, 500)
  }
  w.release(shopper)
  shopper.stage = 'leaving'
  yield* walkLane(shopper, w, along(lane.middleM, lane.inwards, 0.25))
  if (!shopper.isChild) yield* openExit(lane, w)
  yield* pause(w, uniform(shopper.random, 150, 400))
  yield* walkLane(shopper, w, lane.middleM)
  w.passed(shopper, lane.gate, 'out', !shopper.isChild)
  yield* walkLane(shopper, w, lane.outerM)
}

/** @returns false when there was no getting there, or somebody called on the way */
function* getToLane(lane: Lane, shopper: Shopper, w: Surroundings): Life<boolean> {
  while (!w.enterLane(shopper, lane)) {
    yield* answer(shopper, w)
    yield* waitBeforeGate(shopper, w, lane.innerM)
  }
  return yield* walkTo(shopper, w, lane.innerM, () => shopper.caller !== undefined)
}

function* openExit({ gate }: Lane, w: Surroundings): Life {
  const mechanics = w.mechanics(gate)
  for (let pressedMs = Number.NEGATIVE_INFINITY; !mechanics.turns('out', w.nowMs); ) {
    if (w.nowMs - pressedMs > exitPressAgainMs) {
      pressedMs = w.nowMs
      mechanics.pressExit(w.nowMs, exitPressMs)
    }
    yield
  }
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
    yield* answer(shopper, w)
    const possible = errands.findIndex((errand) => isPossible(errand[0] as Act, shopper, w))
    const [errand = []] = errands.splice(shopper.flexible ? Math.max(0, possible) : 0, 1)
    const [goal, ...rest] = errand
    if (!goal) continue
    if (yield* perform(goal, shopper, w)) yield* performAll(rest, shopper, w)
    else if (shopper.flexible && patience-- > 0) errands.push(errand)
    else {
      shopper.visit.undone.push({ atMs: w.nowMs, act: goal })
      yield* performAll(rest, shopper, w)
    }
  }
}

function* performAll(acts: readonly Act[], shopper: Shopper, w: Surroundings): Life {
  for (const act of acts) {
    yield* answer(shopper, w)
    if (!(yield* perform(act, shopper, w))) shopper.visit.undone.push({ atMs: w.nowMs, act })
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
  const [held] = act.act === 'put-back' ? itemsCalled(act.item, shopper) : []
  if (act.act === 'put-back' && !held) return false
  const plateId = ('plate' in act ? act.plate : undefined) ?? held?.from
  return !plateId || w.hasRoom(shopper, w.plan.standFor(w.shelves.plate(plateId), 0), politeSpacingM)
}
