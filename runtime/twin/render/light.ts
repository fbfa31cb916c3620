/** Lamps under a ceiling, and how bright they make what they shine on. */
import { type Random, uniform } from '../../contract/random.ts'
import type { Point3DM, PointM } from '../../profile/layout.ts'
import { dot, minus, unit } from '../../vision/camera-model/vectors.ts'
import type { Rgb } from './canvas.ts'
import type { FigureLight } from './draw-capsule.ts'
import type { Pinhole } from './pinhole.ts'

export interface Lamp {
  positionM: Point3DM
  /** Light on a surface that faces it from 2 m away; a white surface under light 1 looks white. */
  light: Rgb
}

/** What reaches a figure from other than these many lamps counts as coming from everywhere. */
const shadowLamps = 2

export class RoomLight {
  readonly ambient: Rgb
  readonly lamps: readonly Lamp[]

  constructor(ambient: Rgb, lamps: readonly Lamp[]) {
    this.ambient = ambient
    this.lamps = lamps
  }

  /** Writes the light on a surface at a point of the store. */
  at(xM: number, yM: number, zM: number, normal: Point3DM, out: Float64Array): void {
    let red = this.ambient[0]
    let green = this.ambient[1]
    let blue = this.ambient[2]
    for (const { positionM, light } of this.lamps) {
      const x = positionM[0] - xM
      const y = positionM[1] - yM
      const z = positionM[2] - zM
      const cos = x * normal[0] + y * normal[1] + z * normal[2]
      if (cos <= 0) continue
      const squared = x * x + y * y + z * z
      const strength = (cos * 4) / (Math.sqrt(squared) * (squared + 1))
      red += light[0] * strength
      green += light[1] * strength
      blue += light[2] * strength
    }
    out[0] = red
    out[1] = green
    out[2] = blue
  }

  /** The lamps that matter most at a place, and their light there. */
  strongest(pointM: Point3DM): Lamp[] {
    const reaching = this.lamps.map(({ positionM, light }) => {
      const away = minus(positionM, pointM)
      const strength = 4 / (dot(away, away) + 1)
      return { positionM, light: scaled(light, strength) }
    })
    return reaching.toSorted((a, b) => b.light[1] - a.light[1]).slice(0, shadowLamps)
  }

  /** As it falls on a figure that stands at `pointM`, for a camera. */
  onFigure(pointM: Point3DM, camera: Pinhole): FigureLight {
    const lamps = this.strongest(pointM)
    const rest = this.lamps.length - lamps.length
    const more = 1 + 0.15 * Math.min(4, rest)
    return {
      ambient: scaled(this.ambient, more),
      lamps: lamps.map(({ positionM, light }) => ({
        towards: camera.direction(unit(minus(positionM, pointM))),
        light,
      })),
    }
  }
}

const scaled = ([red, green, blue]: Rgb, by: number): Rgb => [red * by, green * by, blue * by]

/** A grid of lamps under the ceiling, warm or cold, bright or dim. */
export function anyLight(random: Random, [widthM, depthM]: PointM, ceilingM: number): RoomLight {
  const warmth = uniform(random, -0.12, 0.12)
  const tint = (strength: number): Rgb => [strength * (1 + warmth), strength, strength * (1 - warmth)]
  const spacingM = uniform(random, 1.6, 3.2)
  const [columns, rows] = [Math.max(1, Math.round(widthM / spacingM)), Math.max(1, Math.round(depthM / spacingM))]
  const power = (uniform(random, 0.35, 0.75) * spacingM * spacingM) / 6
  const lamps = Array.from({ length: columns * rows }, (_, i): Lamp => {
    const [column, row] = [i % columns, Math.floor(i / columns)]
    const dead = random.next() < 0.06
    return {
      positionM: [((column + 0.5) * widthM) / columns, ((row + 0.5) * depthM) / rows, ceilingM - 0.05],
      light: tint(dead ? 0 : power * uniform(random, 0.85, 1.15)),
    }
  })
  return new RoomLight(tint(uniform(random, 0.25, 0.45)), lamps)
}
