/** The people of the store as a vision appliance sees them: with noise, lost hands and, on request, lost ids. */
import type { Point3DM } from '../../profile/layout.ts'
import type { Shopper } from '../shoppers/shopper.ts'
import { hashGaussian, hashUniform, streamOf } from '../world/hash-noise.ts'
import type { World } from '../world/world.ts'

/** Frames a second (real: 14.9). */
export const frameHz = 15
/**
 * Standard deviations (chosen as makers of multi-camera skeleton trackers state them). The one real recording
 * jitters less between frames (0.2 cm and 1 cm), because its tracker smooths; the slow part stands for that.
 */
const headNoiseM = 0.02
const handNoiseM = 0.03
/** Share of an error that changes from frame to frame; the rest wanders within a second. */
const quickShare = 0.5
/** Hands get lost for moments of this length (chosen; real: 2 of 548 hands were missing). */
const lostMs = 400
const lostLikelihood = 0.02
/** A hand deep in a shelf is hidden more often than one in the open. */
const lostWhileReaching = 0.05
const idCheckMs = 10_000

export interface SeenPerson {
  id: string
  head: Point3DM
  hands: [Point3DM | null, Point3DM | null]
  score: number
}

export interface PeopleViewOptions {
  seed: number
  /** How often the tracker loses somebody and finds them again under another id; 0 in the usual mix. */
  idChangesPerMinute?: number
}

export class PeopleView {
  readonly #world: World
  readonly #seed: number
  readonly #idChangeLikelihood: number
  readonly #checkedIds = new Map<Shopper, number>()

  constructor(world: World, options: PeopleViewOptions) {
    this.#world = world
    this.#seed = options.seed
    this.#idChangeLikelihood = ((options.idChangesPerMinute ?? 0) * idCheckMs) / 60_000
  }

  /** Everybody on the floor at the world's present moment, `atMs`. */
  people(atMs: number): SeenPerson[] {
    const onFloor = this.#world.shoppers.filter(({ body }) => this.#world.plan.onFloor(body.positionM))
    return onFloor.map((shopper) => this.#seen(shopper, atMs))
  }

  #seen(shopper: Shopper, atMs: number): SeenPerson {
    const id = this.#idOf(shopper, atMs)
    const stream = streamOf(shopper.trackIds[0] ?? '')
    const noisy = (p: Point3DM, sdM: number, part: number): Point3DM =>
      p.map((value, axis) => round(value + sdM * this.#error(stream + part * 8 + axis, atMs))) as Point3DM
    const hand = (side: 0 | 1): Point3DM | null => {
      const reaching = shopper.hand === side && shopper.inHand === undefined
      const lost = hashUniform(this.#seed, stream + 50 + side, Math.floor(atMs / lostMs) & 0x7fffffff)
      if (lost < (reaching ? lostWhileReaching : lostLikelihood)) return null
      return noisy(shopper.body.handM(side, atMs), handNoiseM, side + 1)
    }
    const score = 0.9 + 0.09 * hashUniform(this.#seed, stream + 60, frameOf(atMs))
    const hands: [Point3DM | null, Point3DM | null] = [hand(0), hand(1)]
    // Which hand comes first means nothing.
    if (hashUniform(this.#seed, stream + 61, 0) < 0.5) hands.reverse()
    return { id, head: noisy(shopper.body.headM(atMs), headNoiseM, 0), hands, score: round(score) }
  }

  /** A standard normal error: half of it new in each frame, half of it slow. */
  #error(stream: number, atMs: number): number {
    const seconds = atMs / 1000
    const knot = Math.floor(seconds)
    const at = (n: number) => hashGaussian(this.#seed, stream + 100, n & 0x7fffffff)
    const share = seconds - knot
    const slow = (at(knot) * (1 - share) + at(knot + 1) * share) / Math.hypot(1 - share, share)
    const quick = hashGaussian(this.#seed, stream, frameOf(atMs))
    return Math.sqrt(quickShare) * quick + Math.sqrt(1 - quickShare) * slow
  }

  #idOf(shopper: Shopper, atMs: number): string {
    const { trackIds } = shopper
    const check = Math.floor(atMs / idCheckMs)
    const before = this.#checkedIds.get(shopper) ?? check
    this.#checkedIds.set(shopper, check)
    const stream = streamOf(trackIds[0] ?? '')
    if (check !== before && hashUniform(this.#seed, stream + 70, check & 0x7fffffff) < this.#idChangeLikelihood) {
      shopper.retracked(`${trackIds[0]}-${trackIds.length + 1}`)
    }
    return trackIds.at(-1) as string
  }
}

const frameOf = (atMs: number) => Math.floor((atMs * frameHz) / 1000) & 0x7fffffff
const round = (value: number) => Math.round(value * 1000) / 1000
