/** People who came together: in on one code, out together, and near each other in between. */
import { uniform } from '../../contract/random.ts'
import type { Lane } from '../world/floor-plan.ts'
import { along, distanceM } from '../world/geometry.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'
import { answer } from './together.ts'
import { clearGate, pause, walkLane, walkTo } from './walking.ts'

/** A gate that admits a party opens for its next person by then; otherwise that one squeezes through (chosen). */
const ownTurnMs = 6000
/** Whoever of the party is not there by then is not waited for (chosen). */
const partyPatienceMs = 10 * 60_000
/** So long somebody without a code hangs about before the gate (chosen). */
const tailgatePatienceMs = 5 * 60_000
/** One who follows stays within these distances: out of the other's way, and not lost (chosen). */
const nearM = 0.9
const farM = 1.8
const followM = 1.3
/** One makes room for a stranger who comes nearer than this. */
const makeRoomM = 0.7

/** Through the gate behind the one who has the code. @returns false when that one was not let in */
export function* comeAlong(shopper: Shopper, leader: Shopper, w: Surroundings): Life<boolean> {
  while (leader.stage === 'outside' || leader.stage === 'entering') yield
  if (leader.stage === 'gone') return false
  const lane = w.laneFor('in', shopper)
  const gate = w.mechanics(lane.gate)
  while (!w.enterLane(shopper, lane)) yield
  const untilMs = w.nowMs + ownTurnMs
  while (!shopper.isChild && !gate.turns('in', w.nowMs) && w.nowMs < untilMs) yield
  yield* pause(w, uniform(shopper.random, 200, 500))
  // A turnstile does not count whoever slips through beneath its arm or in another's turn.
  yield* walkIn(lane, !shopper.isChild && gate.turns('in', w.nowMs), shopper, w)
  return true
}

/** Through the gate behind a stranger, without a code. @returns false when nobody came for long */
export function* slipIn(shopper: Shopper, w: Surroundings): Life<boolean> {
  const lane = w.laneFor('in', shopper)
  const comesIn = () => w.shoppers.find((other) => other !== shopper && other.stage === 'entering')
  const untilMs = w.nowMs + tailgatePatienceMs
  while (!comesIn()) {
    if (w.nowMs > untilMs) return false
    yield
  }
  while (!w.enterLane(shopper, lane)) yield
  yield* walkIn(lane, false, shopper, w)
  return true
}

/** From the reader to the floor. @param counted whether the gate turns for it */
export function* walkIn(lane: Lane, counted: boolean, shopper: Shopper, w: Surroundings): Life {
  shopper.stage = 'entering'
  yield* walkLane(shopper, w, lane.outerM)
  yield* walkLane(shopper, w, lane.middleM)
  w.passed(shopper, lane.gate, 'in', counted)
  yield* walkLane(shopper, w, lane.innerM)
  shopper.stage = 'inside'
}

/** The one who has the code waits, out of the way, until all companions are in, or have done what they came for. */
export function* awaitParty(leader: Shopper, what: 'inside' | 'finished', w: Surroundings): Life {
  const isAwaited = (one: Shopper) =>
    one.leader === leader && one.stage !== 'gone' && (what === 'finished' ? !one.finished : one.stage !== 'inside')
  const untilMs = w.nowMs + partyPatienceMs
  if (w.shoppers.some(isAwaited)) yield* clearGate(leader, w)
  while (w.shoppers.some(isAwaited) && w.nowMs < untilMs) {
    yield* answer(leader, w)
    yield
  }
}

/** Walks along with the one who has the code, until that one goes. */
export function* stayWithLeader(shopper: Shopper, leader: Shopper, w: Surroundings): Life {
  w.release(shopper)
  while (!leader.finished || !isReadyToGo(leader, w)) {
    yield* answer(shopper, w)
    const away = distanceM(leader.body.positionM, shopper.body.positionM)
    const crowded = w.others(shopper).some((other) => distanceM(other, shopper.body.positionM) < makeRoomM)
    if (away < nearM || away > farM || crowded) yield* stepBeside(shopper, leader, w)
    yield* pause(w, uniform(shopper.random, 300, 700))
  }
}

const isReadyToGo = (leader: Shopper, w: Surroundings): boolean =>
  w.shoppers.every((one) => one.leader !== leader || one.finished)

function* stepBeside(shopper: Shopper, leader: Shopper, w: Surroundings): Life {
  const angle = uniform(shopper.random, 0, 2 * Math.PI)
  const around = along(leader.body.positionM, [Math.cos(angle), Math.sin(angle)], followM)
  const place = w.plan.nearestFree(around, 0.4)
  if (!place || !w.claim(shopper, place, makeRoomM)) return
  yield* walkTo(shopper, w, place)
  w.release(shopper)
}
