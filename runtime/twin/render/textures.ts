/** What surfaces look like, made of numbers: no picture is loaded. */
import { type Random, uniform } from '../../contract/random.ts'
import { hash32, hashUniform, streamOf } from '../world/hash-noise.ts'
import type { Rgb } from './canvas.ts'

/** Writes the colour (0 to 255) of a point of the surface, in metres from its lower left corner. */
export type Texture = (alongM: number, upM: number, out: Float64Array) => void

export const plain =
  (colour: Rgb): Texture =>
  (_, __, out) =>
    out.set(colour)

/** Square tiles with joints, each a little different. */
export function tiles(colour: Rgb, joint: Rgb, tileM: number, spread: number, seed: number): Texture {
  const jointM = 0.006
  return (s, r, out) => {
    const [column, row] = [Math.floor(s / tileM), Math.floor(r / tileM)]
    const isJoint = s - column * tileM < jointM || r - row * tileM < jointM
    const shade = isJoint ? 0 : spread * (hashUniform(seed, column, row) - 0.5)
    shaded(isJoint ? joint : colour, shade, out)
  }
}

/** Boards of different shades with a grain along them. */
export function planks(colour: Rgb, boardM: number, spread: number, seed: number): Texture {
  const lengthM = 1.2
  return (s, r, out) => {
    const row = Math.floor(r / boardM)
    const board = Math.floor((s + lengthM * hashUniform(seed, row, 1)) / lengthM)
    const grain = valueNoise(s * 4, r * 60, seed) - 0.5
    shaded(colour, spread * (hashUniform(seed, row, board + 7) - 0.5 + 0.6 * grain), out)
  }
}

/** Poured stone: specks on clouds. */
export function terrazzo(colour: Rgb, speck: Rgb, spread: number, seed: number): Texture {
  return (s, r, out) => {
    const isSpeck = hashUniform(seed, Math.floor(s / 0.02), Math.floor(r / 0.02)) > 0.82
    shaded(isSpeck ? speck : colour, spread * (valueNoise(s * 1.3, r * 1.3, seed) - 0.5), out)
  }
}

/** What a product looks like from afar. */
export const colourOf = (sku: string): Rgb => vivid(streamOf(sku))

/** A product's face: units side by side, each with a label. */
export function goodsFront(sku: string): Texture {
  const seed = streamOf(sku)
  const body = colourOf(sku)
  const label = vivid(hash32(seed, 1, 1))
  const unitM = 0.05 + 0.06 * hashUniform(seed, 2, 2)
  const unitHighM = 0.1 + 0.15 * hashUniform(seed, 3, 3)
  const [from, until] = [0.2 + 0.2 * hashUniform(seed, 4, 4), 0.6 + 0.2 * hashUniform(seed, 5, 5)]
  return (s, r, out) => {
    const across = (s % unitM) / unitM
    const height = (r % unitHighM) / unitHighM
    if (across < 0.06) return shaded(body, -90, out)
    shaded(height > from && height < until ? label : body, -60 * (across - 0.5) ** 2, out)
  }
}

function shaded(colour: Rgb, by: number, out: Float64Array): void {
  out[0] = colour[0] + by
  out[1] = colour[1] + by
  out[2] = colour[2] + by
}

/** Any colour, for a number. */
export const vivid = (seed: number): Rgb => [
  30 + 215 * hashUniform(seed, 11, 0),
  30 + 205 * hashUniform(seed, 12, 0),
  30 + 205 * hashUniform(seed, 13, 0),
]

/** Numbers on a lattice, with smooth transitions; from 0 to 1. */
function valueNoise(x: number, y: number, seed: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)]
  const [fx, fy] = [smooth(x - column), smooth(y - row)]
  const at = (i: number, j: number) => hashUniform(seed, column + i, row + j)
  const upper = at(0, 0) * (1 - fx) + at(1, 0) * fx
  const lower = at(0, 1) * (1 - fx) + at(1, 1) * fx
  return upper * (1 - fy) + lower * fy
}

const smooth = (t: number): number => t * t * (3 - 2 * t)

/** A shade of grey with a cast of colour. */
export function greyish(random: Random, from: number, until: number, cast: number): Rgb {
  const grey = uniform(random, from, until)
  const tone = () => grey + uniform(random, -cast, cast)
  return [tone(), tone(), tone()]
}

/** A floor of any usual kind. */
export function anyFloor(random: Random, seed: number): Texture {
  const colour = greyish(random, 70, 215, 18)
  const spread = uniform(random, 4, 30)
  const kind = random.next()
  if (kind < 0.4) return tiles(colour, greyish(random, 60, 200, 8), uniform(random, 0.25, 0.65), spread, seed)
  if (kind < 0.65) return planks([colour[0] + 20, colour[1], colour[2] - 35], uniform(random, 0.09, 0.2), spread, seed)
  return terrazzo(colour, greyish(random, 60, 220, 20), spread, seed)
}
