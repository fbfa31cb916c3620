/**
 * The plates of the node's group, by fixture and shelf, with weight and health now. A list box: one stop for the
 * keyboard, arrows within, so that 850 plates are no 850 stops.
 */
import { make } from '../elements.ts'
import type { Say } from '../form/check.ts'
import { gramsText } from './bench.ts'
import type { PlateFacts, Reading } from './views.ts'

interface Row {
  plate: PlateFacts
  /** What a filter is compared with. */
  words: string
  element: HTMLElement
  weight: HTMLElement
  health: HTMLElement
  state: string
  weightText: string
}

export interface PlateListOptions {
  say: Say
  healthText(health: string): string
  onChoose(plate: string): void
}

export class PlateList {
  readonly element: HTMLElement
  readonly #options: PlateListOptions
  readonly #box: HTMLElement
  readonly #filter: HTMLInputElement
  readonly #only: HTMLInputElement
  readonly #count: HTMLElement
  #rows = new Map<string, Row>()
  #shown: Row[] = []
  #chosen: string | null = null

  constructor(options: PlateListOptions) {
    const { say } = options
    this.#options = options
    this.#filter = make('input', { type: 'search', placeholder: say('load-cells.filter'), className: 'aisle-wide' })
    this.#filter.setAttribute('aria-label', say('load-cells.filter'))
    this.#only = make('input', { type: 'checkbox' })
    this.#count = make('p', { className: 'aisle-hint' })
    this.#box = make('div', { className: 'aisle-plates', tabIndex: 0 })
    this.#box.setAttribute('role', 'listbox')
    this.#box.setAttribute('aria-label', say('load-cells.plates'))
    const only = make('label', { className: 'aisle-only' }, this.#only, say('load-cells.only-unwell'))
    this.element = make('div', {}, make('div', { className: 'aisle-row' }, this.#filter, only), this.#box, this.#count)
    this.#filter.addEventListener('input', () => this.#showRows())
    this.#only.addEventListener('change', () => this.#showRows())
    this.#box.addEventListener('keydown', (event) => this.#onKey(event))
    this.#box.addEventListener('click', ({ target }) => {
      const row = (target as HTMLElement).closest<HTMLElement>('[role="option"]')
      if (row?.dataset.plate) this.#options.onChoose(row.dataset.plate)
    })
  }

  set plates(plates: readonly PlateFacts[]) {
    const sorted = [...plates].sort(
      (a, b) => byName(a.fixture, b.fixture) || a.shelf - b.shelf || a.index - b.index || byName(a.id, b.id),
    )
    const old = this.#rows
    this.#rows = new Map(sorted.map((plate) => [plate.id, this.#makeRow(plate)]))
    for (const [id, { state, weightText }] of old) {
      const row = this.#rows.get(id)
      if (row) this.#showState(row, state, weightText)
    }
    this.#showRows()
    this.chosen = this.#chosen
  }

  set readings(readings: readonly Reading[]) {
    const { say } = this.#options
    for (const { plate, weightG, health } of readings) {
      const row = this.#rows.get(plate)
      const text = gramsText(weightG, say, 0)
      if (row && (row.state !== health || row.weightText !== text)) this.#showState(row, health, text)
    }
    if (this.#only.checked) this.#showRows()
    else this.#showCount()
  }

  set chosen(plate: string | null) {
    this.#rows.get(this.#chosen ?? '')?.element.setAttribute('aria-selected', 'false')
    this.#chosen = plate
    const row = this.#rows.get(plate ?? '')
    this.#box.removeAttribute('aria-activedescendant')
    if (!row) return
    row.element.setAttribute('aria-selected', 'true')
    this.#box.setAttribute('aria-activedescendant', row.element.id)
    row.element.scrollIntoView({ block: 'nearest' })
  }

  has(plate: string): boolean {
    return this.#rows.has(plate)
  }

  /** Lights one up, whatever the filter hides. */
  light(plate: string | null): void {
    for (const { element } of this.#rows.values()) element.classList.remove('aisle-lit')
    const row = this.#rows.get(plate ?? '')
    if (!row) return
    if (!this.#shown.includes(row)) {
      this.#filter.value = ''
      this.#only.checked = false
      this.#showRows()
    }
    row.element.classList.add('aisle-lit')
    row.element.scrollIntoView({ block: 'nearest' })
  }

  #makeRow(plate: PlateFacts): Row {
    const { say } = this.#options
    const weight = make('span', { className: 'aisle-weight' })
    const health = make('span', { className: 'aisle-health' })
    const place = say('load-cells.place', { fixture: plate.fixture, shelf: plate.shelf, index: plate.index })
    const element = make(
      'div',
      { id: `aisle-plate-${plate.id}` },
      make('span', { className: 'aisle-plate-id', textContent: plate.id, title: place }),
      make('span', { className: 'aisle-goods', textContent: plate.products.join(', '), title: place }),
      weight,
      health,
    )
    element.dataset.plate = plate.id
    element.setAttribute('role', 'option')
    element.setAttribute('aria-selected', 'false')
    const words = [plate.id, place, plate.source.device, ...plate.products].join(' ').toLowerCase()
    return { plate, words, element, weight, health, state: '', weightText: '' }
  }

  #showState(row: Row, state: string, weightText: string): void {
    Object.assign(row, { state, weightText })
    row.weight.textContent = weightText
    row.health.textContent = state === '' ? '' : this.#options.healthText(state)
    row.element.dataset.health = state
  }

  #showRows(): void {
    const words = this.#filter.value.toLowerCase().split(/\s+/)
    const isShown = (row: Row) =>
      words.every((word) => row.words.includes(word)) && (!this.#only.checked || row.state !== 'online')
    const shown = [...this.#rows.values()].filter(isShown)
    const isSame = shown.length === this.#shown.length && shown.every((row, i) => row === this.#shown[i])
    this.#shown = shown
    if (!isSame) this.#box.replaceChildren(...shown.flatMap((row, i) => this.#withHeading(row, shown[i - 1])))
    this.#showCount()
  }

  #withHeading(row: Row, before: Row | undefined): HTMLElement[] {
    const { fixture, shelf } = row.plate
    if (before?.plate.fixture === fixture && before.plate.shelf === shelf) return [row.element]
    const heading = make('div', { className: 'aisle-shelf' })
    heading.textContent = this.#options.say('load-cells.shelf', { fixture, shelf })
    heading.setAttribute('role', 'presentation')
    return [heading, row.element]
  }

  #showCount(): void {
    const rows = [...this.#rows.values()]
    const values = {
      shown: this.#shown.length,
      all: rows.length,
      unwell: rows.filter(({ state }) => state !== 'online' && state !== '').length,
    }
    const text = this.#options.say('load-cells.count', values)
    if (this.#count.textContent !== text) this.#count.textContent = text
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#shown.findIndex(({ plate }) => plate.id === this.#chosen)
    const last = this.#shown.length - 1
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const row = this.#shown[Math.min(last, Math.max(0, to))]
    if (row) this.#options.onChoose(row.plate.id)
  }
}

/** `s2` before `s10`. */
const byName = (a: string, b: string) => a.localeCompare(b, undefined, { numeric: true })
