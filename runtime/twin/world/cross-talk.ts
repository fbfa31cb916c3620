/**
 * What a plate's neighbours feel of a change on it: they share a board that bends, and goods that touch. (real):
 * the public recording AutoCheckout BENCHMARK-1, where 622 g leave plate 11 of 12 on a shelf.
 */
import { type Random, uniform } from '../../contract/random.ts'
import type { Plate } from '../../profile/layout.ts'
import { hashGaussian, hashUniform, streamOf } from './hash-noise.ts'
import type { LoadAction } from './load-action.ts'

/**
 * Swing of the next plate (real: plates 9, 10 and 12 swing by 16-34 g peak to peak while 622 g leave, and swung by
 * 12-18 g before).
 */
const ringShare: [number, number] = [0.014, 0.042]
/** A plate further along still swings by about half as much (real: 0-50 g more than before, by the plate). */
const farRingShare = 0.5
const nearSteps = 3
/** The shelves above and below (real: 5-15 g more than before, where they can be told from steps at all). */
const otherShelfShare = 0.4
/** What a near neighbour keeps (real: -9 g and -6 g on the two plates of one side for -622 g, nothing on the other). */
const keepShare: [number, number] = [0.004, 0.016]
const keepLikelihood = 0.4
const keepSteps = 2
/** What some others of the shelf keep, either way (real: -4, -2, +2 and +3 g on four of eight). */
const farKeepSd = 0.003
const farKeepLikelihood = 0.5
/** What of a hand's push is felt next door (assumption: as of a weight that lies there). */
const pushShare = 0.01

/** How one plate follows another. */
export interface Coupling {
  /** Swing, as a share of what the next plate feels. */
  ring: number
  keep: number
}

/** null: it feels nothing. */
export function couplingOf(plate: Plate, neighbour: Plate, seed: number): Coupling | null {
  const shelves = Math.abs(neighbour.shelf - plate.shelf)
  const steps = Math.max(1, Math.abs(neighbour.index - plate.index))
  if (neighbour.fixture !== plate.fixture || neighbour.id === plate.id || shelves > 1) return null
  const isNear = steps <= nearSteps
  if (shelves === 1) return isNear ? { ring: otherShelfShare / steps, keep: 0 } : null
  return { ring: isNear ? 1 / Math.sqrt(steps) : farRingShare, keep: keepOf(plate, neighbour, steps, seed) }
}

function keepOf(plate: Plate, neighbour: Plate, steps: number, seed: number): number {
  const pair = streamOf(`${plate.id}>${neighbour.id}`)
  const chance = hashUniform(seed, pair, 1)
  if (steps > keepSteps) return chance < farKeepLikelihood ? farKeepSd * hashGaussian(seed, pair, 2) : 0
  return chance < keepLikelihood ? keepShare[0] + (keepShare[1] - keepShare[0]) * hashUniform(seed, pair, 2) : 0
}

/** What a neighbour feels of an action. */
export function shadowOf(action: LoadAction, { ring, keep }: Coupling, random: Random): LoadAction {
  if (action.kind === 'press') return { ...action, forceG: action.forceG * pushShare * ring }
  const ringG = action.deltaG * ring * uniform(random, ...ringShare)
  return { ...action, deltaG: action.deltaG * keep, pressG: action.pressG * pushShare * ring, ringG }
}
