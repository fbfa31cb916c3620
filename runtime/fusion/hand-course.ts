/** How near hands were to an event's plates as time went, thinly: for showing, nothing is decided by it. */
import type { PersonFrame } from '../people/person-tracker.ts'
import type { Point3DM } from '../profile/layout.ts'
import type { Evidence } from '../till-api/commands.ts'

export type HandCourse = NonNullable<Evidence['course']>

/** Whoever was farther than these is in the summary alone. */
const mostPeople = 3
const mostPoints = 30
/** Frames of most cameras come every 67 ms or more. */
const leastStepMs = 100
const farthestCm = 300

/**
 * @param frames in the order of their time
 * @param nearest people, nearest first
 * @returns undefined when none of their hands was seen
 */
export function handCourse(
  frames: readonly PersonFrame[],
  nearest: readonly { personId: string; handM: number | null }[],
  toPlatesM: (handM: Point3DM) => number,
): HandCourse | undefined {
  const [first, last] = [frames[0], frames.at(-1)]
  const shown = nearest.filter(({ handM }) => handM !== null).slice(0, mostPeople)
  if (!first || !last || shown.length === 0) return undefined
  const stepMs = Math.max(leastStepMs, Math.ceil((last.atMs - first.atMs + 1) / mostPoints))
  const points = Math.floor((last.atMs - first.atMs) / stepMs) + 1
  const hands = shown.map(({ personId }) => {
    const cm: (number | null)[] = Array.from({ length: points }, () => null)
    for (const { atMs, persons } of frames) {
      const at = Math.floor((atMs - first.atMs) / stepMs)
      for (const handM of persons.find((one) => one.personId === personId)?.handsM ?? []) {
        if (handM) cm[at] = Math.min(cm[at] ?? farthestCm, Math.round(100 * toPlatesM(handM)))
      }
    }
    return { personId, cm }
  })
  return { fromMs: first.atMs, stepMs, hands }
}
