/** How a store looks: its surfaces, lamps and cameras, drawn at random, the same for the same seed. */
import { seededRandom, uniform } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'
import type { Rgb } from './canvas.ts'
import { anyLight, type RoomLight } from './light.ts'
import { anyFloor, greyish, plain, type Texture, tiles } from './textures.ts'

/** Of the camera's electronics. */
export interface SensorLook {
  gain: Rgb
  /** Standard deviation of the noise, in steps of 255. */
  noiseSteps: number
  /** How much darker the corners are than the middle, from 0 to 1. */
  vignette: number
}

export interface SceneLook {
  floor: Texture
  wall: Texture
  fixture: Texture
  metal: Rgb
  ceilingM: number
  light: RoomLight
  sensor: SensorLook
}

/** @param ceilingM at least as high as its cameras */
export function anyLook(seed: number, floorM: PointM, ceilingM: number): SceneLook {
  const random = seededRandom(seed)
  const wallColour = greyish(random, 110, 235, 14)
  const fixtureColour = greyish(random, 45, 225, 20)
  const exposure = uniform(random, 0.85, 1.1)
  const gain = () => exposure * uniform(random, 0.95, 1.05)
  return {
    floor: anyFloor(random, seed),
    wall: random.next() < 0.7 ? plain(wallColour) : tiles(wallColour, greyish(random, 90, 200, 5), 0.2, 8, seed),
    fixture: plain(fixtureColour),
    metal: greyish(random, 80, 200, 5),
    ceilingM,
    light: anyLight(random, floorM, ceilingM),
    sensor: {
      gain: [gain(), gain(), gain()],
      noiseSteps: uniform(random, 1.5, 7),
      vignette: uniform(random, 0, 0.35),
    },
  }
}
