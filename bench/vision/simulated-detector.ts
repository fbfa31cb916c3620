/**
 * What a good detector would find in the twin's cameras, without pictures: boxes around what is visible of people and
 * hands, with the errors that detectors make. Its projection is its own, so that one in the platform's shows.
 */
import { gaussian, type Random, seededRandom, uniform } from '../../runtime/contract/random.ts'
import type { Point3DM } from '../../runtime/profile/layout.ts'
import { LineOfSight, type StandingBody } from '../../runtime/twin/vision/line-of-sight.ts'
import type { World } from '../../runtime/twin/world/world.ts'
import type { BoxPx, DetectedFrame, Detection } from '../../runtime/vision/detection.ts'
import type { BenchCamera, Moment, TruePerson } from './scene.ts'

/** Finds people and hands in what a camera shows of a scene: here without a picture, elsewhere in a drawn one. */
export interface SceneDetector {
  detect(camera: BenchCamera, moment: Moment): DetectedFrame | Promise<DetectedFrame>
}

export interface DetectorErrors {
  /** Standard deviations of an edge: a share of the box, and pixels. Half of it is new in each frame. */
  edgeShare: number
  edgePx: number
  /** Somebody is found only if this share of the body shows. */
  leastVisible: number
  missedShare: number
  missedHandShare: number
  /** False finds in a frame. */
  falsePersons: number
  falseHands: number
  /** Something that looks like somebody for a while: this share of the time in each camera. */
  ghostShare: number
}

export const usualErrors: DetectorErrors = {
  edgeShare: 0.025,
  edgePx: 2,
  leastVisible: 0.15,
  missedShare: 0.03,
  missedHandShare: 0.2,
  falsePersons: 0.05,
  falseHands: 0.1,
  ghostShare: 0.05,
}

/** As from few pixels, in bad light, or of a detector trained elsewhere. */
export const poorErrors: DetectorErrors = {
  edgeShare: 0.06,
  edgePx: 5,
  leastVisible: 0.3,
  missedShare: 0.12,
  missedHandShare: 0.5,
  falsePersons: 0.2,
  falseHands: 0.3,
  ghostShare: 0.15,
}

const trunkRadiusM = 0.16
const headRadiusM = 0.1
const handSizeM = 0.11
/** The shares of a body's height at which it is looked at. */
const levels = [0.03, 0.2, 0.4, 0.55, 0.7, 0.82]
const around = Array.from({ length: 8 }, (_, i) => [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)] as const)
/** A slow error of a box lasts about so many frames. */
const slowFrames = 8
const ghostMs = 2500

export class SimulatedDetector implements SceneDetector {
  readonly #errors: DetectorErrors
  readonly #random: Random
  readonly #sights = new Map<string, LineOfSight>()
  readonly #slow = new Map<string, number[]>()
  readonly #ghosts = new Map<string, { untilMs: number; box: BoxPx | null }>()
  #frames = 0

  constructor(seed: number, errors: DetectorErrors = usualErrors) {
    this.#errors = errors
    this.#random = seededRandom(seed)
  }

  detect(camera: BenchCamera, { atMs, people, world }: Moment): DetectedFrame {
    const sight = this.#sightOf(camera, world)
    const bodies: StandingBody[] = people.map(({ positionM, headM, heightM }) => ({ positionM, headM, heightM }))
    const detections = people.flatMap((person, i) => [
      ...this.#person(camera, person, sight, bodies.toSpliced(i, 1)),
      ...this.#hands(camera, person, sight, bodies),
    ])
    detections.push(...this.#false(camera, atMs))
    return {
      camera: camera.id,
      frameId: ++this.#frames,
      takenAtMs: atMs,
      widthPx: camera.widthPx,
      heightPx: camera.heightPx,
      detections,
    }
  }

  #sightOf(camera: BenchCamera, { layout, plan }: World): LineOfSight {
    // No direction: what is in the picture is decided here.
    const known =
      this.#sights.get(camera.id) ?? new LineOfSight(layout, plan.footprints, [{ positionM: camera.positionM }], 1)
    this.#sights.set(camera.id, known)
    return known
  }

  #person(camera: BenchCamera, person: TruePerson, sight: LineOfSight, others: readonly StandingBody[]): Detection[] {
    const points = pointsOf(person)
    const seen = points.flatMap((point) => {
      const px = pixelOf(camera, point)
      return px && isInside(camera, px) && sight.sees(point, others) ? [px] : []
    })
    const visible = seen.length / points.length
    const isMissed = this.#random.next() < this.#errors.missedShare
    if (visible < this.#errors.leastVisible || isMissed) return []
    const score = Math.min(0.97, 0.2 + 0.75 * Math.min(1, visible * 1.3) + 0.08 * gaussian(this.#random))
    if (score < 0.1) return []
    const box = this.#shaken(`${camera.id} ${person.id}`, boxAround(seen), camera)
    return [{ kind: 'person', label: 'person', score, boxPx: box }]
  }

  #hands(camera: BenchCamera, person: TruePerson, sight: LineOfSight, bodies: readonly StandingBody[]): Detection[] {
    return person.handsM.flatMap((handM, side) => {
      const px = pixelOf(camera, handM)
      const isFound = this.#random.next() >= this.#errors.missedHandShare
      if (!px || !isFound || !isInside(camera, px) || !sight.sees(handM, bodies)) return []
      const size = (camera.focalPx * handSizeM) / depthOf(camera, handM)
      const box: BoxPx = [px[0] - size / 2, px[1] - size / 2, size, size]
      const score = Math.min(0.95, 0.65 + 0.15 * gaussian(this.#random))
      return [
        { kind: 'hand', label: 'hand', score, boxPx: this.#shaken(`${camera.id} ${person.id} ${side}`, box, camera) },
      ]
    })
  }

  #false({ id, widthPx, heightPx }: BenchCamera, atMs: number): Detection[] {
    const random = this.#random
    const somewhere = (width: number, height: number): BoxPx => [
      uniform(random, 0, widthPx - width),
      uniform(random, 0, heightPx - height),
      ...([width, height] as const),
    ]
    const found: Detection[] = []
    const add = (kind: 'person' | 'hand', score: number, boxPx: BoxPx) =>
      found.push({ kind, label: kind, score, boxPx })
    if (random.next() < this.#errors.falsePersons) {
      add('person', uniform(random, 0.1, 0.7), somewhere(uniform(random, 60, 250), uniform(random, 100, 400)))
    }
    if (random.next() < this.#errors.falseHands) add('hand', uniform(random, 0.2, 0.6), somewhere(45, 45))
    const ghost = this.#ghosts.get(id)
    if (!ghost || atMs > ghost.untilMs) {
      const box = random.next() < this.#errors.ghostShare ? somewhere(130, 260) : null
      this.#ghosts.set(id, { untilMs: atMs + ghostMs, box })
    } else if (ghost.box && random.next() < 0.7) add('person', uniform(random, 0.3, 0.65), ghost.box)
    return found
  }

  #shaken(key: string, [left, top, width, height]: BoxPx, camera: BenchCamera): BoxPx {
    const slow = this.#slow.get(key) ?? [0, 0, 0, 0]
    const keep = Math.exp(-1 / slowFrames)
    const errors = slow.map((value, i) => {
      slow[i] = keep * value + Math.sqrt(1 - keep * keep) * gaussian(this.#random)
      const sd = this.#errors.edgePx + this.#errors.edgeShare * (i % 2 === 0 ? width : height)
      return sd * Math.SQRT1_2 * ((slow[i] as number) + gaussian(this.#random))
    })
    this.#slow.set(key, slow)
    const [l = 0, t = 0, r = 0, b = 0] = errors
    const edges = [
      Math.max(0, left + l),
      Math.max(0, top + t),
      Math.min(camera.widthPx, left + width + r),
      Math.min(camera.heightPx, top + height + b),
    ] as const
    return [edges[0], edges[1], Math.max(1, edges[2] - edges[0]), Math.max(1, edges[3] - edges[1])]
  }
}

/** Trunk and legs as a column, a head on it, arms from the shoulders to the hands. */
function pointsOf({ positionM: [x, y], headM, heightM, handsM }: TruePerson): Point3DM[] {
  const column = levels.flatMap((level) =>
    around.map(([c, s]): Point3DM => [x + trunkRadiusM * c, y + trunkRadiusM * s, level * heightM]),
  )
  const head = [0.02, 0.1, 0.2].flatMap((below, i) =>
    around.map(([c, s]): Point3DM => {
      const radius = i === 0 ? headRadiusM / 2 : headRadiusM
      return [headM[0] + radius * c, headM[1] + radius * s, headM[2] - below]
    }),
  )
  const shoulder: Point3DM = [x, y, heightM * 0.8]
  const arms = handsM.flatMap((hand) =>
    [0.5, 0.75, 1].map((share) => shoulder.map((from, i) => from + share * ((hand[i] as number) - from)) as Point3DM),
  )
  return [...column, ...head, ...arms]
}

function boxAround(points: readonly (readonly [number, number])[]): BoxPx {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
}

const isInside = ({ widthPx, heightPx }: BenchCamera, [x, y]: readonly [number, number]) =>
  x >= 0 && y >= 0 && x <= widthPx && y <= heightPx

/** Turned by pan and tilt, as a camera on its bracket is. */
function turned({ positionM: eye, lookAtM: target }: BenchCamera, p: Point3DM): Point3DM {
  const pan = Math.atan2(target[1] - eye[1], target[0] - eye[0])
  const tilt = Math.atan2(eye[2] - target[2], Math.hypot(target[0] - eye[0], target[1] - eye[1]))
  const [dx, dy, dz] = [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]]
  const ahead = dx * Math.cos(pan) + dy * Math.sin(pan)
  const toTheRight = dx * Math.sin(pan) - dy * Math.cos(pan)
  return [toTheRight, -ahead * Math.sin(tilt) - dz * Math.cos(tilt), ahead * Math.cos(tilt) - dz * Math.sin(tilt)]
}

const depthOf = (camera: BenchCamera, p: Point3DM) => turned(camera, p)[2]

function pixelOf(camera: BenchCamera, p: Point3DM): [number, number] | null {
  const [right, down, depth] = turned(camera, p)
  if (depth < 0.1) return null
  return [camera.widthPx / 2 + (camera.focalPx * right) / depth, camera.heightPx / 2 + (camera.focalPx * down) / depth]
}
