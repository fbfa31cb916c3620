/** A box in one camera's picture: its middle and size, each with its velocity. */
import type { BoxPx } from '../detection.ts'
import { Kalman } from './kalman.ts'

/** Standard deviations in shares of the box's height, as ByteTrack has them; its velocities are for a frame at 30 a second. */
const placeShare = 1 / 20
const paceShareOfASecond = 30 / 160
const startPaceShare = 10
const usualFrameSeconds = 1 / 30

/** Each of the four numbers is followed by its rate in a filter of its own: they do not depend on each other. */
export class BoxFilter {
  readonly #filters: readonly Kalman[]

  constructor(box: BoxPx) {
    const height = box[3]
    const sd = 2 * placeShare * height
    const rateSd = startPaceShare * paceShareOfASecond * height
    this.#filters = middleAndSize(box).map((value) => new Kalman([value, 0], [sd * sd, rateSd * rateSd]))
  }

  get boxPx(): BoxPx {
    const [x = 0, y = 0, width = 0, height = 0] = this.#filters.map((filter) => filter.get(0))
    const [w, h] = [Math.max(1, width), Math.max(1, height)]
    return [x - w / 2, y - h / 2, w, h]
  }

  advance(seconds: number): void {
    const height = this.boxPx[3]
    const frames = seconds / usualFrameSeconds
    for (const filter of this.#filters) {
      filter.drift(0, 1, seconds, (paceShareOfASecond * height) ** 2 / usualFrameSeconds)
      filter.addVariance(0, (placeShare * height) ** 2 * frames)
    }
  }

  see(box: BoxPx): void {
    const variance = (placeShare * box[3]) ** 2
    for (const [i, value] of middleAndSize(box).entries()) {
      const filter = this.#filters[i] as Kalman
      filter.correct([1], value - filter.get(0), variance)
    }
  }

  /** Behind something a box seems to shrink and grow at a rate that must not go on. */
  holdSize(): void {
    for (const filter of this.#filters.slice(2)) filter.state[1] = 0
  }
}

const middleAndSize = ([left, top, width, height]: BoxPx) => [left + width / 2, top + height / 2, width, height]
