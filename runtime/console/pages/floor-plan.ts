/**
 * `<aisle-floor-plan>`: the store from above, live. No framework, so that the store page and the editor show the
 * same one. Set `layout` once, `gates` and `people` whenever they change, and `plates` to those plates that changed;
 * call `highlight` when a plate's weight changed. Colours are CSS variables (`--aisle-…`, see floor-plan-style.ts) in
 * light and dark. With `choosable` a click on a plate, gate or camera is told as an `aisle-choose` event.
 */
import {
  type DrawnGate,
  type DrawnPlate,
  type DrawnZone,
  drawCameras,
  drawFixtures,
  drawFloor,
  drawGates,
  drawZones,
  peopleIn,
  plateTitle,
  showGate,
  showPlate,
  showZone,
} from './floor-plan-drawing.ts'
import { FloorFrame, unitsPerM } from './floor-plan-geometry.ts'
import { HealthLegend } from './floor-plan-health.ts'
import { FloorPlanList } from './floor-plan-list.ts'
import { FloorPlanPeople } from './floor-plan-people.ts'
import { floorPlanStyle } from './floor-plan-style.ts'
import { FloorPlanZoom } from './floor-plan-zoom.ts'
import type { FloorPlanLayout, GateView, HealthView, PersonView, PlateView } from './live-view.ts'
import { html, svg } from './svg.ts'
import { type Texts, textsOf } from './texts.ts'

const margin = 30
const listEveryMs = 1000
const highlightMs = 2400
/** From here on the plates' weights can be read. */
const closePxPerM = 220

export class FloorPlan extends HTMLElement {
  #texts: Texts['plan'] = textsOf('en').plan
  #layout: FloorPlanLayout | null = null
  readonly #plates = new Map<string, PlateView>()
  #gates: readonly GateView[] = []
  #people: readonly PersonView[] = []
  #broken: ReadonlySet<string> = new Set()
  #chosen: string | null = null
  #drawnPlates = new Map<string, DrawnPlate>()
  #drawnGates = new Map<string, DrawnGate>()
  #drawnZones = new Map<string, DrawnZone>()
  /** Everything that can be pointed at, by its name. */
  #things = new Map<string, SVGGElement>()
  #drawnPeople: FloorPlanPeople | null = null
  readonly #ground = svg('svg', { class: 'ground', role: 'img', tabindex: 0 })
  /** Moves all the time, so it lies apart: what stands still is not painted again for it. */
  readonly #above = svg('svg', { class: 'above', 'aria-hidden': 'true' })
  #highlights = svg('g')
  /** The newest of each plate: two on each other could not be read. */
  readonly #marks = new Map<string, SVGGElement>()
  readonly #zoom = new FloorPlanZoom([this.#ground, this.#above], () => this.#showCloseness())
  readonly #legend = new HealthLegend()
  readonly #summary = html('summary')
  readonly #details = html('details', {}, this.#summary) as HTMLDetailsElement
  #list: FloorPlanList | null = null
  #listTimer: ReturnType<typeof setInterval> | undefined
  readonly #resized = new ResizeObserver(() => this.#showCloseness())

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [floorPlanStyle()]
    const drawing = html('div', { class: 'drawing' }, this.#ground, this.#above)
    const below = html('div', { class: 'below' }, this.#legend.element, this.#zoom.buttons, this.#details)
    root.append(drawing, below)
    this.#details.addEventListener('toggle', () => this.#showList())
    this.#ground.addEventListener('pointerover', ({ target }) => this.#showTitle(thingOf(target)))
    this.#ground.addEventListener('click', ({ target }) => this.#choose(thingOf(target)))
    this.#showTexts()
  }

  connectedCallback(): void {
    this.#listTimer = setInterval(() => this.#showList(), listEveryMs)
    this.#resized.observe(this)
  }

  disconnectedCallback(): void {
    clearInterval(this.#listTimer)
    this.#resized.disconnect()
  }

  set texts(texts: Texts['plan']) {
    this.#texts = texts
    this.#showTexts()
    this.gates = this.#gates
  }

  set layout(layout: FloorPlanLayout | null) {
    if (layout === this.#layout) return
    this.#layout = layout
    this.#draw()
  }

  /** Those that changed. */
  set plates(changed: readonly PlateView[]) {
    for (const plate of changed) {
      this.#plates.set(plate.plate, plate)
      const drawn = this.#drawnPlates.get(plate.plate)
      if (drawn) showPlate(drawn, plate)
    }
    this.#countHealth()
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
    for (const [id, zone] of this.#drawnZones) showZone(zone, peopleIn(id, people))
  }

  /** What somebody has broken in a simulation, by name. */
  set broken(names: ReadonlySet<string>) {
    this.#broken = names
    for (const [name, root] of this.#things) root.classList.toggle('broken', names.has(name))
  }

  set choosable(choosable: boolean) {
    this.#ground.classList.toggle('choosable', choosable)
  }

  set chosen(name: string | null) {
    this.#things.get(this.#chosen ?? '')?.classList.remove('chosen')
    this.#things.get(name ?? '')?.classList.add('chosen')
    this.#chosen = name
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
        svg(
          'text',
          { class: 'delta', 'text-anchor': 'middle', dy: '-1.1em' },
          `${sign}${Math.abs(Math.round(deltaG))} g`,
        ),
      )
      this.#marks.get(plate)?.remove()
      this.#marks.set(plate, mark)
      this.#highlights.append(mark)
      setTimeout(() => {
        mark.remove()
        if (this.#marks.get(plate) === mark) this.#marks.delete(plate)
      }, highlightMs)
    }
  }

  #draw(): void {
    const layout = this.#layout
    this.#ground.replaceChildren()
    this.#above.replaceChildren()
    if (!layout) return
    const frame = new FloorFrame(layout.sizeM)
    const [fixtures, plates] = drawFixtures(frame, layout)
    const cameras = drawCameras(frame, layout)
    this.#drawnPlates = plates
    this.#drawnGates = drawGates(frame, layout)
    this.#drawnZones = drawZones(frame, layout)
    this.#things = new Map([...cameras, ...rootsOf(plates), ...rootsOf(this.#drawnGates)])
    this.#drawnPeople = new FloorPlanPeople(frame)
    this.#highlights = svg('g')
    const gates = [...this.#drawnGates.values()].map(({ root }) => root)
    this.#ground.append(
      ...drawFloor(frame, layout, this.#drawnZones.values()),
      ...cameras.values(),
      ...fixtures,
      ...gates,
    )
    this.#above.append(this.#drawnPeople.layer, this.#highlights)
    this.#zoom.reset({ x: -margin, y: -margin, width: frame.width + 2 * margin, height: frame.height + 2 * margin })
    this.plates = [...this.#plates.values()]
    this.gates = this.#gates
    this.people = this.#people
    this.broken = this.#broken
    this.chosen = this.#chosen
    this.#list = null
    this.#showList()
  }

  #showTexts(): void {
    const texts = this.#texts
    this.#ground.setAttribute('aria-label', `${texts.title}. ${texts.keys}`)
    this.#zoom.texts = texts
    this.#legend.texts = texts
    this.#countHealth()
    this.#summary.textContent = texts.asList
    this.#list = null
    this.#showList()
  }

  #showList(): void {
    if (!this.#details.open || !this.#layout) return
    if (!this.#list) {
      this.#list = new FloorPlanList(this.#layout, this.#texts)
      this.#details.replaceChildren(this.#summary, this.#list.element)
    }
    this.#list.show({ plates: this.#plates, gates: this.#gates, people: this.#people })
  }

  #countHealth(): void {
    const counts = new Map<HealthView, number>()
    for (const { health } of this.#plates.values()) counts.set(health, (counts.get(health) ?? 0) + 1)
    this.#legend.show(counts)
  }

  #showCloseness(): void {
    const pxPerM = (this.#ground.getScreenCTM()?.a ?? 0) * unitsPerM
    this.#ground.classList.toggle('close', pxPerM >= closePxPerM)
    this.#ground.classList.toggle('near', this.#zoom.factor > 1)
    this.#above.style.setProperty('--plan-closer', String(this.#zoom.factor))
  }

  /** Written when somebody asks by pointing at it; hundreds of titles each second would be written for nobody. */
  #showTitle(name: string | null): void {
    const drawn = this.#drawnPlates.get(name ?? '')
    if (name !== null && drawn) drawn.title.textContent = plateTitle(name, drawn, this.#texts)
  }

  #choose(name: string | null): void {
    if (name === null || this.#zoom.dragged || !this.#ground.classList.contains('choosable')) return
    this.dispatchEvent(new CustomEvent('aisle-choose', { detail: name }))
  }
}

const rootsOf = (drawn: ReadonlyMap<string, { root: SVGGElement }>): [string, SVGGElement][] =>
  [...drawn].map(([name, { root }]) => [name, root])

const thingOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest<SVGElement>('[data-thing]')?.dataset.thing ?? null) : null

if (!customElements.get('aisle-floor-plan')) customElements.define('aisle-floor-plan', FloorPlan)
