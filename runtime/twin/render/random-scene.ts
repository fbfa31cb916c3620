/** Stores, cameras and people at random, to train a detector on more than any one store shows. */
import { integerBetween, pick, type Random, seededRandom, uniform } from '../../contract/random.ts'
import type { Fixture, Gate, Plate, Point3DM, PointM, StoreLayout } from '../../profile/layout.ts'
import { along as plus } from '../../vision/camera-model/vectors.ts'
import { Body, type HandPose } from '../shoppers/body.ts'
import { axesOf, distanceM, distanceToPolygonM, footprintOf } from '../world/geometry.ts'
import { hash32 } from '../world/hash-noise.ts'
import type { Scene } from './camera-renderer.ts'
import type { Rgb } from './canvas.ts'
import { anyClothes } from './clothes.ts'
import type { Figure } from './figure.ts'
import type { CameraView } from './pinhole.ts'
import { vivid } from './textures.ts'

/** A hand is on its way to a shelf, or back, for this share of the time (chosen: what matters most is frequent). */
const reachingShare = 0.45
const nearestPeopleM = 0.42
const clearM = 0.2
/** What detectors take for people: goods on top of shelves (of this share of them), display stands, posts of gates. */
const goodsOnTopShare = 0.45
const mostStands = 4
const mostInnerGates = 2

export function randomLayout(seed: number): StoreLayout {
  const random = seededRandom(hash32(seed, 1, 0))
  const floorM: PointM = [uniform(random, 4, 14), uniform(random, 4, 12)]
  const [widthM, depthM] = floorM
  const fixtures: Fixture[] = []
  const place = (positionM: PointM, yawRad: number, sizeM: Point3DM) =>
    fixtures.push({ id: `f${fixtures.length}`, positionM: [...positionM, 0], yawRad, sizeM })
  const sizeOf = (): Point3DM => [uniform(random, 0.8, 1.4), uniform(random, 0.35, 0.65), uniform(random, 1.1, 2.1)]
  for (let x = uniform(random, 0.1, 1); x + 1.4 < widthM; x += uniform(random, 1.25, 2)) {
    const size = sizeOf()
    place([x, depthM - size[1] - 0.03], 0, size)
  }
  const aisleM = uniform(random, 1.1, 1.9)
  for (let y = 1.4; y + 1.9 < depthM; y += 1 + aisleM) {
    for (let x = uniform(random, 0.8, 1.6); x + 2 < widthM; x += uniform(random, 1.2, 1.5)) {
      if (random.next() < 0.25) continue
      const [w, d, h] = sizeOf()
      place([x, y], 0, [Math.min(w, 1.2), Math.min(d, 0.48), Math.min(h, 1.7)])
      place([x + 1.2, y + 0.98], Math.PI, [Math.min(w, 1.2), Math.min(d, 0.48), Math.min(h, 1.7)])
    }
  }
  for (let stands = integerBetween(random, 0, mostStands); stands > 0; stands--) {
    const size: Point3DM = [uniform(random, 0.25, 0.7), uniform(random, 0.25, 0.6), uniform(random, 0.5, 2)]
    place(somewhere(random, floorM), uniform(random, -Math.PI, Math.PI), size)
  }
  const plates = fixtures.flatMap((fixture) => platesOf(fixture, random))
  const gateX = uniform(random, 0.3, widthM - 2)
  const products = Array.from({ length: 40 }, (_, i) => `${seed}-${i}`)
  return {
    ...{ storeId: 'random', currency: 'KRW', floorM, fixtures, plates, zones: [], cameras: [], products: [] },
    wallsM: [
      [
        [gateX + 1.4, 0],
        [widthM, 0],
        [widthM, depthM],
        [0, depthM],
        [0, 0],
        [gateX, 0],
      ],
    ],
    gates: [gateAt([gateX, 0], [1.4, 1], 0), ...innerGates(random, floorM)],
    planogram: products.map((sku, i) => ({
      sku,
      plates: plates.filter((_, p) => p % products.length === i).map(({ id }) => id),
    })),
  }
}

/** Only their posts matter. */
function gateAt([x, y]: PointM, [widthM, depthM]: PointM, number: number): Gate {
  const zoneM: PointM[] = [
    [x, y],
    [x + widthM, y],
    [x + widthM, y + depthM],
    [x, y + depthM],
  ]
  return { id: `gate-${number}`, kind: 'both', zoneM }
}

const innerGates = (random: Random, floorM: PointM): Gate[] =>
  Array.from({ length: integerBetween(random, 0, mostInnerGates) }, (_, i) =>
    gateAt(somewhere(random, floorM), [uniform(random, 0.7, 1.6), uniform(random, 0.3, 1.2)], i + 1),
  )

const somewhere = (random: Random, [widthM, depthM]: PointM): PointM => [
  uniform(random, 0.2, widthM - 0.8),
  uniform(random, 0.2, depthM - 0.8),
]

function platesOf(fixture: Fixture, random: Random): Plate[] {
  const [widthM, depthM, heightM] = fixture.sizeM ?? [1.2, 0.45, 1.5]
  const { along, into } = axesOf(fixture)
  const shelves = integerBetween(random, 2, 5)
  const columns = Math.max(1, Math.min(integerBetween(random, 2, 6), Math.floor(widthM / 0.12)))
  const highestM = random.next() < goodsOnTopShare ? heightM + 0.01 : undefined
  return Array.from({ length: shelves * columns }, (_, i): Plate => {
    const [shelf, column] = [Math.floor(i / columns), i % columns]
    const aside = ((column + 0.5) * widthM) / columns
    const [x, y] = fixture.positionM
    const isTop = shelf === shelves - 1
    const z = isTop && highestM ? highestM : 0.25 + (shelf * (heightM - 0.35)) / shelves
    return {
      ...{ id: `${fixture.id}-${i}`, fixture: fixture.id, shelf: shelf + 1, index: column + 1, ratingG: 10_000 },
      positionM: [x + along[0] * aside + (into[0] * depthM) / 2, y + along[1] * aside + (into[1] * depthM) / 2, z],
      ...{ sizeM: [widthM / columns - 0.01, depthM - 0.05], yawRad: fixture.yawRad },
    }
  })
}

/** A camera under the ceiling: over the floor looking down, or near a wall looking across it. */
export function randomView(seed: number, [widthM, depthM]: PointM, widthPx: number, heightPx: number): CameraView {
  const random = seededRandom(hash32(seed, 2, 0))
  const heightM = uniform(random, 2.4, 3.6)
  const isAtWall = random.next() < 0.5
  const beside = (lengthM: number) =>
    random.next() < 0.5 ? uniform(random, 0.15, 0.8) : lengthM - uniform(random, 0.15, 0.8)
  const within = (lengthM: number) => uniform(random, 0.3, lengthM - 0.3)
  const [x, y] = isAtWall
    ? [beside(widthM), random.next() < 0.7 ? beside(depthM) : within(depthM)]
    : [within(widthM), within(depthM)]
  const tilt = isAtWall ? uniform(random, 0.5, 1.22) : uniform(random, 0.02, 0.85)
  const spread = isAtWall ? 0.6 : 1.3
  const aim = Math.atan2(depthM / 2 - y, widthM / 2 - x) + uniform(random, -spread, spread)
  const away = heightM * Math.tan(tilt)
  const focalPx = widthPx / 2 / Math.tan(uniform(random, 0.63, 1.03))
  return {
    positionM: [x, y, heightM],
    lookAtM: [x + Math.cos(aim) * away, y + Math.sin(aim) * away, 0],
    ...{ lens: { pictureSizePx: [widthPx, heightPx], focalPx }, widthPx, heightPx },
  }
}

/** People where this camera looks, most of them; each at its own moment of walking, standing or reaching. */
export function randomScene(seed: number, layout: StoreLayout, view: CameraView): Scene {
  const random = seededRandom(hash32(seed, 3, 0))
  const floorM = layout.floorM ?? [8, 6]
  const footprints = layout.fixtures.map((fixture) =>
    footprintOf(fixture, [...(fixture.sizeM ?? [1, 0.4, 1])].slice(0, 2) as PointM),
  )
  const figures: Figure[] = []
  const wanted = pick(random, [0, 1, 2, 2, 3, 3, 4, 4, 5, 6, 8])
  for (let tries = 0; figures.length < wanted && tries < 60; tries++) {
    const at = placeInView(random, floorM, view)
    const isFree =
      isClear(at, floorM, footprints) && figures.every(({ positionM }) => distanceM(positionM, at) > nearestPeopleM)
    if (isFree) figures.push(randomFigure(random, `p${figures.length}`, at, layout))
  }
  const full = uniform(random, 0.4, 1)
  const stock = new Map(layout.plates.map(({ id }) => [id, random.next() < 0.1 ? 0 : uniform(random, full * 0.6, 1)]))
  return { figures, stock, exposure: seed }
}

function isClear(at: PointM, [widthM, depthM]: PointM, footprints: readonly PointM[][]): boolean {
  const [x, y] = at
  if (Math.min(x, y, widthM - x, depthM - y) < clearM) return false
  return footprints.every((footprint) => distanceToPolygonM(at, footprint) > clearM)
}

function placeInView(random: Random, floorM: PointM, { positionM, lookAtM }: CameraView): PointM {
  if (random.next() < 0.35) return [uniform(random, 0, floorM[0]), uniform(random, 0, floorM[1])]
  const share = uniform(random, -0.3, 1.3)
  const spread = () => uniform(random, -1.3, 1.3)
  return [
    positionM[0] + (lookAtM[0] - positionM[0]) * share + spread(),
    positionM[1] + (lookAtM[1] - positionM[1]) * share + spread(),
  ]
}

function randomFigure(random: Random, id: string, at: PointM, layout: StoreLayout): Figure {
  const isChild = random.next() < 0.12
  const body = new Body(at, isChild ? uniform(random, 1, 1.35) : uniform(random, 1.5, 1.9))
  const nearest = layout.plates
    .map((plate) => ({ plate, awayM: distanceM(at, [plate.positionM[0], plate.positionM[1]]) }))
    .filter(({ awayM }) => awayM < 0.95)
  const reached = nearest.length > 0 && random.next() < 0.75 ? pick(random, nearest).plate : undefined
  const heading = reached
    ? Math.atan2(reached.positionM[1] - at[1], reached.positionM[0] - at[0]) + uniform(random, -0.35, 0.35)
    : uniform(random, -Math.PI, Math.PI)
  body.moveTo(at, heading)
  body.walkedM = uniform(random, 0, 10)
  const isReaching = random.next() < reachingShare
  const reach: Point3DM = reached
    ? plus(reached.positionM, [uniform(random, -0.08, 0.08), uniform(random, -0.08, 0.08), 0.09], 1)
    : anywhereInReach(random, body)
  const calm: HandPose[] = ['rest', 'rest', 'chest', 'bag', 'pocket']
  const poses: HandPose[] = [pick(random, calm), isReaching ? reach : pick(random, calm)]
  if (random.next() < 0.5) poses.reverse()
  for (const side of [0, 1] as const) {
    body.moveHand(side, poses[side] as HandPose, 0, 1000)
  }
  const nowMs = random.next() < 0.5 ? 1000 : uniform(random, 0, 1000)
  const held = (): Rgb[] => (random.next() < 0.3 ? [vivid(Math.floor(random.next() * 2 ** 32))] : [])
  return {
    ...{ id, positionM: at, headingRad: heading, heightM: body.heightM, walkedM: body.walkedM },
    ...{ headM: body.headM(nowMs), handsM: [body.handM(0, nowMs), body.handM(1, nowMs)] },
    ...{ holds: [held(), held()], hasBag: random.next() < 0.35 },
    clothes: anyClothes(Math.floor(random.next() * 2 ** 32)),
  }
}

function anywhereInReach(random: Random, { positionM: [x, y], headingRad, heightM }: Body): Point3DM {
  const [angle, awayM] = [headingRad + uniform(random, -0.9, 0.9), uniform(random, 0.25, 0.7)]
  return [x + Math.cos(angle) * awayM, y + Math.sin(angle) * awayM, uniform(random, 0.3, heightM * 1.1)]
}
