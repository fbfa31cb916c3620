/**
 * A drawing with numbered marks on it: a click on the ground places one, a mark is dragged, or moved with the arrows
 * while it has the focus (ten times as far with Shift), and taken away with Delete.
 */
import { floorPlanStyle } from '../../../../runtime/console/pages/floor-plan-style.ts'
import { styleSheetOf } from '../../../../runtime/console/pages/style-sheet.ts'
import { pointIn, svg } from '../../../../runtime/console/pages/svg.ts'
import { make } from '../elements.ts'

export interface Mark {
  /** In the drawing's units. */
  at: readonly [number, number]
  name: string
  text: string
  isChosen: boolean
  isBad: boolean
}

export interface MarkedDrawingOptions {
  /** Units that an arrow moves a mark by. */
  step: number
  onPlace(at: [number, number]): void
  onMove(index: number, at: [number, number]): void
  onChoose(index: number): void
  onRemove(index: number): void
}

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
const farStep = 10
/** A mark's radius, as a share of the drawing's width. */
const radiusShare = 1 / 55

export class MarkedDrawing {
  readonly element = make('div', { className: 'aisle-drawing' })
  /** What is marked. */
  readonly ground = svg('g')
  readonly #root = svg('svg', { class: 'ground', role: 'group' })
  readonly #layer = svg('g')
  readonly #options: MarkedDrawingOptions
  #marks: readonly (Mark | null)[] = []
  #drawn: (SVGGElement | null)[] = []
  #dragged: { index: number; pointer: number } | null = null
  #radius = 1

  constructor(name: string, options: MarkedDrawingOptions) {
    this.#options = options
    this.#root.setAttribute('aria-label', name)
    this.#root.append(this.ground, this.#layer)
    const shadow = this.element.attachShadow({ mode: 'open' })
    shadow.adoptedStyleSheets = [floorPlanStyle(), markStyle()]
    shadow.append(this.#root)
    this.#root.addEventListener('pointerdown', (event) => this.#onDown(event))
    this.#root.addEventListener('pointermove', (event) => this.#onMove(event))
    this.#root.addEventListener('pointerup', () => this.#endDrag())
    this.#root.addEventListener('pointercancel', () => this.#endDrag())
    this.#root.addEventListener('click', (event) => this.#onClick(event))
    this.#root.addEventListener('keydown', (event) => this.#onKey(event))
  }

  size(left: number, top: number, width: number, height: number): void {
    this.#radius = width * radiusShare
    this.#root.setAttribute('viewBox', `${left} ${top} ${width} ${height}`)
    this.marks = this.#marks
  }

  /** By index; null where a mark is not on this drawing. */
  set marks(marks: readonly (Mark | null)[]) {
    this.#marks = marks
    for (const extra of this.#drawn.splice(marks.length)) extra?.remove()
    // Elements stay, so that focus and drag go on.
    for (const [i, mark] of marks.entries()) {
      if (!mark) {
        this.#drawn[i]?.remove()
        this.#drawn[i] = null
        continue
      }
      const element = this.#drawn[i] ?? this.#add(i)
      this.#drawn[i] = element
      this.#show(element, mark)
    }
  }

  focus(index: number): void {
    this.#drawn[index]?.focus()
  }

  #add(index: number): SVGGElement {
    const element = svg('g', { class: 'mark', tabindex: 0, role: 'button', 'data-index': index })
    element.append(
      svg('circle', { class: 'halo' }),
      svg('path', { class: 'cross', d: 'M-1,0 H1 M0,-1 V1' }),
      svg('text', { 'text-anchor': 'start' }),
    )
    element.addEventListener('focus', () => this.#options.onChoose(index))
    this.#layer.append(element)
    return element
  }

  #show(element: SVGGElement, { at, name, text, isChosen, isBad }: Mark): void {
    element.setAttribute('transform', `translate(${at[0]} ${at[1]}) scale(${this.#radius})`)
    element.setAttribute('aria-label', name)
    element.classList.toggle('chosen', isChosen)
    element.classList.toggle('bad', isBad)
    const label = element.querySelector('text')
    if (label && label.textContent !== text) label.textContent = text
  }

  #onDown(event: PointerEvent): void {
    const index = indexOf(event.target)
    if (index === null || event.button !== 0) return
    this.#dragged = { index, pointer: event.pointerId }
    this.#root.setPointerCapture(event.pointerId)
    this.focus(index)
    event.preventDefault()
  }

  #onMove(event: PointerEvent): void {
    const point = this.#dragged?.pointer === event.pointerId ? pointIn(this.#root, event) : undefined
    if (point && this.#dragged) this.#options.onMove(this.#dragged.index, [point.x, point.y])
  }

  #endDrag(): void {
    // The click that follows is none on the ground.
    setTimeout(() => {
      this.#dragged = null
    })
  }

  #onClick(event: MouseEvent): void {
    const point = this.#dragged || indexOf(event.target) !== null ? undefined : pointIn(this.#root, event)
    if (point) this.#options.onPlace([point.x, point.y])
  }

  #onKey(event: KeyboardEvent): void {
    const index = indexOf(event.target)
    const mark = index === null ? null : this.#marks[index]
    if (index === null || !mark) return
    const arrow = arrows[event.key]
    if (arrow) {
      const step = this.#options.step * (event.shiftKey ? farStep : 1)
      this.#options.onMove(index, [mark.at[0] + arrow[0] * step, mark.at[1] + arrow[1] * step])
    } else if (event.key === 'Delete' || event.key === 'Backspace') this.#options.onRemove(index)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}

function indexOf(target: EventTarget | null): number | null {
  const index = target instanceof Element ? target.closest<SVGElement>('[data-index]')?.dataset.index : undefined
  return index === undefined ? null : Number(index)
}

const css = `
.ground { max-height: none; cursor: crosshair; touch-action: none; border-radius: 4px; }
.mark { cursor: move; --ink: #ffe082; }
.mark.chosen { --ink: #4dd0e1; }
.mark.bad { --ink: #ff8a80; }
.mark:focus { outline: none; }
.mark .halo { r: 1px; fill: #000; fill-opacity: 0.25; stroke: var(--ink); stroke-width: 0.22px; }
.mark.bad .halo { stroke-dasharray: 0.5 0.3; }
.mark:focus-visible .halo { r: 1.4px; stroke-width: 0.4px; }
.mark .cross { stroke: var(--ink); stroke-width: 0.12px; }
.mark text { font-size: 1.7px; font-weight: 650; transform: translate(1.1px, -0.7px); fill: var(--ink); paint-order: stroke; stroke: #000; stroke-width: 0.4px; stroke-linejoin: round; }
.grid { fill: none; stroke: #4dd0e1; stroke-width: 1.5px; vector-effect: non-scaling-stroke; pointer-events: none; }
.grid.present { stroke: #cfd8dc; stroke-dasharray: 4 4; }
.grid.refused { stroke: #ff8a80; stroke-dasharray: 8 4; }
`

const markStyle = styleSheetOf(css)
