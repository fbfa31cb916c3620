/**
 * `<aisle-floor-plan>`: the store from above, live. No framework, so that the store page and the editor show the
 * same one. Set `layout` once, and `plates`, `gates` and `people` whenever they change; call `highlight` when a
 * plate's weight changed. Colours are CSS variables (`--aisle-…`, see floor-plan-style.ts) in light and dark.
 */
import {
  type DrawnGate,
  type DrawnPlate,
  drawCameras,
  drawFixtures,
  drawFloor,
  drawGates,
  legend,
  showGate,
  showPlate,
} from './floor-plan-drawing.ts'
import { FloorFrame } from './floor-plan-geometry.ts'
import { floorPlanTables } from './floor-plan-list.ts'
import { FloorPlanPeople } from './floor-plan-people.ts'
import { floorPlanStyle } from './floor-plan-style.ts'
import type { FloorPlanLayout, GateView, PersonView, PlateView } from './live-view.ts'
import { html, svg } from './svg.ts'
import { type Texts, textsOf } from './texts.ts'

const margin = 30
const listEveryMs = 1000
const highlightMs = 2400

export class FloorPlan extends HTMLElement {
  #texts: Texts['plan'] = textsOf('en').plan
  #layout: FloorPlanLayout | null = null
  #plates: readonly PlateView[] = []
  #gates: readonly GateView[] = []
  #people: readonly PersonView[] = []
  #drawnPlates = new Map<string, DrawnPlate>()
  #drawnGates = new Map<string, DrawnGate>()
  #drawnPeople: FloorPlanPeople | null = null
  #highlights = svg('g')
  readonly #drawing = svg('svg', { role: 'img', preserveAspectRatio: 'xMidYMid meet' })
  readonly #legend = html('div')
  readonly #summary = html('summary')
  readonly #tables = html('div', { class: 'tables' })
  readonly #list = html('details', {}, this.#summary, this.#tables)
  #listTimer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [floorPlanStyle()]
    root.append(this.#drawing, html('div', { class: 'below' }, this.#list, this.#legend))
    this.#list.addEventListener('toggle', () => this.#showList())
    this.#showTexts()
  }

  connectedCallback(): void {
    this.#listTimer = setInterval(() => this.#showList(), listEveryMs)
  }

  disconnectedCallback(): void {
    clearInterval(this.#listTimer)
  }

  set texts(texts: Texts['plan']) {
    this.#texts = texts
    this.#showTexts()
    this.plates = this.#plates
    this.gates = this.#gates
  }

  set layout(layout: FloorPlanLayout | null) {
    if (layout === this.#layout) return
    this.#layout = layout
    this.#draw()
  }

  set plates(plates: readonly PlateView[]) {
    this.#plates = plates
    for (const plate of plates) {
      const drawn = this.#drawnPlates.get(plate.plate)
      if (drawn) showPlate(drawn, plate, this.#texts)
    }
  }

  set gates(gates: readonly GateView[]) {
    this.#gates = gates
    for (const gate of gates) {
      const drawn = this.#drawnGates.get(gate.gate)
      if (drawn) showGate(drawn, gate, this.#texts)
    }
  }

  set people(people: readonly PersonView[]) {
    this.#people = people
    this.#drawnPeople?.show(people)
  }

  /** Points at plates whose weight has just changed. */
  highlight(changes: readonly { plate: string; deltaG: number }[]): void {
    for (const { plate, deltaG } of changes) {
      const drawn = this.#drawnPlates.get(plate)
      if (!drawn) continue
      const [x, y] = drawn.centre
      const sign = deltaG < 0 ? '−' : '+'
      const mark = svg(
        'g',
        { class: `change ${deltaG < 0 ? 'taken' : 'returned'}`, transform: `translate(${x} ${y})` },
        svg('circle', { class: 'ripple', r: 26 }),
        svg('text', { class: 'delta', 'text-anchor': 'middle', y: -18 }, `${sign}${Math.abs(Math.round(deltaG))} g`),
      )
      this.#highlights.append(mark)
      setTimeout(() => mark.remove(), highlightMs)
    }
  }

  #draw(): void {
    const layout = this.#layout
    if (!layout) {
      this.#drawing.replaceChildren()
      return
    }
    const frame = new FloorFrame(layout.sizeM)
    const [fixtures, plates] = drawFixtures(frame, layout)
    this.#drawnPlates = plates
    this.#drawnGates = drawGates(frame, layout)
    this.#drawnPeople = new FloorPlanPeople(frame)
    this.#highlights = svg('g')
    this.#drawing.setAttribute(
      'viewBox',
      `${-margin} ${-margin} ${frame.width + 2 * margin} ${frame.height + 2 * margin}`,
    )
    this.#drawing.replaceChildren(
      ...drawFloor(frame, layout),
      ...drawCameras(frame, layout),
      ...fixtures,
      ...[...this.#drawnGates.values()].map(({ root }) => root),
      this.#drawnPeople.layer,
      this.#highlights,
    )
    this.plates = this.#plates
    this.gates = this.#gates
    this.people = this.#people
  }

  #showTexts(): void {
    this.#drawing.setAttribute('aria-label', this.#texts.title)
    this.#legend.replaceChildren(legend(this.#texts))
    this.#summary.textContent = this.#texts.asList
    this.#showList()
  }

  #showList(): void {
    if (!this.#list.open || !this.#layout) return
    const facts = { layout: this.#layout, plates: this.#plates, gates: this.#gates, people: this.#people }
    this.#tables.replaceChildren(...floorPlanTables(facts, this.#texts))
  }
}

if (!customElements.get('aisle-floor-plan')) customElements.define('aisle-floor-plan', FloorPlan)
