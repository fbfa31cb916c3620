/**
 * One lifting that weighing told as two events, because plates came to rest at different moments, or because the hand
 * pressed before it lifted, joined again.
 */
import type { Evidence } from '../till-api/commands.ts'
import type { Subject } from './explanations.ts'
import type { Shelves } from './shelves.ts'

/** A lifting with a pause in it: the second half begins within this after the first. */
const pauseMs = 2500
/** The longest that a hand is known to hold a thing on its plate before it takes it. */
const holdMs = 9000

/** Whether `later` may be the rest of what `earlier` began. */
export function mayComplete(later: Subject, earlier: Subject, shelves: Shelves): boolean {
  const betweenMs = later.evidence.event.startedAtMs - earlier.atMs
  if (Math.sign(later.deltaG) !== Math.sign(earlier.deltaG)) {
    return isPress(earlier, later) && betweenMs <= holdMs && isHeld(earlier, later)
  }
  if (betweenMs <= pauseMs) return shelves.areNear(earlier.plates, later.plates)
  return betweenMs <= holdMs && isHeld(earlier, later)
}

/** A hand that takes hold of a thing slowly weighs on it before it lifts, by less than the thing; what weighs more is a bag. */
const isPress = (earlier: Subject, later: Subject) => earlier.deltaG > 0 && -later.deltaG >= 2 * earlier.deltaG

/** The same hand is at the same plate, and nobody else's. */
function isHeld(earlier: Subject, later: Subject): boolean {
  const [one, other] = [earlier.cues.actors[0], later.cues.actors[0]]
  const isSameHand = one?.personId === other?.personId && (one?.handLogOdds ?? 0) > 0 && (other?.handLogOdds ?? 0) > 0
  return isSameHand && earlier.plates.some(({ plate }) => later.plates.some((change) => change.plate === plate))
}

/** The evidence of both as one, under the later event's id. */
export function wholeOf(earlier: Evidence, later: Evidence): Evidence {
  const plates = new Map<string, number>()
  for (const { plate, deltaG } of [...earlier.event.plates, ...later.event.plates]) {
    plates.set(plate, (plates.get(plate) ?? 0) + deltaG)
  }
  return {
    event: {
      ...later.event,
      startedAtMs: Math.min(earlier.event.startedAtMs, later.event.startedAtMs),
      plates: [...plates].map(([plate, deltaG]) => ({ plate, deltaG })),
      deltaG: earlier.event.deltaG + later.event.deltaG,
      sigmaG: Math.hypot(earlier.event.sigmaG, later.event.sigmaG),
    },
    near: nearBoth(earlier.near ?? [], later.near ?? []),
    sighted: sightedBoth(earlier.sighted, later.sighted),
  }
}

type Near = NonNullable<Evidence['near']>

function nearBoth(earlier: Near, later: Near): Near {
  const both = new Map(earlier.map((person) => [person.personId, person]))
  for (const person of later) {
    const before = both.get(person.personId)
    const farM = Number.POSITIVE_INFINITY
    const { handM, handSigmaM } = before && (before.handM ?? farM) < (person.handM ?? farM) ? before : person
    both.set(person.personId, {
      ...{ ...person, handM, handSigmaM },
      headM: before ? (before.headM + person.headM) / 2 : person.headM,
    })
  }
  return [...both.values()]
}

function sightedBoth(earlier: Evidence['sighted'], later: Evidence['sighted']): Evidence['sighted'] {
  const both = new Map<string, Evidence['sighted'][number]>()
  for (const look of [...earlier, ...later]) {
    const key = JSON.stringify([look.personId, look.sku])
    if ((both.get(key)?.probability ?? -1) < look.probability) both.set(key, look)
  }
  return [...both.values()]
}
