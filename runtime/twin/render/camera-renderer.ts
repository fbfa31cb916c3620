/** The pictures of one camera. What stands still is drawn once, and again when the stock on a shelf has changed. */
import type { StoreLayout } from '../../profile/layout.ts'
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

export class CameraRenderer {
  readonly camera: Pinhole
  /** The picture before the sensor: colours, depths, and whose each pixel is. */
  readonly canvas: Canvas
  readonly #layout: StoreLayout
  readonly #look: SceneLook
  readonly #sensor: Sensor
  readonly #room: Canvas
  #stock = ''

  constructor(layout: StoreLayout, look: SceneLook, view: CameraView) {
    this.camera = new Pinhole(view)
    this.canvas = new Canvas(view)
    this.#layout = layout
    this.#look = look
    this.#sensor = new Sensor(look.sensor, view)
    this.#room = new Canvas(view)
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
    const shown = JSON.stringify([...stock])
    if (shown === this.#stock) return
    this.#stock = shown
    this.#room.clear()
    drawFaces(this.#room, this.camera, facesOf(this.#layout, this.#look, stock), this.#look.light)
  }
}
