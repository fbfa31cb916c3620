/** A shopper's body: where it stands, where its head and wrists are. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import { lerp3 } from '../world/geometry.ts'

/** Where a wrist is, or wants to be. */
export type HandPose =
  /** Hanging beside the body, swinging with the steps. */
  | 'rest'
  /** In front of the chest, to look at what it holds. */
  | 'chest'
  /** At the bag. */
  | 'bag'
  /** In a pocket, close to the body. */
  | 'pocket'
  /** At a point of the store. */
  | Point3DM

interface HandMotion {
  from: Point3DM
  to: HandPose
  startMs: number
  durationMs: number
}

/** Wrists hang at 0.9 m and 0.25 m beside the head (real: the recording's shopper at rest). */
const restOffsetM = { forward: 0.05, aside: 0.24, up: 0.9 }
const chestOffsetM = { forward: 0.32, aside: 0.08, up: 1.22 }
const bagOffsetM = { forward: 0.02, aside: 0.3, up: 0.8 }
const pocketOffsetM = { forward: 0.1, aside: 0.17, up: 0.85 }
const offsetsM = { rest: restOffsetM, chest: chestOffsetM, bag: bagOffsetM, pocket: pocketOffsetM }
/** The offsets are those of a body of this height; a child's are smaller in proportion. */
const grownM = 1.5
const strideM = 0.65
const swingM = 0.12
const leanM = 0.12

export class Body {
  positionM: PointM
  headingRad = 0
  readonly heightM: number
  /** Distance walked, for steps and arms. */
  walkedM = 0
  readonly #hands: [HandMotion, HandMotion]

  constructor(positionM: PointM, heightM: number) {
    this.positionM = positionM
    this.heightM = heightM
    const resting = (side: 0 | 1): HandMotion => ({
      from: this.#inStore('rest', side),
      to: 'rest',
      startMs: 0,
      durationMs: 1,
    })
    this.#hands = [resting(0), resting(1)]
  }

  /** Goes to `p`. @returns whether a foot came down on the way */
  moveTo(p: PointM, headingRad: number): boolean {
    const before = Math.floor(this.walkedM / strideM)
    this.walkedM += Math.hypot(p[0] - this.positionM[0], p[1] - this.positionM[1])
    this.positionM = p
    this.headingRad = headingRad
    return Math.floor(this.walkedM / strideM) > before
  }

  moveHand(side: 0 | 1, to: HandPose, nowMs: number, durationMs: number): void {
    this.#hands[side] = { from: this.handM(side, nowMs), to, startMs: nowMs, durationMs }
  }

  handM(side: 0 | 1, nowMs: number): Point3DM {
    const { from, to, startMs, durationMs } = this.#hands[side]
    return lerp3(from, this.#inStore(to, side), minimumJerk((nowMs - startMs) / durationMs))
  }

  headM(nowMs: number): Point3DM {
    const lean = leanM * Math.max(this.#outstretched(0, nowMs), this.#outstretched(1, nowMs))
    const [c, s] = [Math.cos(this.headingRad), Math.sin(this.headingRad)]
    return [this.positionM[0] + c * lean, this.positionM[1] + s * lean, this.heightM - lean * 0.3]
  }

  /** 0: the hand is near the body, 1: as far as an arm goes. */
  #outstretched(side: 0 | 1, nowMs: number): number {
    const [x, y] = this.handM(side, nowMs)
    const away = Math.hypot(x - this.positionM[0], y - this.positionM[1])
    return Math.min(1, Math.max(0, (away - 0.35) / 0.35))
  }

  #inStore(pose: HandPose, side: 0 | 1): Point3DM {
    if (typeof pose !== 'string') return pose
    const offset = offsetsM[pose]
    const size = Math.min(1, this.heightM / grownM)
    const swing = pose === 'rest' ? swingM * Math.sin((Math.PI * this.walkedM) / strideM + Math.PI * side) : 0
    const [c, s] = [Math.cos(this.headingRad), Math.sin(this.headingRad)]
    const [forward, aside] = [size * (offset.forward + swing), size * offset.aside * (side === 0 ? 1 : -1)]
    return [this.positionM[0] + c * forward - s * aside, this.positionM[1] + s * forward + c * aside, size * offset.up]
  }
}

/** How hands travel: smooth in position, speed and acceleration (Flash and Hogan 1985). */
function minimumJerk(share: number): number {
  if (share <= 0) return 0
  if (share >= 1) return 1
  return share ** 3 * (10 - 15 * share + 6 * share ** 2)
}
