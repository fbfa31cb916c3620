/**
 * What one camera's detector always finds in the same place, and is nobody: a post, goods on a shelf, a poster. Learned
 * from finds that no track explains, or only tracks that never went anywhere; forgotten when they are found no more.
 */
import type { PointPx } from '../detection.ts'

interface Spot {
  xPx: number
  yPx: number
  /** Share of the last frames in which it was found. */
  rate: number
}

const learnedInMs = 20_000
/** Nothing that stands still moves farther in a picture, as a share of its width. */
const nearShare = 0.02
/** Found in fewer of the frames it is no background yet, in more it is nothing else. */
const [fromRate, fullRate] = [0.3, 0.7]
const leastRate = 0.01
const placeShare = 0.1

export class Background {
  #spots: Spot[] = []
  #atMs: number | undefined

  /** @returns how much of what is found there is always found there, from 0 to 1 */
  shareAt(px: PointPx, widthPx: number): number {
    const rate = this.#near(px, widthPx)?.rate ?? 0
    return Math.min(1, Math.max(0, (rate - fromRate) / (fullRate - fromRate)))
  }

  /** @param nobody what was found in this frame and is likely no person */
  learn(nobody: readonly PointPx[], widthPx: number, atMs: number): void {
    const share = 1 - Math.exp(-(atMs - (this.#atMs ?? atMs)) / learnedInMs)
    this.#atMs = atMs
    const found = new Set<Spot>()
    for (const px of nobody) {
      const spot = this.#near(px, widthPx) ?? this.#begin(px)
      spot.xPx += placeShare * (px[0] - spot.xPx)
      spot.yPx += placeShare * (px[1] - spot.yPx)
      found.add(spot)
    }
    for (const spot of this.#spots) spot.rate += share * ((found.has(spot) ? 1 : 0) - spot.rate)
    this.#spots = this.#spots.filter((spot) => found.has(spot) || spot.rate > leastRate)
  }

  #begin([xPx, yPx]: PointPx): Spot {
    const spot = { xPx, yPx, rate: 0 }
    this.#spots.push(spot)
    return spot
  }

  #near([xPx, yPx]: PointPx, widthPx: number): Spot | undefined {
    let [best, bestPx]: [Spot | undefined, number] = [undefined, nearShare * widthPx]
    for (const spot of this.#spots) {
      const awayPx = Math.hypot(spot.xPx - xPx, spot.yPx - yPx)
      if (awayPx < bestPx) [best, bestPx] = [spot, awayPx]
    }
    return best
  }
}
