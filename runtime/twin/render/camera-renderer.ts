/** The pictures of one camera. What stands still is drawn once, and again when the stock on a shelf has changed. */
import type { Point3DM, StoreLayout } from '../../profile/layout.ts'
import { Canvas, type Picture } from './canvas.ts'
import { drawCapsule } from './draw-capsule.ts'
import { drawFaces } from './draw-faces.ts'
import { capsulesOf, type Figure } from './figure.ts'
import { facesOf, type Stock } from './furniture.ts'
import type { SceneLook } from './look.ts'
import { type CameraView, Pinhole } from './pinhole.ts'
import { Sensor } from './sensor.ts'
import { castShadows } from './shadows.ts'

/** Everything that moves, at one moment. */
export interface Scene {
  figures: readonly Figure[]
  stock: Stock
  /** A number of its own for each picture, for its noise. */
  exposure: number
}

/** A plate's goods can be seen when its middle is beside the picture by this share of it. */
const marginShare = 0.1
const stockSteps = 6

export class CameraRenderer {
  readonly camera: Pinhole
  /** The picture before the sensor: colours, depths, and whose each pixel is. */
  readonly canvas: Canvas
  readonly #layout: StoreLayout
  readonly #look: SceneLook
  readonly #sensor: Sensor
  readonly #room: Canvas
  readonly #shownPlates: readonly string[]
  #stock: string | undefined

  constructor(layout: StoreLayout, look: SceneLook, view: CameraView) {
    this.camera = new Pinhole(view)
    this.canvas = new Canvas(view)
    this.#layout = layout
    this.#look = look
    this.#sensor = new Sensor(look.sensor, view)
    this.#room = new Canvas(view)
    this.#shownPlates = layout.plates.filter(({ positionM }) => this.#shows(positionM)).map(({ id }) => id)
  }

  render({ figures, stock, exposure }: Scene): Picture {
    this.#drawRoom(stock)
    this.canvas.copyFrom(this.#room)
    for (const figure of figures) castShadows(this.canvas, this.camera, figure, this.#look.light)
    for (const [number, figure] of figures.entries()) this.#drawFigure(figure, number)
    return this.#sensor.expose(this.canvas, exposure)
  }

  #drawFigure(figure: Figure, number: number): void {
    const light = this.#look.light.onFigure(figure.headM, this.camera)
    for (const capsule of capsulesOf(figure, number, this.camera)) drawCapsule(this.canvas, this.camera, capsule, light)
  }

  #drawRoom(stock: Stock): void {
    // What it takes for a shelf to look otherwise: a row less.
    const shown = this.#shownPlates.map((id) => Math.ceil((stock.get(id) ?? 1) * stockSteps)).join()
    if (shown === this.#stock) return
    this.#stock = shown
    this.#room.clear()
    drawFaces(this.#room, this.camera, facesOf(this.#layout, this.#look, stock), this.#look.light)
  }

  #shows(pointM: Point3DM): boolean {
    const px = this.camera.px(pointM)
    const { widthPx, heightPx } = this.camera
    const isWithin = (value: number, size: number) => value > -marginShare * size && value < (1 + marginShare) * size
    return px !== null && isWithin(px[0], widthPx) && isWithin(px[1], heightPx)
  }
}
