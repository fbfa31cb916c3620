/** Looks closer at a part of the drawing: by buttons, keys, the wheel with Ctrl held, or two fingers on a touchpad. */
import { html, pointIn } from './svg.ts'
import type { Texts } from './texts.ts'

interface Box {
  x: number
  y: number
  width: number
  height: number
}

const step = 1.6
const closest = 8
const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
/** A pointer that moved no farther was a click. */
const clickPx = 4

export class FloorPlanZoom {
  readonly buttons = html('div', { class: 'zoom' })
  readonly #drawings: readonly [SVGSVGElement, ...SVGSVGElement[]]
  readonly #onChange: () => void
  #whole: Box = { x: 0, y: 0, width: 1, height: 1 }
  #shown: Box = this.#whole
  #drag: { pointer: number; x: number; y: number; moved: boolean } | null = null

  /** @param drawings lie over each other and show the same part; the first takes the pointer */
  constructor(drawings: readonly [SVGSVGElement, ...SVGSVGElement[]], onChange: () => void) {
    this.#drawings = drawings
    this.#onChange = onChange
    const [top] = drawings
    top.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false })
    top.addEventListener('pointerdown', (event) => this.#onDown(event))
    top.addEventListener('pointermove', (event) => this.#onMove(event))
    top.addEventListener('pointerup', () => this.#endDrag())
    top.addEventListener('pointercancel', () => this.#endDrag())
    top.addEventListener('keydown', (event) => this.#onKey(event))
  }

  set texts(texts: Texts['plan']) {
    const button = (name: string, sign: string, action: () => void) => {
      const element = html('button', { type: 'button', 'aria-label': name, title: name }, sign)
      element.addEventListener('click', action)
      return element
    }
    this.buttons.replaceChildren(
      button(texts.closer, '+', () => this.#zoom(step)),
      button(texts.farther, '−', () => this.#zoom(1 / step)),
      button(texts.wholeStore, '⤢', () => this.reset(this.#whole)),
    )
  }

  /** The whole drawing, from which it starts. */
  reset(whole: Box): void {
    this.#whole = whole
    this.#show(whole)
  }

  /** Whether the pointer has just moved the drawing, so that its release is no click. */
  get dragged(): boolean {
    return this.#drag?.moved ?? false
  }

  /** Times closer than the whole. */
  get factor(): number {
    return this.#whole.width / this.#shown.width
  }

  #zoom(times: number, at?: { x: number; y: number }): void {
    const { x, y, width, height } = this.#shown
    const factor = Math.min(closest, Math.max(1, this.factor * times))
    const next = { width: this.#whole.width / factor, height: this.#whole.height / factor }
    const centre = at ?? { x: x + width / 2, y: y + height / 2 }
    // What is under the pointer stays there.
    const [shareX, shareY] = [(centre.x - x) / width, (centre.y - y) / height]
    this.#show({ ...next, x: centre.x - shareX * next.width, y: centre.y - shareY * next.height })
  }

  #move(dx: number, dy: number): void {
    this.#show({ ...this.#shown, x: this.#shown.x + dx, y: this.#shown.y + dy })
  }

  #show(box: Box): void {
    const whole = this.#whole
    const within = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value))
    this.#shown = {
      ...box,
      x: within(box.x, whole.x, whole.x + whole.width - box.width),
      y: within(box.y, whole.y, whole.y + whole.height - box.height),
    }
    const { x, y, width, height } = this.#shown
    for (const drawing of this.#drawings) drawing.setAttribute('viewBox', `${x} ${y} ${width} ${height}`)
    this.#onChange()
  }

  #onWheel(event: WheelEvent): void {
    // Without Ctrl the wheel scrolls the page, as everywhere; touchpads send it with a pinch.
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    this.#zoom(Math.exp(-event.deltaY / 200), pointIn(this.#drawings[0], event))
  }

  #onDown({ pointerId, clientX: x, clientY: y, button }: PointerEvent): void {
    this.#drag = button === 0 && this.factor > 1 ? { pointer: pointerId, x, y, moved: false } : null
  }

  #onMove({ pointerId, clientX, clientY, buttons }: PointerEvent): void {
    const drag = this.#drag
    if (drag?.pointer !== pointerId || buttons === 0) return
    const [dx, dy] = [clientX - drag.x, clientY - drag.y]
    if (!drag.moved && Math.hypot(dx, dy) < clickPx) return
    const unitsPerPx = this.#unitsPerPx
    this.#move(-dx * unitsPerPx, -dy * unitsPerPx)
    this.#drag = { ...drag, x: clientX, y: clientY, moved: true }
  }

  #endDrag(): void {
    // The click that follows still asks whether it was one.
    setTimeout(() => {
      this.#drag = null
    })
  }

  #onKey(event: KeyboardEvent): void {
    const arrow = arrows[event.key]
    if (arrow && this.factor > 1) this.#move((arrow[0] * this.#shown.width) / 8, (arrow[1] * this.#shown.height) / 8)
    else if (event.key === '+' || event.key === '=') this.#zoom(step)
    else if (event.key === '-') this.#zoom(1 / step)
    else if (event.key === '0') this.reset(this.#whole)
    else return
    event.preventDefault()
  }

  get #unitsPerPx(): number {
    const scale = this.#drawings[0].getScreenCTM()?.a
    return scale ? 1 / scale : 1
  }
}
