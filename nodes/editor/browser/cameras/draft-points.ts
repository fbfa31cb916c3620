/** The points of a calibration while somebody clicks them: each has a pixel, a place in the store, or both. */
import type { Point3DM, PointPx, SeenPoint } from './views.ts'

export interface DraftPoint {
  atPx: PointPx | null
  storeM: Point3DM | null
}

type Side = keyof DraftPoint

export class DraftPoints {
  #points: DraftPoint[] = []
  #chosen = 0

  get all(): readonly DraftPoint[] {
    return this.#points
  }

  /** Index of the one that is worked on. */
  get chosen(): number {
    return this.#chosen
  }

  choose(index: number): void {
    this.#chosen = index
  }

  /** Those that say something, with where they stand among all. */
  get complete(): (SeenPoint & { index: number })[] {
    return this.#points.flatMap(({ atPx, storeM }, index) => (atPx && storeM ? [{ atPx, storeM, index }] : []))
  }

  /** A click: for a point that lacks this side (the chosen one first), or for a new one. */
  place<S extends Side>(side: S, value: NonNullable<DraftPoint[S]>): void {
    const lacks = (index: number) => this.#points[index]?.[side] === null
    const open = lacks(this.#chosen) ? this.#chosen : this.#points.findIndex((_, index) => lacks(index))
    this.#chosen = open >= 0 ? open : this.#points.push({ atPx: null, storeM: null }) - 1
    this.move(this.#chosen, side, value)
  }

  add(point: DraftPoint): void {
    this.#chosen = this.#points.push(point) - 1
  }

  move<S extends Side>(index: number, side: S, value: DraftPoint[S]): void {
    this.#points = this.#points.map((point, i) => (i === index ? { ...point, [side]: value } : point))
  }

  remove(index: number): void {
    this.#points = this.#points.toSpliced(index, 1)
    this.#chosen = Math.min(this.#chosen, Math.max(0, this.#points.length - 1))
  }

  clear(): void {
    this.#points = []
    this.#chosen = 0
  }

  /** The camera's picture has another size now; it shows the same. */
  scale(x: number, y: number): void {
    this.#points = this.#points.map(({ atPx, storeM }) => ({ atPx: atPx && [atPx[0] * x, atPx[1] * y], storeM }))
  }
}
