/** The people of the store as a vision appliance sees them: with noise, hidden hands and, on request, wrong ids. */
import { seededRandom } from '../../contract/random.ts'
import type { Point3DM } from '../../profile/layout.ts'
import type { Shopper } from '../shoppers/shopper.ts'
import { hash32, hashGaussian, hashUniform, streamOf } from '../world/hash-noise.ts'
import type { World } from '../world/world.ts'
import { LineOfSight, type StandingBody } from './line-of-sight.ts'
import { TrackIds } from './track-ids.ts'
import { goodVision, type VisionQuality } from './vision-quality.ts'

/** Share of an error that changes from frame to frame; the rest wanders within a second. */
const quickShare = 0.5
/** Hands get lost for moments of this length (chosen). */
const lostMs = 400
/** What each hidden hand takes from the score. */
const hiddenHandScore = 0.15

export interface SeenPerson {
  id: string
  head: Point3DM
  hands: [Point3DM | null, Point3DM | null]
  score: number
}

/** What is not given is as in {@link goodVision}. */
export interface PeopleViewOptions extends Partial<VisionQuality> {
  seed: number
}

export class PeopleView {
  readonly #world: World
  readonly #seed: number
  readonly #quality: VisionQuality
  readonly #sight: LineOfSight | undefined
  readonly #ids: TrackIds<Shopper>

  constructor(world: World, { seed, ...quality }: PeopleViewOptions) {
    this.#world = world
    this.#seed = seed
    this.#quality = { ...goodVision, ...quality }
    this.#ids = new TrackIds(this.#quality, seededRandom(hash32(seed, streamOf('track-ids'), 0)))
    const { cameras, camerasNeeded } = this.#quality
    const { layout, plan } = world
    if (cameras) {
      const placed = cameras === 'layout' ? layout.cameras : cameras
      this.#sight = new LineOfSight(layout, plan.footprints, placed, camerasNeeded)
    }
  }

  get frameHz(): number {
    return this.#quality.frameHz
  }

  /** Everybody on the floor whom the tracker follows at the world's present moment, `atMs`; once for each frame. */
  people(atMs: number): SeenPerson[] {
    const onFloor = this.#world.shoppers.filter(({ body }) => this.#world.plan.onFloor(body.positionM))
    const bodies = this.#sight
      ? onFloor.map(({ body }) => ({ positionM: body.positionM, headM: body.headM(atMs), heightM: body.heightM }))
      : []
    const visible = (shopper: Shopper) => this.#sight?.sees(shopper.body.headM(atMs), bodies) ?? true
    const ids = this.#ids.frame(onFloor, visible, atMs)
    return [...ids].map(([shopper, id]) => this.#seen(shopper, id, bodies, atMs))
  }

  #seen(shopper: Shopper, id: string, bodies: readonly StandingBody[], atMs: number): SeenPerson {
    const { headNoiseM, handNoiseM } = this.#quality
    const stream = streamOf(shopper.trackIds[0] ?? '')
    const noisy = (p: Point3DM, sdM: number, part: number): Point3DM =>
      p.map((value, axis) => round(value + sdM * this.#error(stream + part * 8 + axis, atMs))) as Point3DM
    let score = 0.9 + 0.09 * hashUniform(this.#seed, stream + 60, this.#frameOf(atMs))
    const hand = (side: 0 | 1): Point3DM | null => {
      const handM = shopper.body.handM(side, atMs)
      const isHidden = this.#sight?.sees(handM, bodies) === false
      if (isHidden) score -= hiddenHandScore
      return isHidden || this.#isLost(shopper, side, stream, atMs) ? null : noisy(handM, handNoiseM, side + 1)
    }
    const hands: [Point3DM | null, Point3DM | null] = [hand(0), hand(1)]
    // Which hand comes first means nothing.
    if (hashUniform(this.#seed, stream + 61, 0) < 0.5) hands.reverse()
    return { id, head: noisy(shopper.body.headM(atMs), headNoiseM, 0), hands, score: round(score) }
  }

  /** For no visible reason. A hand deep in a shelf is lost more often than one in the open. */
  #isLost(shopper: Shopper, side: 0 | 1, stream: number, atMs: number): boolean {
    const { lostHandShare, lostReachingShare } = this.#quality
    const reaching = shopper.hand === side && shopper.inHand === undefined
    const chance = hashUniform(this.#seed, stream + 50 + side, Math.floor(atMs / lostMs) & 0x7fffffff)
    return chance < (reaching ? lostReachingShare : lostHandShare)
  }

  /** A standard normal error: half of it new in each frame, half of it slow. */
  #error(stream: number, atMs: number): number {
    const seconds = atMs / 1000
    const knot = Math.floor(seconds)
    const at = (n: number) => hashGaussian(this.#seed, stream + 100, n & 0x7fffffff)
    const share = seconds - knot
    const slow = (at(knot) * (1 - share) + at(knot + 1) * share) / Math.hypot(1 - share, share)
    const quick = hashGaussian(this.#seed, stream, this.#frameOf(atMs))
    return Math.sqrt(quickShare) * quick + Math.sqrt(1 - quickShare) * slow
  }

  #frameOf(atMs: number): number {
    return Math.floor((atMs * this.#quality.frameHz) / 1000) & 0x7fffffff
  }
}

const round = (value: number) => Math.round(value * 1000) / 1000
