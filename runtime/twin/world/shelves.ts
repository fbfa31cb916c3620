/** Every plate with what lies on it: taking, putting, leaning on, shaking and weighing. */
import { gaussian, pick, type Random, uniform } from '../../contract/random.ts'
import type { Plate, PointM, Product, StoreLayout } from '../../profile/layout.ts'
import { hashUniform, streamOf } from './hash-noise.ts'
import {
  endOf,
  type LiftManner,
  type LoadAction,
  liftActions,
  type PutDownManner,
  press,
  putDownActions,
} from './load-action.ts'
import type { ForeignWeight, Piece } from './piece.ts'
import { type PlateShare, Surfaces } from './surfaces.ts'

/** How much pieces of a product differ (real: the taken bottle was 0.2 % off its catalogue weight; assumed: 0.5 %). */
const pieceSdShare = 0.005
/** What one of an unweighed product weighs (assumption): like most small goods. */
const unweighedG: [number, number] = [40, 400]
/** What the front plate bears of a piece that lies over two (assumption: anything from a half to nearly all). */
const straddlingShare: [number, number] = [0.5, 0.9]

interface PlateState {
  plate: Plate
  pieces: Piece[]
  /** What lies here when the shelf is full. */
  facings: { sku: string; count: number }[]
}

export interface ShelvesOptions {
  layout: StoreLayout
  /** Pieces of each product when the shelf is full; spread over its plates. */
  facingQuantity: ReadonlyMap<string, number>
  footprints: ReadonlyMap<string, PointM[]>
  seed: number
  random: Random
  /** No noise, drift or shaking: for tests of the transients themselves. */
  quiet?: boolean
  /** Share of the pieces that lie over their plate and the next one of the same product. Default 0. */
  straddling?: number
}

export interface LiftChoice {
  /** Takes the front piece of this product. */
  sku?: string | undefined
  /** Takes just this piece. */
  piece?: Piece
  manner?: LiftManner | undefined
  /** How long the hand rests on it first, in ms; a manner of `held` has a time of its own. */
  holdMs?: number | undefined
  /** How long the load takes to go, in ms; a manner of `slow` has a time of its own. */
  slowMs?: number | undefined
}

export interface PutDownChoice {
  manner?: PutDownManner | undefined
  /** Other plates that bear a part of it; the rest lies on the plate itself. */
  over?: readonly PlateShare[]
}

/** What a movement did to the plates, as the truth tells it. */
export interface Moved {
  endMs: number
  plates: { plate: string; deltaG: number }[]
}

const defaultFacingQuantity = 12

export class Shelves {
  readonly #plates = new Map<string, PlateState>()
  readonly #surfaces: Surfaces
  /** Where the pieces lie that rest on more than one plate. */
  readonly #spread = new WeakMap<Piece, readonly PlateShare[]>()
  readonly #products: ReadonlyMap<string, Product>
  readonly #random: Random
  readonly #seed: number

  constructor(options: ShelvesOptions) {
    const { layout, footprints, seed, random, quiet = false } = options
    this.#random = random
    this.#seed = seed
    this.#products = new Map(layout.products.map((product) => [product.sku, product]))
    this.#surfaces = new Surfaces({ layout, footprints, seed, random, quiet })
    for (const plate of layout.plates) this.#plates.set(plate.id, { plate, pieces: [], facings: [] })
    this.#fill(layout, options.facingQuantity, options.straddling ?? 0)
  }

  #fill(layout: StoreLayout, facingQuantity: ReadonlyMap<string, number>, straddling: number): void {
    for (const { sku, plates } of layout.planogram) {
      const total = facingQuantity.get(sku) ?? defaultFacingQuantity * plates.length
      for (const [i, plateId] of plates.entries()) {
        const state = this.#plates.get(plateId)
        if (!state) continue
        const count = Math.floor(((i + 1) * total) / plates.length) - Math.floor((i * total) / plates.length)
        const next = this.beside(plateId).find((other) => plates.includes(other))
        for (let n = 0; n < count; n++) {
          const piece = this.newPiece(sku)
          const isSpread = next !== undefined && straddling > 0 && this.#random.next() < straddling
          const share = isSpread ? 1 - uniform(this.#random, ...straddlingShare) : 0
          this.#surfaces.load(this.#lay(plateId, piece, isSpread ? [{ plate: next, share }] : []), piece.weightG)
        }
        state.facings.push({ sku, count })
      }
    }
  }

  #lay(plateId: string, piece: Piece, over: readonly PlateShare[]): readonly PlateShare[] {
    this.#state(plateId).pieces.push(piece)
    const shares = sharesOf(plateId, over)
    if (shares.length > 1) this.#spread.set(piece, shares)
    return shares
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

  /** What lies on a plate, front last; a piece on several plates counts for the one it was put on. */
  pieces(plateId: string): readonly Piece[] {
    return this.#state(plateId).pieces
  }

  /** The plates next to one on its shelf. */
  beside(plateId: string): string[] {
    const { fixture, shelf, index } = this.plate(plateId)
    const isBeside = ({ plate }: PlateState) =>
      plate.fixture === fixture && plate.shelf === shelf && Math.abs(plate.index - index) === 1
    return [...this.#plates.values()].filter(isBeside).map(({ plate }) => plate.id)
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

  /** How full a plate is, from 0 to 1. */
  fullShare(plateId: string): number {
    const { pieces, facings } = this.#state(plateId)
    const full = facings.reduce((sum, { count }) => sum + count, 0)
    return Math.min(1, pieces.length / Math.max(1, full))
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
    return this.#surfaces.settledG(plateId)
  }

  /** Takes the front piece (or the one that `choice` names) off a plate. undefined: there is none. */
  lift(plateId: string, atMs: number, choice: LiftChoice = {}): (Moved & { piece: Piece }) | undefined {
    const moved = this.liftTogether(plateId, 1, atMs, choice)
    return moved && { ...moved, piece: moved.pieces[0] as Piece }
  }

  /** Takes up to `count` pieces off a plate in one movement. undefined: there is none. */
  liftTogether(
    plateId: string,
    count: number,
    atMs: number,
    { sku: named, piece: wanted, manner = 'usual', holdMs, slowMs }: LiftChoice = {},
  ): (Moved & { pieces: Piece[] }) | undefined {
    const state = this.#state(plateId)
    const sku = named ?? (wanted ? undefined : this.#oneSideBySide(state))
    const fits = (piece: Piece) => (wanted ? piece === wanted : sku === undefined || piece.sku === sku)
    const pieces = state.pieces.filter(fits).slice(-count)
    if (pieces.length === 0) return undefined
    state.pieces = state.pieces.filter((piece) => !pieces.includes(piece))
    const { shares, weightG } = this.#jointShares(plateId, pieces)
    for (const piece of pieces) this.#spread.delete(piece)
    const actions = liftActions(this.#random, weightG, atMs, manner, { heldForMs: holdMs, slowMs })
    return { ...this.#move(shares, -weightG, actions), pieces }
  }

  /** Products that share a plate lie side by side: each is at hand, until somebody puts something else before them. */
  #oneSideBySide({ pieces, facings }: PlateState): string | undefined {
    const there = facings.filter(({ sku }) => pieces.some((piece) => piece.sku === sku))
    const isHidden = there.every(({ sku }) => sku !== pieces.at(-1)?.sku)
    return there.length < 2 || isHidden ? undefined : pick(this.#random, there).sku
  }

  /** Puts pieces down on a plate, all at once, in front of what lies there. */
  putDown(plateId: string, pieces: readonly Piece[], atMs: number, choice: PutDownChoice = {}): Moved {
    const { manner = 'usual', over = [] } = choice
    for (const piece of pieces) this.#lay(plateId, piece, over)
    const weightG = weightOf(pieces)
    return this.#move(sharesOf(plateId, over), weightG, putDownActions(this.#random, weightG, atMs, manner))
  }

  /** Lays something on a plate that is not for sale. */
  layForeign(plateId: string, weightG: number, atMs: number, choice: PutDownChoice = {}): Moved & ForeignWeight {
    const { manner = 'usual', over = [] } = choice
    const on = sharesOf(plateId, over)
    return { ...this.#move(on, weightG, putDownActions(this.#random, weightG, atMs, manner)), weightG, on }
  }

  pickUpForeign({ weightG, on }: ForeignWeight, atMs: number, choice: Omit<LiftChoice, 'sku' | 'piece'> = {}): Moved {
    const { manner = 'usual', holdMs, slowMs } = choice
    return this.#move(on, -weightG, liftActions(this.#random, weightG, atMs, manner, { heldForMs: holdMs, slowMs }))
  }

  /**
   * Somebody leans or presses on plates, or lifts at what lies there, and lets go again: no weight changes.
   *
   * @param forceG on all plates together; negative: upwards
   */
  press(plateIds: readonly string[], forceG: number, fromMs: number, untilMs: number): void {
    const shares = plateIds.map((plate) => ({ plate, share: 1 / plateIds.length }))
    this.#surfaces.act(shares, [press(this.#random, forceG, fromMs, untilMs)])
  }

  /** Somebody bumps into a fixture. @param strength 1: as with a hip; 3: as with a full trolley */
  knock(fixture: string, strength: number, atMs: number): void {
    this.#surfaces.knock(fixture, strength, atMs)
  }

  /** Somebody's foot comes down at `atM`. */
  footfall(atM: PointM, atMs: number): void {
    this.#surfaces.footfall(atM, atMs)
  }

  /** What the transmitter of a plate shows at `atMs`, which must not be more than a second or two past. */
  gramsAt(plateId: string, atMs: number): number {
    return this.#surfaces.gramsAt(plateId, atMs)
  }

  #move(shares: readonly PlateShare[], deltaG: number, actions: readonly LoadAction[]): Moved {
    this.#surfaces.act(shares, actions)
    const endMs = Math.max(...actions.map(endOf))
    return { endMs, plates: shares.map(({ plate, share }) => ({ plate, deltaG: deltaG * share })) }
  }

  /** How the weight of several pieces of one plate lies on plates. */
  #jointShares(plateId: string, pieces: readonly Piece[]): { shares: PlateShare[]; weightG: number } {
    const weightG = weightOf(pieces)
    const onPlate = new Map<string, number>()
    for (const piece of pieces) {
      for (const { plate, share } of this.#spread.get(piece) ?? sharesOf(plateId, [])) {
        onPlate.set(plate, (onPlate.get(plate) ?? 0) + (share * piece.weightG) / weightG)
      }
    }
    return { shares: [...onPlate].map(([plate, share]) => ({ plate, share })), weightG }
  }

  #state(plateId: string): PlateState {
    const state = this.#plates.get(plateId)
    if (!state) throw new RangeError(`no plate ${plateId}`)
    return state
  }
}

const weightOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { weightG }) => sum + weightG, 0)

function sharesOf(plateId: string, over: readonly PlateShare[]): PlateShare[] {
  const elsewhere = over.reduce((sum, { share }) => sum + share, 0)
  if (elsewhere >= 1) throw new RangeError(`nothing of it lies on ${plateId}`)
  return [{ plate: plateId, share: 1 - elsewhere }, ...over]
}
