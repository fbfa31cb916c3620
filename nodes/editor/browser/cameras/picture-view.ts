/** What a camera shows now, with the clicked points and the floor's grid drawn over it. */
import { svg } from '../../../../runtime/console/pages/svg.ts'
import { type Mark, MarkedDrawing, type MarkedDrawingOptions } from './marked-drawing.ts'
import type { PointPx } from './views.ts'

/** How the drawn grid came about: the profile says so now, the points say so, or they do and are refused. */
export type GridKind = 'present' | 'fitted' | 'refused'

export class PictureView {
  readonly #drawing: MarkedDrawing
  readonly #image = svg('image')
  readonly #grid = svg('g')
  #sizePx: [number, number] | null = null
  #shownUrl: string | undefined

  constructor(name: string, options: Omit<MarkedDrawingOptions, 'step'>) {
    this.#drawing = new MarkedDrawing(name, { ...options, step: 1 })
    this.#drawing.ground.append(this.#image, this.#grid)
  }

  get element(): HTMLElement {
    return this.#drawing.element
  }

  /** null: nothing was shown yet. */
  get sizePx(): [number, number] | null {
    return this.#sizePx
  }

  set marks(marks: readonly (Mark | null)[]) {
    this.#drawing.marks = marks
  }

  /** @returns the size before, if it was another one */
  async show(picture: Blob): Promise<[number, number] | null> {
    const url = URL.createObjectURL(picture)
    const image = new Image()
    image.src = url
    await image.decode()
    if (this.#shownUrl) URL.revokeObjectURL(this.#shownUrl)
    this.#shownUrl = url
    this.#image.setAttribute('href', url)
    const before = this.#sizePx
    const { naturalWidth: width, naturalHeight: height } = image
    if (before?.[0] === width && before[1] === height) return null
    this.#sizePx = [width, height]
    for (const [name, value] of Object.entries({ width, height })) this.#image.setAttribute(name, String(value))
    this.#drawing.size(0, 0, width, height)
    return before
  }

  /** Of a camera that has shown nothing yet. */
  clear(): void {
    if (this.#shownUrl) URL.revokeObjectURL(this.#shownUrl)
    this.#shownUrl = undefined
    this.#sizePx = null
    this.#image.removeAttribute('href')
    this.showGrid([], 'present')
  }

  showGrid(lines: readonly PointPx[][], kind: GridKind): void {
    this.#grid.replaceChildren(
      ...lines.map((line) =>
        svg('polyline', { class: `grid ${kind}`, points: line.map(([x, y]) => `${x},${y}`).join(' ') }),
      ),
    )
  }
}
