/** The points of a calibration as a table: everything that is clicked can be typed, and a corner chosen by its name. */
import { iconButton, make } from '../elements.ts'
import type { Say } from '../form/check.ts'
import type { DraftPoint } from './draft-points.ts'
import type { Corner, Point3DM, PointPx } from './views.ts'

export interface PointTableOptions {
  say: Say
  onChoose(index: number): void
  onPixel(index: number, atPx: PointPx | null): void
  onPlace(index: number, storeM: Point3DM | null): void
  onRemove(index: number): void
}

interface Row {
  element: HTMLTableRowElement
  pixel: HTMLInputElement[]
  place: HTMLInputElement[]
  corner: HTMLSelectElement
  error: HTMLTableCellElement
}

export interface PointErrors {
  /** By index of the table. */
  cm: ReadonlyMap<number, number | null>
  worst: number | null
}

export class PointTable {
  readonly element = make('table', { className: 'aisle-points' })
  readonly #options: PointTableOptions
  readonly #body = make('tbody')
  #corners: readonly Corner[] = []
  #rows: Row[] = []

  constructor(options: PointTableOptions) {
    this.#options = options
    const { say } = options
    const heads = [
      '',
      say('cameras.in-picture'),
      say('cameras.corner'),
      say('cameras.in-store'),
      say('cameras.off'),
      '',
    ]
    const head = make('tr', {}, ...heads.map((text) => make('th', { textContent: text })))
    this.element.append(make('thead', {}, head), this.#body)
  }

  set corners(corners: readonly Corner[]) {
    this.#corners = corners
  }

  show(points: readonly DraftPoint[], chosen: number): void {
    for (const { element } of this.#rows.splice(points.length)) element.remove()
    for (const [i, point] of points.entries()) {
      const row = this.#rows[i] ?? this.#add(i)
      row.element.classList.toggle('aisle-chosen', i === chosen)
      fill(row.pixel, point.atPx, 1)
      fill(row.place, point.storeM, 3)
      row.corner.value = String(this.#cornerAt(point.storeM))
    }
  }

  showErrors({ cm, worst }: PointErrors): void {
    const { say } = this.#options
    for (const [i, { element, error }] of this.#rows.entries()) {
      const off = cm.get(i)
      const text = off === undefined ? '' : off === null ? say('cameras.nowhere') : `${off.toFixed(1)} cm`
      if (error.textContent !== text) error.textContent = text
      element.classList.toggle('aisle-worst', i === worst)
    }
  }

  #add(index: number): Row {
    const { say, onChoose, onRemove } = this.#options
    const number = index + 1
    const input = (axis: string, what: string, step: string) => {
      const element = make('input', { type: 'number', step, className: 'aisle-coordinate' })
      element.setAttribute('aria-label', say(`cameras.${what}-of`, { point: number, axis }))
      return element
    }
    const pixel = ['x', 'y'].map((axis) => input(axis, 'pixel', '0.1'))
    const place = ['x', 'y', 'z'].map((axis) => input(axis, 'place', '0.001'))
    const corner = this.#cornerChoice(number)
    const error = make('td', { className: 'aisle-error-cm' })
    const remove = iconButton('trash', say('cameras.remove', { point: number }), () => onRemove(index))
    const element = make(
      'tr',
      {},
      make('th', { scope: 'row', textContent: String(number) }),
      make('td', {}, ...pixel),
      make('td', {}, corner),
      make('td', {}, ...place),
      error,
      make('td', {}, remove),
    )
    element.addEventListener('focusin', () => onChoose(index))
    for (const one of pixel) {
      one.addEventListener('input', () => this.#options.onPixel(index, numbersOf(pixel) as [number, number] | null))
    }
    for (const one of place) {
      one.addEventListener('input', () => this.#options.onPlace(index, numbersOf(place) as Point3DM | null))
    }
    corner.addEventListener('change', () => {
      const chosen = this.#corners[Number(corner.value)]
      if (chosen) this.#options.onPlace(index, chosen.storeM)
    })
    this.#body.append(element)
    const row = { element, pixel, place, corner, error }
    this.#rows.push(row)
    return row
  }

  #cornerChoice(number: number): HTMLSelectElement {
    const { say } = this.#options
    const select = make('select')
    select.setAttribute('aria-label', say('cameras.corner-of', { point: number }))
    select.append(new Option(say('cameras.no-corner'), '-1'))
    const byFixture = Map.groupBy([...this.#corners.entries()], ([, { fixture }]) => fixture)
    for (const [fixture, corners] of byFixture) {
      const options = corners.map(([i, one]) => new Option(cornerName(one, say), String(i)))
      select.append(make('optgroup', { label: fixture }, ...options))
    }
    return select
  }

  #cornerAt(storeM: Point3DM | null): number {
    if (!storeM) return -1
    return this.#corners.findIndex((corner) =>
      corner.storeM.every((value, i) => Math.abs(value - (storeM[i] ?? 0)) < 5e-4),
    )
  }
}

function cornerName({ fixture, side, hand, at }: Corner, say: Say): string {
  const height = typeof at === 'number' ? say('cameras.at-shelf', { shelf: at }) : say(`cameras.at-${at}`)
  return `${fixture} · ${say(`cameras.${side}-${hand}`)} · ${height}`
}

/** Whoever types keeps what they typed. */
function fill(inputs: readonly HTMLInputElement[], values: readonly number[] | null, digits: number): void {
  for (const [i, input] of inputs.entries()) {
    const value = values?.[i]
    const text = value === undefined ? '' : String(Number(value.toFixed(digits)))
    const keeps = input.matches(':focus') || (!values && inputs.some((one) => one.matches(':focus')))
    if (!keeps && input.value !== text) input.value = text
  }
}

/** null until all of them are numbers. */
function numbersOf(inputs: readonly HTMLInputElement[]): number[] | null {
  const values = inputs.map(({ value }) => (value.trim() === '' ? Number.NaN : Number(value)))
  return values.every(Number.isFinite) ? values : null
}
