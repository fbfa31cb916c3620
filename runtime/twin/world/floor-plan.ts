/** Where people can stand and walk: everything that stands still, and ways around it. */
import type { Plate, PointM, StoreLayout } from '../../profile/layout.ts'
import {
  along,
  axesOf,
  centreOf,
  distanceM,
  distanceToPolygonM,
  distanceToSegmentM,
  footprintOf,
  insidePolygon,
} from './geometry.ts'
import { closeUnreachable, isWalkable, shortestPath, type WalkGrid } from './path.ts'

/** Half a shopper's breadth with a bag (chosen): no centre comes nearer to a wall or a fixture. */
export const bodyRadiusM = 0.22
/** Ways are planned a little wider than bodies, so that sidesteps have room. */
const planningRadiusM = 0.27
const cellM = 0.1
/** How far in front of a shelf one stands to reach into it (real: the head was 0.46 m before the front). */
const standM = 0.42
/** Depth of a fixture that the layout gives no size (real: plates 0.41 m deep). */
const defaultDepthM = 0.45
/** Nobody but who passes the gate comes nearer to its zone than this. */
const gateKeepOutM = 0.2

/** The way through one gate. */
export interface Lane {
  gate: string
  kind: 'entry' | 'exit' | 'both'
  /** Outside the store, where no camera looks. */
  outerM: PointM
  /** In the turnstile. */
  middleM: PointM
  /** Just inside. */
  innerM: PointM
  inwards: PointM
  zoneM: readonly PointM[]
}

export class FloorPlan {
  readonly sizeM: PointM
  readonly lanes: readonly Lane[]
  readonly footprints = new Map<string, PointM[]>()
  readonly #layout: StoreLayout
  readonly #wallsM: readonly PointM[][]
  readonly #grid: WalkGrid

  constructor(layout: StoreLayout) {
    this.#layout = layout
    for (const fixture of layout.fixtures) this.footprints.set(fixture.id, this.#footprint(fixture.id))
    this.sizeM = layout.floorM ?? this.#boundsM()
    this.#wallsM = layout.wallsM ?? []
    this.lanes = layout.gates.map((gate) => this.#lane(gate))
    this.#grid = this.#makeGrid()
    closeUnreachable(
      this.#grid,
      this.lanes.map(({ innerM }) => innerM),
    )
  }

  onFloor(p: PointM): boolean {
    return p[0] >= 0 && p[1] >= 0 && p[0] <= this.sizeM[0] && p[1] <= this.sizeM[1]
  }

  /** Distance from `p` to the nearest thing that stands still; negative inside a fixture or off the floor. */
  clearanceM(p: PointM): number {
    let nearest = Math.min(p[0], p[1], this.sizeM[0] - p[0], this.sizeM[1] - p[1])
    for (const footprint of this.footprints.values()) nearest = Math.min(nearest, distanceToPolygonM(p, footprint))
    for (const wall of this.#wallsM) {
      for (let i = 1; i < wall.length; i++) {
        nearest = Math.min(nearest, distanceToSegmentM(p, wall[i - 1] as PointM, wall[i] as PointM))
      }
    }
    return nearest
  }

  inGateZone(p: PointM, marginM = 0): boolean {
    return this.lanes.some(({ zoneM }) => distanceToPolygonM(p, zoneM) < marginM)
  }

  /** Whether a body may stand at `p` while it is not passing a gate. */
  standable(p: PointM): boolean {
    return this.clearanceM(p) >= bodyRadiusM && !this.inGateZone(p, gateKeepOutM - 0.1)
  }

  /** A way from `from` to `to` around everything and around `bodies`; null: there is none. */
  path(from: PointM, to: PointM, bodies: readonly PointM[]): PointM[] | null {
    return shortestPath(this.#grid, from, to, bodies)
  }

  /** The place nearest to `p`, at most `withinM` away, that can be walked to from a gate. */
  nearestFree(p: PointM, withinM: number): PointM | null {
    let best: PointM | null = null
    const steps = Math.ceil(withinM / cellM)
    for (let i = -steps; i <= steps; i++) {
      for (let j = -steps; j <= steps; j++) {
        const q: PointM = [p[0] + i * cellM, p[1] + j * cellM]
        const nearer = distanceM(p, q) <= withinM && (!best || distanceM(p, q) < distanceM(p, best))
        const isFree = nearer && isWalkable(this.#grid, q) && this.clearanceM(q) >= planningRadiusM
        if (isFree && !this.inGateZone(q, gateKeepOutM)) best = q
      }
    }
    return best
  }

  /** Where one stands to reach a plate, `sidewaysM` along the shelf from it. */
  standFor(plate: Plate, sidewaysM: number): PointM {
    const fixture = this.#layout.fixtures.find(({ id }) => id === plate.fixture)
    const axes = axesOf(fixture ?? { id: plate.fixture, positionM: plate.positionM, yawRad: plate.yawRad })
    const centre: PointM = [plate.positionM[0], plate.positionM[1]]
    // Depth of the plate's centre behind the fixture's front edge.
    const corner = fixture?.positionM ?? plate.positionM
    const depth = (centre[0] - corner[0]) * axes.into[0] + (centre[1] - corner[1]) * axes.into[1]
    const place = along(along(centre, axes.into, -depth - standM), axes.along, sidewaysM)
    return this.standable(place) ? place : (this.nearestFree(place, 0.5) ?? place)
  }

  #footprint(fixtureId: string): PointM[] {
    const fixture = this.#layout.fixtures.find(({ id }) => id === fixtureId)
    if (!fixture) return []
    if (fixture.sizeM) return footprintOf(fixture, [fixture.sizeM[0], fixture.sizeM[1]])
    const axes = axesOf(fixture)
    const plates = this.#layout.plates.filter((plate) => plate.fixture === fixtureId)
    const widths = plates.map(({ positionM: p, sizeM }) => {
      const offset = (p[0] - fixture.positionM[0]) * axes.along[0] + (p[1] - fixture.positionM[1]) * axes.along[1]
      return offset + sizeM[0] / 2
    })
    return footprintOf(fixture, [Math.max(0.3, ...widths), defaultDepthM])
  }

  #boundsM(): PointM {
    const points = [...this.footprints.values(), ...this.#layout.gates.map(({ zoneM }) => zoneM)].flat()
    const largest = (axis: 0 | 1) => Math.max(3, ...points.map((p) => p[axis])) + 1
    return [largest(0), largest(1)]
  }

  #lane(gate: StoreLayout['gates'][number]): Lane {
    const middleM = centreOf(gate.zoneM)
    const [width, depth] = this.sizeM
    // People come in over the edge of the floor that is nearest to the gate.
    const edges: { gap: number; inwards: PointM }[] = [
      { gap: middleM[1], inwards: [0, 1] },
      { gap: depth - middleM[1], inwards: [0, -1] },
      { gap: middleM[0], inwards: [1, 0] },
      { gap: width - middleM[0], inwards: [-1, 0] },
    ]
    const { gap, inwards } = edges.reduce((a, b) => (b.gap < a.gap ? b : a))
    const reach = Math.max(
      ...gate.zoneM.map((p) => (p[0] - middleM[0]) * inwards[0] + (p[1] - middleM[1]) * inwards[1]),
    )
    return {
      gate: gate.id,
      kind: gate.kind,
      outerM: along(middleM, inwards, -gap - 0.7),
      middleM,
      innerM: along(middleM, inwards, reach + 0.45),
      inwards,
      zoneM: gate.zoneM,
    }
  }

  #makeGrid(): WalkGrid {
    const columns = Math.ceil(this.sizeM[0] / cellM)
    const rows = Math.ceil(this.sizeM[1] / cellM)
    const clearance = new Float32Array(columns * rows)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const p: PointM = [(column + 0.5) * cellM, (row + 0.5) * cellM]
        const blocked =
          this.inGateZone(p, gateKeepOutM) || this.#layout.gates.some(({ zoneM }) => insidePolygon(p, zoneM))
        clearance[row * columns + column] = blocked ? -1 : this.clearanceM(p)
      }
    }
    return { columns, rows, cellM, clearance, radiusM: planningRadiusM }
  }
}
