/** One lifting that weighing told as two events, because plates came to rest at different moments, joined again. */
import type { Evidence } from '../till-api/commands.ts'
import type { Subject } from './explanations.ts'
import type { Shelves } from './shelves.ts'

/** A lifting with a pause in it: the second half begins within this after the first. */
const pauseMs = 2500

/** Whether `later` may be the rest of what `earlier` began. */
export function mayComplete(later: Subject, earlier: Subject, shelves: Shelves): boolean {
  return (
    Math.sign(later.deltaG) === Math.sign(earlier.deltaG) &&
    later.evidence.event.startedAtMs - earlier.atMs <= pauseMs &&
    shelves.areNear(earlier.plates, later.plates)
  )
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
    const handsM = [before?.handM, person.handM].filter((handM) => typeof handM === 'number')
    both.set(person.personId, {
      ...person,
      handM: handsM.length > 0 ? Math.min(...handsM) : null,
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
