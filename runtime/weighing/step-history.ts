/** What a plate's earlier steps say about its newest movement. */
import type { PlateStep } from './plate-step.ts'

/** Longer than anybody holds an item before taking it. */
export const longestHoldMs = 15_000
/** A shorter pause within a slow movement in one direction is no end of it. */
const pauseMs = 800
/** A movement that makes more than this part of its way within one swing period is a sudden one. */
const sudden = 0.35
/** Part of its weight with which a hand may press on what it has put down, and pass for rest. */
const pressure = 0.15
/** And how long. */
const lettingGoMs = 1500
/** A plate this near to its old level, as part of the step since, is back at it. */
const nearlyBack = 0.15

/** Before a hand takes what it held up, it lets it down for no longer than this. */
const letDownMs = 600

/** A movement as it is judged when the plate comes to rest. */
export interface Movement {
  startedAtMs: number
  /** Where it ended. */
  levelG: number
  /** The highest that it came. */
  highestG: number
  /** The most that it changed within one swing period. */
  steepestG: number
  /** What noise may add to that. */
  noiseG: number
}

export class StepHistory {
  #steps: PlateStep[] = []

  get last(): PlateStep | undefined {
    return this.#steps.at(-1)
  }

  add(step: PlateStep): void {
    this.#steps = [...this.#steps.filter((one) => one.settledAtMs > step.settledAtMs - longestHoldMs), step]
  }

  forgetLast(): void {
    this.#steps.pop()
  }

  clear(): void {
    this.#steps = []
  }

  /**
   * The step that `movement` continues, with those that came after it, or null. A slow lift may pause on its way;
   * and an item that a steady hand held up may have passed for taken. Before it really is, the hand lets it down for
   * a moment: a plate that was back at an earlier level without resting there and then went further in the same
   * direction has made one step, not three.
   */
  takeContinued(movement: Movement): PlateStep[] | null {
    const index = this.#steps.findIndex(
      (step, i) =>
        goesOn(step, movement) || eases(step, movement) || wasHeldUp(step, this.#steps.slice(i + 1), movement),
    )
    return index < 0 ? null : this.#steps.splice(index)
  }
}

function goesOn({ beforeG, deltaG, settledAtMs }: PlateStep, movement: Movement): boolean {
  const furtherG = movement.levelG - beforeG - deltaG
  return (
    furtherG / deltaG > 0.1 &&
    movement.steepestG < sudden * Math.abs(furtherG) + movement.noiseG &&
    movement.startedAtMs - settledAtMs < pauseMs
  )
}

/** A hand that has put something down lets go of it a little later. */
function eases({ beforeG, deltaG, settledAtMs }: PlateStep, movement: Movement): boolean {
  const easedG = beforeG + deltaG - movement.levelG
  return easedG > 0 && easedG < pressure * deltaG && movement.startedAtMs - settledAtMs < lettingGoMs
}

function wasHeldUp({ beforeG, deltaG }: PlateStep, since: readonly PlateStep[], movement: Movement): boolean {
  const liftedG = -deltaG
  const takenG = beforeG - movement.levelG
  const backG = beforeG - nearlyBack * liftedG
  const restedThere = since.some((step, i) => {
    const leftAtMs = since[i + 1]?.startedAtMs ?? movement.startedAtMs
    return step.beforeG + step.deltaG > backG && leftAtMs - step.settledAtMs > letDownMs
  })
  // A hold bears a good part of the item's weight: something lighter was another matter.
  const fits = takenG > 1.1 * liftedG && takenG < 10 * liftedG
  return liftedG > 0 && fits && movement.highestG > backG && !restedThere
}
