/** The store from above, on which one clicks where in the store a point of the picture is. */
import { drawCameras, drawFixtures, drawFloor } from '../../../../runtime/console/pages/floor-plan-drawing.ts'
import { FloorFrame, unitsPerM } from '../../../../runtime/console/pages/floor-plan-geometry.ts'
import type { FloorPlanLayout } from '../../../../runtime/console/pages/live-view.ts'
import { type Mark, MarkedDrawing, type MarkedDrawingOptions } from './marked-drawing.ts'
import type { Point3DM } from './views.ts'

const marginUnits = 30
/** What an arrow moves a mark by. */
const stepM = 0.01

export interface PlanViewOptions extends Omit<MarkedDrawingOptions, 'step' | 'onPlace' | 'onMove'> {
  onPlace(placeM: [number, number]): void
  onMove(index: number, placeM: [number, number]): void
}

export class PlanView {
  readonly #drawing: MarkedDrawing
  #frame: FloorFrame | null = null
  #cameras = new Map<string, SVGGElement>()

  constructor(name: string, options: PlanViewOptions) {
    this.#drawing = new MarkedDrawing(name, {
      ...options,
      step: stepM * unitsPerM,
      onPlace: (at) => options.onPlace(this.#metres(at)),
      onMove: (index, at) => options.onMove(index, this.#metres(at)),
    })
  }

  get element(): HTMLElement {
    return this.#drawing.element
  }

  set layout(layout: FloorPlanLayout) {
    this.#frame = new FloorFrame(layout.sizeM)
    const { width, height } = this.#frame
    const [fixtures] = drawFixtures(this.#frame, layout)
    this.#cameras = drawCameras(this.#frame, layout)
    this.#drawing.ground.replaceChildren(...drawFloor(this.#frame, layout), ...this.#cameras.values(), ...fixtures)
    this.#drawing.size(-marginUnits, -marginUnits, width + 2 * marginUnits, height + 2 * marginUnits)
  }

  set camera(id: string | null) {
    for (const [name, root] of this.#cameras) root.classList.toggle('chosen', name === id)
  }

  set marks(marks: readonly ((Omit<Mark, 'at'> & { storeM: Point3DM }) | null)[]) {
    const frame = this.#frame
    this.#drawing.marks = frame ? marks.map((mark) => mark && { ...mark, at: frame.point(mark.storeM) }) : []
  }

  #metres([x, y]: [number, number]): [number, number] {
    const toMillimetre = (units: number) => Math.round((units / unitsPerM) * 1000) / 1000
    return [toMillimetre(x), toMillimetre((this.#frame?.height ?? 0) - y)]
  }
}
