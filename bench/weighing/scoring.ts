/**
 * Weight events against what really moved. An event is right when it has
 * - the right plates: the plate with the largest change is one of the truth's, and plates that the truth does
 *   not name carry no more than 10 % of the change (plates that the truth names may be absent: their share
 *   then lacks in the weight);
 * - the right weight: off by no more than 3 g or 3 %, whichever is more;
 * - the right time: settled within 0.5 s of the truth's `t1`.
 * Items that moved at one moment (`t1` within 0.5 s) from a common plate count as one event of their sum.
 */
import type { WeightEvent } from '../../runtime/contract/messages.ts'

export interface TrueEvent {
  t0Ms: number
  t1Ms: number
  deltaG: number
  plates: string[]
}

/** An event as it stood in the end. */
export interface Answer {
  event: WeightEvent
  firstToldAtMs: number
}

export interface Comparison {
  pairs: { truth: TrueEvent; answer: Answer }[]
  missed: TrueEvent[]
  wrong: Answer[]
}

/** The events of `truth.json`, those of one moment and a common plate as one. */
export function trueEvents(events: readonly { t0: number; t1: number; delta_g: number; plates: string[] }[]) {
  const joined: TrueEvent[] = []
  for (const { t0, t1, delta_g, plates } of events) {
    const event = { t0Ms: t0 * 1000, t1Ms: t1 * 1000, deltaG: delta_g, plates }
    const same = joined.find(
      (other) => Math.abs(other.t1Ms - event.t1Ms) <= 500 && other.plates.some((plate) => plates.includes(plate)),
    )
    if (!same) joined.push(event)
    else {
      same.t0Ms = Math.min(same.t0Ms, event.t0Ms)
      same.t1Ms = Math.max(same.t1Ms, event.t1Ms)
      same.deltaG += event.deltaG
      same.plates = [...new Set([...same.plates, ...plates])]
    }
  }
  return joined
}

export function compare(truth: readonly TrueEvent[], answers: readonly Answer[]): Comparison {
  const candidates = truth
    .flatMap((event) => answers.map((answer) => ({ truth: event, answer })))
    .filter(({ truth, answer }) => faults(truth, answer.event).length === 0)
    .sort((a, b) => errorG(a.truth, a.answer.event) - errorG(b.truth, b.answer.event))
  const pairs: Comparison['pairs'] = []
  for (const candidate of candidates) {
    const used = pairs.some((pair) => pair.truth === candidate.truth || pair.answer === candidate.answer)
    if (!used) pairs.push(candidate)
  }
  return {
    pairs,
    missed: truth.filter((event) => !pairs.some((pair) => pair.truth === event)),
    wrong: answers.filter((answer) => !pairs.some((pair) => pair.answer === answer)),
  }
}

const errorG = (truth: TrueEvent, event: WeightEvent) => Math.abs(event.deltaG - truth.deltaG)

export const isRightWeight = (trueG: number, toldG: number) =>
  Math.abs(toldG - trueG) <= Math.max(3, 0.03 * Math.abs(trueG))

/** What is wrong with `event` as an answer to `truth`, in words; empty when it is right. */
export function faults(truth: TrueEvent, event: WeightEvent): string[] {
  const found: string[] = []
  if (!hasRightPlates(truth, event)) found.push('other plates')
  if (!isRightWeight(truth.deltaG, event.deltaG)) {
    found.push(`${(event.deltaG - truth.deltaG).toFixed(1)} g off`)
  }
  const lateMs = event.settledAtMs - truth.t1Ms
  if (!(Math.abs(lateMs) <= 500)) found.push(`settled ${(lateMs / 1000).toFixed(2)} s off`)
  return found
}

function hasRightPlates(truth: TrueEvent, event: WeightEvent): boolean {
  const main = event.plates.toSorted((a, b) => Math.abs(b.deltaG) - Math.abs(a.deltaG))[0]
  const foreignG = event.plates
    .filter(({ plate }) => !truth.plates.includes(plate))
    .reduce((sum, { deltaG }) => sum + Math.abs(deltaG), 0)
  return main !== undefined && truth.plates.includes(main.plate) && foreignG <= 0.1 * Math.abs(event.deltaG)
}
