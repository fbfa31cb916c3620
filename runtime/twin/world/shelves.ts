/** Every plate with what lies on it: taking, putting, shaking and weighing. */
import { gaussian, type Random, uniform } from '../../contract/random.ts'
import type { Fixture, Plate, PointM, Product, StoreLayout } from '../../profile/layout.ts'
import { distanceToPolygonM } from './geometry.ts'
import { hashGaussian, hashUniform, streamOf } from './hash-noise.ts'
import type { Piece } from './piece.ts'
import { type Kick, kickLifetimeMs, PlatePhysics } from './plate-physics.ts'

/** How much pieces of a product differ (real: the taken bottle was 0.2 % off its catalogue weight; chosen: 0.5 %). */
const pieceSdShare = 0.005
/** What one of an unweighed product weighs (chosen): like most small goods. */
const unweighedG: [number, number] = [40, 400]
/** A whole transition takes 0.45 s (real); some are quicker, some slower. */
const liftMs: [number, number] = [300, 600]
const putDownMs: [number, number] = [350, 700]
/** Push of the hand before a lift, as a share of the weight (real: 8 %), and at most this (chosen). */
const pressShare: [number, number] = [0.03, 0.12]
const pressMaxG = 80
const ownRingShare: [number, number] = [0.005, 0.015]
const landingRingShare: [number, number] = [0.05, 0.15]
/** Swing of the next plate on the shelf (real: 16-34 g peak to peak for 622 g); farther ones less. */
const neighbourRingShare: [number, number] = [0.012, 0.035]
/** What a neighbour keeps (real: -9 g and -6 g on two plates of one side for -622 g, nothing on the other). */
const neighbourKeepShare: [number, number] = [0.003, 0.016]
const neighbourKeepLikelihood = 0.4
const neighbourReach = 3
/** The shelf above and below swings about half as much (real: 15-49 g against 80-110 g). */
const otherShelfShare = 0.5
/**
 * A footfall half a metre from a fixture (real: while somebody walks by, the median plate of the nearest gondola
 * swings 17-60 g peak to peak within a second and one of the next 5-15 g).
 */
const footfallG = 14
const footfallDecayM = 0.55
const footfallReachM = 2.5

interface PlateState {
  plate: Plate
  physics: PlatePhysics
  pieces: Piece[]
  /** What lies here when the shelf is full. */
  facings: { sku: string; count: number }[]
  neighbours: { state: PlateState; steps: number; sameShelf: boolean; keepShare: number }[]
}

interface FixtureState {
  fixture: Fixture
  footprintM: PointM[]
  /** How much this one shakes compared with others. */
  gain: number
  kicks: Kick[]
}

export interface ShelvesOptions {
  layout: StoreLayout
  /** Pieces of each product when the shelf is full; spread over its plates. */
  facingQuantity: ReadonlyMap<string, number>
  footprints: ReadonlyMap<string, PointM[]>
  seed: number
  random: Random
  /** No noise, drift or footsteps: for tests of the transients themselves. */
  quiet?: boolean
}

const defaultFacingQuantity = 12

export class Shelves {
  readonly #plates = new Map<string, PlateState>()
  readonly #fixtures = new Map<string, FixtureState>()
  readonly #products: ReadonlyMap<string, Product>
  readonly #random: Random
  readonly #seed: number

  constructor(options: ShelvesOptions) {
    const { layout, seed, quiet = false } = options
    this.#random = options.random
    this.#seed = seed
    this.#products = new Map(layout.products.map((product) => [product.sku, product]))
    for (const fixture of layout.fixtures) {
      const gain = quiet ? 0 : Math.exp(0.4 * hashGaussian(seed, streamOf(fixture.id), 1))
      this.#fixtures.set(fixture.id, { fixture, footprintM: options.footprints.get(fixture.id) ?? [], gain, kicks: [] })
    }
    for (const plate of layout.plates) {
      this.#plates.set(plate.id, {
        plate,
        physics: new PlatePhysics(plate.id, seed, quiet),
        pieces: [],
        facings: [],
        neighbours: [],
      })
    }
    this.#findNeighbours()
    this.#fill(layout, options.facingQuantity)
  }

  #findNeighbours(): void {
    for (const state of this.#plates.values()) {
      for (const other of this.#plates.values()) {
        if (other === state || other.plate.fixture !== state.plate.fixture) continue
        const shelves = Math.abs(other.plate.shelf - state.plate.shelf)
        const steps = Math.abs(other.plate.index - state.plate.index)
        if (shelves > 1 || steps > neighbourReach) continue
        const pair = streamOf(`${state.plate.id}>${other.plate.id}`)
        const keeps = shelves === 0 && steps <= 2 && hashUniform(this.#seed, pair, 1) < neighbourKeepLikelihood
        const [low, high] = neighbourKeepShare
        const keepShare = keeps ? (low + (high - low) * hashUniform(this.#seed, pair, 2)) / steps : 0
        state.neighbours.push({ state: other, steps: Math.max(1, steps), sameShelf: shelves === 0, keepShare })
      }
    }
  }

  #fill(layout: StoreLayout, facingQuantity: ReadonlyMap<string, number>): void {
    for (const { sku, plates } of layout.planogram) {
      const total = facingQuantity.get(sku) ?? defaultFacingQuantity * plates.length
      for (const [i, plateId] of plates.entries()) {
        const state = this.#plates.get(plateId)
        if (!state) continue
        const count = Math.floor(((i + 1) * total) / plates.length) - Math.floor((i * total) / plates.length)
        for (let n = 0; n < count; n++) {
          const piece = this.newPiece(sku)
          state.pieces.push(piece)
          state.physics.load(piece.weightG)
        }
        state.facings.push({ sku, count })
      }
    }
  }

  /** One more of a product, as it comes from the factory. */
  newPiece(sku: string): Piece {
    const catalogueG = this.#products.get(sku)?.weightG
    // A product that nobody weighed still weighs something, each time the same.
    const meanG =
      catalogueG ?? unweighedG[0] + (unweighedG[1] - unweighedG[0]) * hashUniform(this.#seed, streamOf(sku), 3)
    return { sku, weightG: meanG * (1 + pieceSdShare * gaussian(this.#random)) }
  }

  get plateIds(): string[] {
    return [...this.#plates.keys()]
  }

  plate(plateId: string): Plate {
    return this.#state(plateId).plate
  }

  /** What lies on a plate, front last. */
  pieces(plateId: string): readonly Piece[] {
    return this.#state(plateId).pieces
  }

  /** The plate with something on it that is nearest to `plateId`, itself first; undefined: all are empty. */
  stockedNear(plateId: string): string | undefined {
    const [x, y, z] = this.plate(plateId).positionM
    let [nearest, leastM]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
    for (const { plate, pieces } of this.#plates.values()) {
      const away = Math.hypot(plate.positionM[0] - x, plate.positionM[1] - y, plate.positionM[2] - z)
      if (pieces.length > 0 && away < leastM) [nearest, leastM] = [plate.id, away]
    }
    return nearest
  }

  /** How full the shelves are, from 0 to 1. */
  get stockShare(): number {
    let [there, full] = [0, 0]
    for (const { pieces, facings } of this.#plates.values()) {
      there += pieces.length
      full += facings.reduce((sum, { count }) => sum + count, 0)
    }
    return full === 0 ? 1 : there / full
  }

  /** What is missing on a plate until it is full. */
  missing(plateId: string): { sku: string; count: number }[] {
    const { pieces, facings } = this.#state(plateId)
    return facings
      .map(({ sku, count }) => ({ sku, count: count - pieces.filter((piece) => piece.sku === sku).length }))
      .filter(({ count }) => count > 0)
  }

  /** What all pieces and everything that neighbours keep add up to, at rest. */
  settledG(plateId: string): number {
    return this.#state(plateId).physics.settledG
  }

  /** Takes the front piece (of `sku`, when given) off a plate. undefined: there is none. */
  lift(plateId: string, atMs: number, sku?: string): { piece: Piece; endMs: number } | undefined {
    const state = this.#state(plateId)
    const index = state.pieces.findLastIndex((piece) => sku === undefined || piece.sku === sku)
    const piece = state.pieces[index]
    if (!piece) return undefined
    state.pieces.splice(index, 1)
    const durationMs = uniform(this.#random, ...liftMs)
    const pressG = Math.min(pressMaxG, piece.weightG * uniform(this.#random, ...pressShare))
    this.#act(state, 'lift', atMs, durationMs, -piece.weightG, pressG, ownRingShare)
    return { piece, endMs: atMs + durationMs }
  }

  /** Puts pieces down on a plate, all at once, in front of what lies there. */
  putDown(plateId: string, pieces: readonly Piece[], atMs: number): { endMs: number } {
    const state = this.#state(plateId)
    state.pieces.push(...pieces)
    const weightG = pieces.reduce((sum, piece) => sum + piece.weightG, 0)
    const durationMs = uniform(this.#random, ...putDownMs)
    const pressG = Math.min(pressMaxG, weightG * uniform(this.#random, ...pressShare))
    this.#act(state, 'put-down', atMs, durationMs, weightG, pressG, landingRingShare)
    return { endMs: atMs + durationMs }
  }

  #act(
    state: PlateState,
    kind: 'lift' | 'put-down',
    startMs: number,
    durationMs: number,
    deltaG: number,
    pressG: number,
    ringShare: [number, number],
  ): void {
    const ringG = deltaG * uniform(this.#random, ...ringShare)
    state.physics.act({ kind, startMs, durationMs, deltaG, pressG, ringG })
    for (const { state: neighbour, steps, sameShelf, keepShare } of state.neighbours) {
      const share = (uniform(this.#random, ...neighbourRingShare) * (sameShelf ? 1 : otherShelfShare)) / steps
      neighbour.physics.act({
        kind: 'shadow',
        startMs,
        durationMs,
        deltaG: deltaG * keepShare,
        pressG: 0,
        ringG: deltaG * share,
      })
    }
  }

  /** Somebody's foot comes down at `atM`. */
  footfall(atM: PointM, atMs: number): void {
    for (const state of this.#fixtures.values()) {
      const distance = Math.max(0, distanceToPolygonM(atM, state.footprintM))
      if (distance > footfallReachM || state.gain === 0) continue
      const amplitudeG =
        footfallG * state.gain * Math.exp(-(distance - 0.5) / footfallDecayM) * uniform(this.#random, 0.4, 1.6)
      // Samples are asked for in arrears, so a kick is kept for as long again as it lasts.
      state.kicks = state.kicks.filter((kick) => kick.atMs > atMs - 2 * kickLifetimeMs)
      state.kicks.push({ atMs, amplitudeG })
    }
  }

  /** What the transmitter of a plate shows at `atMs`, which must not be more than a second or two past. */
  gramsAt(plateId: string, atMs: number): number {
    const state = this.#state(plateId)
    return state.physics.gramsAt(atMs, this.#fixtures.get(state.plate.fixture)?.kicks ?? [])
  }

  #state(plateId: string): PlateState {
    const state = this.#plates.get(plateId)
    if (!state) throw new RangeError(`no plate ${plateId}`)
    return state
  }
}
