/** Scenes of the twin for measuring trackers: who is where at each moment, and what a camera could see of them. */
import { seededRandom } from '../../runtime/contract/random.ts'
import type { Point3DM, PointM, StoreLayout } from '../../runtime/profile/layout.ts'
import type { TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { behaviourOf, mixes } from '../../runtime/twin/shoppers/behaviour.ts'
import { CustomerBase } from '../../runtime/twin/shoppers/customer.ts'
import { type Comer, Expected } from '../../runtime/twin/virtual/callers.ts'
import { Doorkeeper } from '../../runtime/twin/virtual/doorkeeper.ts'
import { usualStartMs } from '../../runtime/twin/virtual/run-virtual.ts'
import { hash32, streamOf } from '../../runtime/twin/world/hash-noise.ts'
import { tickMs, World } from '../../runtime/twin/world/world.ts'

export interface TruePerson {
  id: string
  positionM: PointM
  headM: Point3DM
  heightM: number
  handsM: readonly [Point3DM, Point3DM]
}

export interface Moment {
  atMs: number
  people: readonly TruePerson[]
  /** For what draws the scene. */
  world: World
}

export interface ScenePlan {
  store: string
  seed: number
  /** How many are inside at once, about. */
  shoppers: number
  seconds: number
  /** Pictures a second of each camera, which the twin's 30 ticks a second can be divided by; 10 where nothing is said. */
  rate?: number
}

/** They come this far apart, as fast as one gate lets them in. */
const betweenMs = 4000
/** About how long one stays. */
const usualStayMs = 60_000
/** Some leave before the last have come. */
const fullShare = 0.75
const longestFillMs = 120_000

/** Every tick of the twin from the moment on when about so many are inside: trackers begin with people in the store. */
export function* sceneOf({ seed, shoppers, seconds }: ScenePlan, { loaded, goods }: TwinStore): Generator<Moment> {
  const { layout } = loaded
  const doorkeeper = new Doorkeeper(layout)
  const world = new World({
    layout: goods.layout,
    facingQuantity: goods.facingQuantity,
    mechanics: doorkeeper.mechanics,
    seed,
    startMs: usualStartMs,
    events: { credentialShown: (gate, visit, atMs) => doorkeeper.shown(gate, atMs, visit.party) },
  })
  const callers = new Expected(world, comers(seed, shoppers, seconds), usualStartMs)
  let untilMs = Number.POSITIVE_INFINITY
  for (let tick = 1; ; tick++) {
    const atMs = usualStartMs + tick * tickMs
    if (atMs > untilMs) return
    world.advanceTo(atMs + 0.001)
    doorkeeper.mind(atMs)
    callers.call(atMs)
    const people = peopleOf(world, atMs)
    const isFull = people.length >= fullShare * shoppers || tick * tickMs > longestFillMs
    if (isFull && untilMs === Number.POSITIVE_INFINITY) untilMs = atMs + seconds * 1000
    if (untilMs < Number.POSITIVE_INFINITY) yield { atMs, people, world }
  }
}

/** As many as shall be inside at first, and then one for each who may have left. */
function comers(seed: number, shoppers: number, seconds: number): Comer[] {
  const random = (what: string) => seededRandom(hash32(seed, streamOf(what), 0))
  const count = shoppers + Math.ceil((shoppers * seconds * 1000) / usualStayMs)
  const customers = new CustomerBase(random('cards'), random('codes'), count)
  return Array.from({ length: count }, (_, i) => {
    const customer = customers.comes()
    if (!customer) throw new RangeError('more visits than customers')
    const atMs = i < shoppers ? i * betweenMs : shoppers * betweenMs + ((i - shoppers) * usualStayMs) / shoppers
    return { atMs, customer, choice: { behaviour: behaviourOf(mixes.lively, i + 1, seed) } }
  })
}

function peopleOf(world: World, atMs: number): TruePerson[] {
  return world.shoppers
    .filter(({ body }) => world.plan.onFloor(body.positionM))
    .map(({ body, trackIds }) => ({
      id: trackIds[0] as string,
      positionM: body.positionM,
      headM: body.headM(atMs),
      heightM: body.heightM,
      handsM: [body.handM(0, atMs), body.handM(1, atMs)],
    }))
}

/** Cameras for a store of this size that has only a few: under the ceiling near the corners, and then along the walls. */
export interface BenchCamera {
  id: string
  positionM: Point3DM
  lookAtM: Point3DM
  widthPx: number
  heightPx: number
  focalPx: number
}

const pictureWidthPx = 1280
const pictureHeightPx = 720
/** A lens of 2.8 mm, as on most ceiling cameras: a horizontal field of view of 105 degrees. */
const focalPx = pictureWidthPx / 2 / Math.tan((52.5 * Math.PI) / 180)

export function cornerCameras({ floorM: [widthM, depthM] = [8, 6] }: StoreLayout): BenchCamera[] {
  const corners: PointM[] = [
    [0.3, 0.3],
    [widthM - 0.3, 0.3],
    [0.3, depthM - 0.3],
    [widthM - 0.3, depthM - 0.3],
  ]
  return corners.map(([x, y], i) => ({
    id: `cam-${i + 1}`,
    positionM: [x, y, 2.8],
    lookAtM: [x + 0.75 * (widthM / 2 - x), y + 0.75 * (depthM / 2 - y), 0.6],
    ...{ widthPx: pictureWidthPx, heightPx: pictureHeightPx, focalPx },
  }))
}

/** As the twin serves the cameras of a profile: small pictures, and the lens that is assumed where none is stated. */
export function shopCameras(cameras: TwinStore['loaded']['profile']['cameras']): BenchCamera[] {
  const [widthPx, heightPx] = [320, 240]
  return cameras.map(({ id, positionM, lookAtM }) => ({
    ...{ id, positionM, lookAtM, widthPx, heightPx, focalPx: widthPx / 2 },
  }))
}

export function profileCameras(store: TwinStore): BenchCamera[] {
  return store.loaded.profile.cameras.map(({ id, positionM, lookAtM }) => ({
    ...{ id, positionM, lookAtM, widthPx: pictureWidthPx, heightPx: pictureHeightPx, focalPx },
  }))
}
