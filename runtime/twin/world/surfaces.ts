/** The mechanics of all plates: forces on them, what their neighbours feel, and what shakes whole fixtures. */
import { type Random, uniform } from '../../contract/random.ts'
import type { Plate, PointM, StoreLayout } from '../../profile/layout.ts'
import { type Coupling, couplingOf, shadowOf } from './cross-talk.ts'
import { distanceToPolygonM } from './geometry.ts'
import { hashGaussian, streamOf } from './hash-noise.ts'
import { type LoadAction, scaled } from './load-action.ts'
import { PlatePhysics } from './plate-physics.ts'
import { NoiseLines } from './sensor-noise.ts'
import { modeCount, ShelfShaking } from './shelf-shaking.ts'

/**
 * A footfall half a metre from a fixture, and what is left of it farther away (real: while somebody walks past four
 * gondolas, half of all plates swing by more than 7 g peak to peak within a second and one in ten by more than 40 g).
 */
const footfallG = 17
const footfallDecayM = 0.8
const footfallReachM = 2.5
const nearestM = 0.5
/** Fixtures stand more or less firmly (real: one of four gondolas swings four times as much as another). */
const fixtureSpread = 0.55
const loosestFixture = 3
/** Somebody bumps into a fixture with a hip or a trolley (assumption: some times as hard as a step beside it). */
const knockG = 60
/** No two steps or knocks are quite alike (assumption). */
const kickSpread: [number, number] = [0.4, 1.6]

/** What of a load a plate bears. */
export interface PlateShare {
  plate: string
  /** Between 0 and 1; the shares of one load add up to 1. */
  share: number
}

interface Surface {
  plate: Plate
  physics: PlatePhysics
  neighbours: { physics: PlatePhysics; coupling: Coupling }[]
}

interface FixtureState {
  footprintM: PointM[]
  /** How much this one shakes compared with others. */
  gain: number
  shelves: ShelfShaking[]
}

export interface SurfacesOptions {
  layout: StoreLayout
  footprints: ReadonlyMap<string, PointM[]>
  seed: number
  random: Random
  /** No noise, drift or shaking: for tests of the transients themselves. */
  quiet: boolean
}

export class Surfaces {
  readonly #surfaces = new Map<string, Surface>()
  readonly #fixtures = new Map<string, FixtureState>()
  readonly #random: Random
  readonly #quiet: boolean

  constructor({ layout, footprints, seed, random, quiet }: SurfacesOptions) {
    this.#random = random
    this.#quiet = quiet
    const lines = new NoiseLines()
    for (const { id } of layout.fixtures) {
      const gain = Math.min(loosestFixture, Math.exp(fixtureSpread * hashGaussian(seed, streamOf(id), 1)))
      this.#fixtures.set(id, { footprintM: footprints.get(id) ?? [], gain, shelves: [] })
    }
    for (const shelf of shelvesOf(layout.plates)) {
      const { fixture, shelf: number } = shelf[0] as Plate
      const shaking = new ShelfShaking(seed, fixture, number)
      this.#fixtures.get(fixture)?.shelves.push(shaking)
      for (const plate of shelf) {
        const physics = new PlatePhysics(plate, { seed, lines, shaking, quiet })
        this.#surfaces.set(plate.id, { plate, physics, neighbours: [] })
      }
    }
    this.#couple(layout.plates, seed)
  }

  #couple(plates: readonly Plate[], seed: number): void {
    const byFixture = Map.groupBy(plates, ({ fixture }) => fixture)
    for (const { plate, neighbours } of this.#surfaces.values()) {
      for (const other of byFixture.get(plate.fixture) ?? []) {
        const coupling = couplingOf(plate, other, seed)
        if (coupling) neighbours.push({ physics: this.#surface(other.id).physics, coupling })
      }
    }
  }

  plate(plateId: string): Plate {
    return this.#surface(plateId).plate
  }

  /** Puts weight on at once, as before opening time. */
  load(shares: readonly PlateShare[], weightG: number): void {
    for (const { plate, share } of shares) this.#surface(plate).physics.load(weightG * share)
  }

  /** Forces on plates and, through the shelf, on their neighbours. */
  act(shares: readonly PlateShare[], actions: readonly LoadAction[]): void {
    const touched = new Set(shares.map(({ plate }) => this.#surface(plate).physics))
    for (const { plate, share } of shares) {
      const { physics, neighbours } = this.#surface(plate)
      for (const whole of actions) {
        const action = scaled(whole, share)
        physics.act(action)
        for (const { physics: neighbour, coupling } of neighbours) {
          if (!touched.has(neighbour)) neighbour.act(shadowOf(action, coupling, this.#random))
        }
      }
    }
  }

  /** Somebody's foot comes down at `atM`. */
  footfall(atM: PointM, atMs: number): void {
    if (this.#quiet) return
    for (const { footprintM, gain, shelves } of this.#fixtures.values()) {
      const distance = Math.max(0, distanceToPolygonM(atM, footprintM))
      if (distance > footfallReachM) continue
      this.#kick(shelves, atMs, footfallG * gain * Math.exp(-(distance - nearestM) / footfallDecayM))
    }
  }

  /** @param strength 1: as when a shopper bumps into the fixture */
  knock(fixture: string, strength: number, atMs: number): void {
    if (this.#quiet) return
    const state = this.#fixtures.get(fixture)
    if (!state) throw new RangeError(`no fixture ${fixture}`)
    this.#kick(state.shelves, atMs, knockG * state.gain * strength)
  }

  #kick(shelves: readonly ShelfShaking[], atMs: number, amplitudeG: number): void {
    // One and the same kick for all shelves: they answer it each in their own way.
    const strength = Array.from({ length: modeCount }, () => {
      const size = uniform(this.#random, ...kickSpread)
      return this.#random.next() < 0.5 ? size : -size
    })
    for (const shelf of shelves) shelf.kick(atMs, amplitudeG, strength)
  }

  /** What all loads and everything that neighbours keep add up to, at rest. */
  settledG(plateId: string): number {
    return this.#surface(plateId).physics.settledG
  }

  gramsAt(plateId: string, atMs: number): number {
    return this.#surface(plateId).physics.gramsAt(atMs)
  }

  #surface(plateId: string): Surface {
    const surface = this.#surfaces.get(plateId)
    if (!surface) throw new RangeError(`no plate ${plateId}`)
    return surface
  }
}

const shelvesOf = (plates: readonly Plate[]): Plate[][] => [
  ...Map.groupBy(plates, ({ fixture, shelf }) => `${fixture}/${shelf}`).values(),
]
