/** Why a true event was not told right, as a category and in words. */
import { type Answer, faults, isRightWeight, type TrueEvent } from './scoring.ts'

export type Category =
  | 'too light'
  | 'nothing told'
  | 'merged'
  | 'split'
  | 'share or cross-talk'
  | 'weight'
  | 'plates'
  | 'settling time'

export const meanings: Record<Category, string> = {
  'too light': 'lighter than the lightest item that is told',
  'nothing told': 'no event on its plates within 5 s',
  merged: 'told together with another item that was moved beside it',
  split: 'told in several parts',
  'share or cross-talk': 'a light step beside it was taken for a share, or for none, and the other is true',
  weight: 'the level before or after was measured wrong: a hand, shaking or drift',
  plates: 'told of other plates',
  'settling time': 'more than 0.5 s from the time at which it settled',
}

const nearMs = 5000
/** Acts further apart in time are not merged. */
const sameActMs = 1500

/** `told` are all events of the recording as they stood in the end, `truth` all that really happened. */
export function whyMissed(
  missed: TrueEvent,
  truth: readonly TrueEvent[],
  told: readonly Answer[],
  lightestItemG: number,
): { category: Category; detail: string } {
  const distanceMs = ({ event }: Answer) => Math.abs(event.settledAtMs - missed.t1Ms)
  const near = told
    .filter((answer) => sharesPlate(answer, missed.plates) && distanceMs(answer) <= nearMs)
    .sort((a, b) => distanceMs(a) - distanceMs(b))
  const [nearest] = near
  if (!nearest) {
    return { category: Math.abs(missed.deltaG) < lightestItemG ? 'too light' : 'nothing told', detail: '' }
  }
  const found = faults(missed, nearest.event)
  const detail = `told ${nearest.event.deltaG} g: ${found.join(', ') || 'matched another'}`
  return { category: categoryOf(missed, truth, near, nearest), detail }
}

function categoryOf(
  missed: TrueEvent,
  truth: readonly TrueEvent[],
  near: readonly Answer[],
  nearest: Answer,
): Category {
  const { event } = nearest
  if (isRightWeight(missed.deltaG, event.deltaG)) {
    return faults(missed, event).includes('other plates') ? 'plates' : 'settling time'
  }
  const others = truth.filter((other) => other !== missed && Math.abs(other.t1Ms - missed.t1Ms) < sameActMs)
  const isMerged = others.some(
    (other) => sharesPlate(nearest, other.plates) && !other.plates.every((plate) => missed.plates.includes(plate)),
  )
  if (isMerged) return 'merged'
  const sum = near.reduce((total, answer) => total + answer.event.deltaG, 0)
  if (near.length > 1 && isRightWeight(missed.deltaG, sum)) return 'split'
  const isLight = ({ deltaG }: { deltaG: number }) => Math.abs(deltaG) < 0.12 * Math.abs(missed.deltaG)
  const isAmbiguous = event.plates.some(isLight) || event.plates.length < missed.plates.length
  return isAmbiguous ? 'share or cross-talk' : 'weight'
}

const sharesPlate = ({ event }: Answer, plates: readonly string[]) =>
  event.plates.some(({ plate }) => plates.includes(plate))
