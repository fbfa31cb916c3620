/** Walking: around what stands still, past other people, never into anybody. */
import { uniform } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'
import { bodyRadiusM } from '../world/floor-plan.ts'
import { along, directionTo, distanceM } from '../world/geometry.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'

/** No two centres come nearer: two bodies of 0.22 m. */
export const bodyDistanceM = 0.45
/** People keep out of each other's way from here on. */
const personalSpaceM = 0.85
/** Directions that are tried, in radians from straight ahead; right before left, so that two who meet pass. */
const turns = [0, -0.35, 0.35, -0.8, 0.8, -1.3, 1.3, -1.8, 1.8]
/** Without progress for this long a new way is sought. */
const stuckMs = 900
/** Then one steps aside first, or gives up. */
const patienceMs = 25_000
/** Whoever stands in a gate's lane is given so long to walk on. */
const politeMs = 3000

/** Walks to `target`. @returns false when there was no getting there, or when `stops` says so on the way */
export function* walkTo(
  shopper: Shopper,
  w: Surroundings,
  target: PointM,
  stops: () => boolean = () => false,
): Life<boolean> {
  const startedMs = w.nowMs
  shopper.ready = undefined
  let way = w.plan.path(shopper.body.positionM, target, near(shopper, w))
  let best = Number.POSITIVE_INFINITY
  let progressMs = w.nowMs
  while (distanceM(shopper.body.positionM, target) > 0.06) {
    if (w.nowMs - startedMs > patienceMs || stops()) return false
    if (!way || w.nowMs - progressMs > stuckMs) {
      if (w.nowMs - startedMs > patienceMs / 3) yield* stepAside(shopper, w)
      yield* pause(w, uniform(shopper.random, 100, 500))
      way = w.plan.path(shopper.body.positionM, target, near(shopper, w))
      best = Number.POSITIVE_INFINITY
      progressMs = w.nowMs
      continue
    }
    while (way.length > 1 && distanceM(shopper.body.positionM, way[0] as PointM) < 0.15) way.shift()
    const left = distanceM(shopper.body.positionM, way[0] as PointM) + lengthM(way)
    if (left < best - 0.02) {
      best = left
      progressMs = w.nowMs
    }
    step(shopper, w, way[0] as PointM, left)
    yield
  }
  return true
}

/** Walks straight to `target` through a gate's lane, where nothing but people can be in the way. */
export function* walkLane(shopper: Shopper, w: Surroundings, target: PointM): Life {
  let straightMs = w.nowMs
  while (distanceM(shopper.body.positionM, target) > 0.05) {
    const { positionM } = shopper.body
    const lengthToGo = Math.min(distanceM(positionM, target), (0.8 * shopper.speedMps * w.tickMs) / 1000)
    const isApart = (next: PointM) => w.others(shopper).every((other) => distanceM(other, next) >= bodyDistanceM)
    const straight = along(positionM, directionTo(positionM, target), lengthToGo)
    if (isApart(straight)) {
      straightMs = w.nowMs
      move(shopper, w, straight)
    } else if (w.nowMs - straightMs > politeMs) {
      // Who stands there may be waiting for this very lane: one of the two has to walk around the other.
      const around = asideOf(positionM, target, lengthToGo)
      const next = around.find((place) => isApart(place) && w.plan.clearanceM(place) >= bodyRadiusM)
      if (next) move(shopper, w, next)
    }
    yield
  }
}

function asideOf(from: PointM, target: PointM, lengthM: number): PointM[] {
  const [dx, dy] = directionTo(from, target)
  const ahead = Math.atan2(dy, dx)
  return turns.slice(1).map((turn) => along(from, [Math.cos(ahead + turn), Math.sin(ahead + turn)], lengthM))
}

/** Whoever has just come in and has no errand yet steps out of the way of the next. */
export function* clearGate(shopper: Shopper, w: Surroundings): Life {
  if (!w.inLane(shopper)) return
  const { innerM, inwards } = w.laneFor('in', shopper)
  const place = w.plan.nearestFree(along(innerM, inwards, 1), 0.8)
  if (place) yield* walkTo(shopper, w, place)
}

/** Turns on the spot towards `point`. */
export function face(shopper: Shopper, point: PointM): void {
  const [x, y] = directionTo(shopper.body.positionM, point)
  shopper.body.headingRad = Math.atan2(y, x)
}

export function* pause(w: Surroundings, durationMs: number): Life {
  const untilMs = w.nowMs + durationMs
  while (w.nowMs < untilMs) yield
}

/** Somewhere near where nobody is, to let others pass. */
function* stepAside(shopper: Shopper, w: Surroundings): Life {
  const { positionM } = shopper.body
  const angle = uniform(shopper.random, 0, 2 * Math.PI)
  const place = w.plan.nearestFree(along(positionM, [Math.cos(angle), Math.sin(angle)], 1), 0.5)
  if (!place) return
  const untilMs = w.nowMs + 2500
  while (w.nowMs < untilMs && distanceM(shopper.body.positionM, place) > 0.1) {
    step(shopper, w, place, distanceM(shopper.body.positionM, place))
    yield
  }
}

/** Only people nearby block a way now; the others will have moved. */
const near = (shopper: Shopper, w: Surroundings): PointM[] =>
  w.others(shopper).filter((other) => distanceM(other, shopper.body.positionM) < 2.5)

function lengthM(way: readonly PointM[]): number {
  let sum = 0
  for (let i = 1; i < way.length; i++) sum += distanceM(way[i - 1] as PointM, way[i] as PointM)
  return sum
}

/** One tick towards `waypoint`, slower near the end, aside when somebody is in the way. */
function step(shopper: Shopper, w: Surroundings, waypoint: PointM, leftM: number): void {
  const { positionM } = shopper.body
  const speedMps = Math.min(shopper.speedMps, Math.max(0.3, leftM * 2.5))
  const lengthToGo = Math.min((speedMps * w.tickMs) / 1000, distanceM(positionM, waypoint))
  const [dx, dy] = directionTo(positionM, waypoint)
  const straight = Math.atan2(dy, dx)
  const others = w.others(shopper)
  let best: PointM | undefined
  let leastCost = 2.2
  for (const turn of turns) {
    const direction: PointM = [Math.cos(straight + turn), Math.sin(straight + turn)]
    const next = along(positionM, direction, lengthToGo)
    const cost = 0.4 * Math.abs(turn) + crowdingOf(along(positionM, direction, 0.4), others)
    if (cost >= leastCost || !free(w, positionM, next, others)) continue
    leastCost = cost
    best = next
  }
  if (best) move(shopper, w, best)
}

/** Nobody and nothing is there; whoever stands too near to a gate already may still move away. */
function free(w: Surroundings, from: PointM, next: PointM, others: readonly PointM[]): boolean {
  const apart = (other: PointM) => distanceM(other, next) >= bodyDistanceM
  const leavesGate = () => w.plan.inGateZone(from, 0.2) && !w.plan.inGateZone(next, -0.1)
  return others.every(apart) && (w.plan.standable(next) || (leavesGate() && w.plan.clearanceM(next) >= bodyRadiusM))
}

const crowdingOf = (p: PointM, others: readonly PointM[]): number =>
  others.reduce((sum, other) => sum + 4 * Math.max(0, personalSpaceM - distanceM(p, other)), 0)

function move(shopper: Shopper, w: Surroundings, next: PointM): void {
  const { body } = shopper
  const [x, y] = directionTo(body.positionM, next)
  const wanted = Math.atan2(y, x)
  const turn = Math.atan2(Math.sin(wanted - body.headingRad), Math.cos(wanted - body.headingRad))
  // Half a turn takes about half a second.
  const most = (6 * w.tickMs) / 1000
  const heading = body.headingRad + Math.max(-most, Math.min(most, turn))
  if (body.moveTo(next, heading)) w.footfall(shopper)
}
