/** What people wear: drawn at random, the same for the same seed. */
import { pick, type Random, seededRandom, uniform } from '../../contract/random.ts'
import type { Rgb } from './canvas.ts'
import { greyish, vivid } from './textures.ts'

export interface Clothes {
  skin: Rgb
  hair: Rgb
  hairStyle: 'short' | 'long' | 'bun' | 'cap'
  bald: boolean
  cap: Rgb
  top: Rgb
  stripes?: { colour: Rgb; everyM: number }
  sleeves: 'long' | 'short'
  legs: Rgb
  shorts: boolean
  shoes: Rgb
  backpack?: Rgb
  bag: Rgb
  /** 1: usual; more: broader. */
  build: number
}

/** From light to dark. */
const skins: Rgb[] = [
  [240, 205, 180],
  [225, 180, 150],
  [200, 150, 115],
  [160, 110, 80],
  [110, 72, 50],
  [72, 48, 36],
]
const hairs: Rgb[] = [
  [25, 22, 22],
  [45, 35, 30],
  [80, 55, 38],
  [140, 100, 60],
  [200, 170, 110],
  [150, 60, 35],
  [170, 168, 165],
  [225, 222, 218],
]

export function anyClothes(seed: number): Clothes {
  const random = seededRandom(seed)
  const chance = (share: number) => random.next() < share
  const colour = () => cloth(random)
  const everyM = uniform(random, 0.05, 0.14)
  return {
    skin: varied(pick(random, skins), random),
    hair: varied(pick(random, hairs), random),
    hairStyle: pick(random, ['short', 'short', 'long', 'bun', 'cap']),
    bald: chance(0.08),
    cap: colour(),
    top: colour(),
    ...(chance(0.25) ? { stripes: { colour: colour(), everyM } } : {}),
    sleeves: chance(0.6) ? 'long' : 'short',
    legs: colour(),
    shorts: chance(0.15),
    shoes: colour(),
    ...(chance(0.2) ? { backpack: colour() } : {}),
    bag: colour(),
    build: uniform(random, 0.88, 1.22),
  }
}

/** Most cloth is black, white, grey or blue. */
function cloth(random: Random): Rgb {
  const kind = random.next()
  if (kind < 0.5) return greyish(random, 18, 235, 12)
  if (kind < 0.65) {
    const dark = uniform(random, 0.4, 1.3)
    return [45 * dark, 65 * dark, 115 * dark]
  }
  return vivid(Math.floor(random.next() * 2 ** 32))
}

const varied = ([red, green, blue]: Rgb, random: Random): Rgb => {
  const by = uniform(random, 0.88, 1.1)
  return [red * by, green * by, blue * by]
}
