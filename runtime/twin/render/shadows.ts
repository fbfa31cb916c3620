/** What figures take from the light of the room around them: soft, from the nearest lamps. */
import type { Point3DM } from '../../profile/layout.ts'
import { minus, along as plus } from '../../vision/camera-model/vectors.ts'
import { type Canvas, clipped, isEmpty, ofTheRoom, type PixelRect, wholeOf } from './canvas.ts'
import { type Figure, headMiddleOf } from './figure.ts'
import type { RoomLight } from './light.ts'
import type { Pinhole } from './pinhole.ts'

interface Ball {
  middle: Point3DM
  radiusM: number
}

/** Lamps are large, so the edge of a shadow lies between these shares of a ball's radius. */
const fullWithin = 0.35
const noneBeyond = 1.6
/** A shadow takes at most this share of a lamp's light: the rest comes by way of walls and ceiling. */
const deepest = 0.85
/** Shadows are soft: one value serves a square of so many pixels. */
const step = 2

/** Darkens the room's pixels of `canvas`, before any figure is drawn on it. */
export function castShadows(canvas: Canvas, camera: Pinhole, figure: Figure, light: RoomLight): void {
  const balls = ballsOf(figure)
  const middle: Point3DM = [figure.positionM[0], figure.positionM[1], figure.heightM / 2]
  const lamps = light.strongest(middle)
  const total = light.ambient[1] + lamps.reduce((sum, lamp) => sum + lamp.light[1], 0)
  for (const lamp of lamps) {
    const rect = shadowRect(canvas, camera, balls, lamp.positionM)
    if (isEmpty(rect)) continue
    const seen = balls.map(({ middle, radiusM }) => ({ middle: camera.point(middle), radiusM }))
    darken(canvas, camera, rect, seen, camera.point(lamp.positionM), (deepest * lamp.light[1]) / total)
  }
}

function ballsOf(figure: Figure): Ball[] {
  const [x, y] = figure.positionM
  const size = figure.heightM / 1.7
  const at = (z: number, radiusM: number): Ball => ({ middle: [x, y, z * size], radiusM: radiusM * size })
  return [
    at(0.05, 0.2),
    at(0.45, 0.17),
    at(0.85, 0.2),
    at(1.2, 0.23),
    { middle: headMiddleOf(figure), radiusM: 0.12 * size },
  ]
}

function darken(
  { widthPx, depthM, owner, colour }: Canvas,
  camera: Pinhole,
  rect: PixelRect,
  balls: readonly Ball[],
  lamp: Point3DM,
  share: number,
): void {
  const { focalPx } = camera
  const [centreX, centreY] = camera.centrePx
  for (let y = rect.top; y < rect.bottom; y += step) {
    const v = (y + 1 - centreY) / focalPx
    for (let x = rect.left; x < rect.right; x += step) {
      const depth = depthM[y * widthPx + x] as number
      if (depth === Number.POSITIVE_INFINITY) continue
      const u = (x + 1 - centreX) / focalPx
      const kept = 1 - share * covered(balls, lamp, u * depth, v * depth, depth)
      if (kept > 0.995) continue
      for (let row = y; row < Math.min(y + step, rect.bottom); row++) {
        for (let at = row * widthPx + x; at < row * widthPx + Math.min(x + step, rect.right); at++) {
          if (owner[at] !== ofTheRoom) continue
          for (let c = at * 3; c < at * 3 + 3; c++) colour[c] = (colour[c] as number) * kept
        }
      }
    }
  }
}

/** How much of a lamp the balls hide from a point, from 0 to 1. */
function covered(balls: readonly Ball[], lamp: Point3DM, px: number, py: number, pz: number): number {
  const lx = lamp[0] - px
  const ly = lamp[1] - py
  const lz = lamp[2] - pz
  const ll = lx * lx + ly * ly + lz * lz
  let most = 0
  for (let i = 0; i < balls.length; i++) {
    const { middle, radiusM } = balls[i] as Ball
    const cx = middle[0] - px
    const cy = middle[1] - py
    const cz = middle[2] - pz
    const along = cx * lx + cy * ly + cz * lz
    if (along <= 0 || along >= ll) continue
    const squared = cx * cx + cy * cy + cz * cz - (along * along) / ll
    const beyond = noneBeyond * radiusM
    if (squared >= beyond * beyond) continue
    const away = Math.sqrt(Math.max(0, squared)) / radiusM
    most = Math.max(most, Math.min(1, (noneBeyond - away) / (noneBeyond - fullWithin)))
  }
  return most
}

/** Where in the picture shadows of the balls can be: between each ball and its shadow on the floor. */
function shadowRect(canvas: Canvas, camera: Pinhole, balls: readonly Ball[], lampM: Point3DM): PixelRect {
  const px: [number, number][] = []
  for (const { middle, radiusM } of balls) {
    const below = lampM[2] - middle[2]
    const stretch = below > 0.3 ? lampM[2] / below : 8
    const onFloor = plus(lampM, minus(middle, lampM), stretch)
    for (const [at, reachM] of [
      [middle, noneBeyond * radiusM],
      [onFloor, noneBeyond * radiusM * stretch],
    ] as const) {
      for (const dx of [-reachM, reachM]) {
        for (const dy of [-reachM, reachM]) {
          const corner = camera.px([at[0] + dx, at[1] + dy, at[2]])
          if (!corner) return wholeOf(canvas)
          px.push(corner)
        }
      }
    }
  }
  const [xs, ys] = [px.map(([x]) => x), px.map(([, y]) => y)]
  return clipped(
    { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) },
    canvas,
  )
}
