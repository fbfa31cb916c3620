/** Which events bear on one another: only those need a joint posterior, all others stand alone. */
import type { Subject } from './explanations.ts'
import { mayComplete } from './halves.ts'
import { overlap } from './overlap.ts'
import type { Shelves } from './shelves.ts'

/** Two readings of one thing agree within this many standard deviations, and its standing differently. */
const sigmas = 4
const standingG = 3
/** People whose hands make them at least this likely (natural logarithm) may be the same who acted before. */
const plausibleHand = -3

/** Among whose takings by others a put-back is looked for: the latest, so that a busy store does not become one group. */
const mostOthers = 4
/** An event explained this badly by itself (natural logarithm, per gram) may have been an exchange. */
const badlyExplained = -9

/** Ids of the earlier events that an event cannot be explained without. */
export interface Causes {
  /** They moved the goods that return, or are taken again. */
  moved: string[]
  /** The same person may have been busy there at the same moment, and has only two hands. */
  simultaneous: string[]
  /** They may be the first half of the same lifting. */
  begun: string[]
}

export function causesOf(later: Subject, earlier: readonly Subject[], shelves: Shelves): Causes {
  return {
    moved: ids(movedBefore(later, earlier, shelves)),
    simultaneous: ids(earlier.filter((subject) => overlap(subject, later) && sharePerson(subject, later))),
    begun: ids(earlier.filter((subject) => mayComplete(later, subject, shelves))),
  }
}

function movedBefore(later: Subject, earlier: readonly Subject[], shelves: Shelves): Subject[] {
  const returned = later.deltaG > 0 ? returnedFrom(later, earlier) : takenAgain(later, earlier, shelves)
  if (returned.length > 0) return returned
  const isBad = (later.explanations[0]?.parts.weight ?? badlyExplained) <= badlyExplained
  return later.deltaG > 0 || isBad ? exchanged(later, earlier, shelves) : []
}

/** Takings whose goods may be what is put down: by the same person, by one in two movements, or else by anybody. */
function returnedFrom(later: Subject, earlier: readonly Subject[]): Subject[] {
  const own = earlier.filter((subject) => sharePerson(subject, later))
  const single = own.filter((subject) => massesOf(subject).some((massG) => agree(massG, subject, later)))
  if (single.length > 0) return single
  const pairs = own.filter((one) =>
    own.some(
      (other) => other !== one && massesOf(one).some((aG) => massesOf(other).some((bG) => agree(aG + bG, one, later))),
    ),
  )
  const others = earlier.filter((subject) => massesOf(subject).some((massG) => agree(massG, subject, later)))
  return [...pairs, ...others.slice(-mostOthers)]
}

/** Put-backs nearby whose goods may be what is taken now. */
function takenAgain(later: Subject, earlier: readonly Subject[], shelves: Shelves): Subject[] {
  return earlier.filter(
    (subject) =>
      subject.deltaG > 0 &&
      shelves.areNear(subject.plates, later.plates) &&
      subject.readings.some(({ deltaG }) => agree(-deltaG, subject, later)),
  )
}

/** Takings of the same person whose goods may have been swapped for a product that lies here. */
function exchanged(later: Subject, earlier: readonly Subject[], shelves: Shelves): Subject[] {
  const localG = shelves.localSkus(later.plates).flatMap((sku) => shelves.pieceG(sku) ?? [])
  return earlier.filter(
    (subject) =>
      sharePerson(subject, later) &&
      massesOf(subject).some((massG) => localG.some((pieceG) => agree(massG - pieceG, subject, later))),
  )
}

const masses = new WeakMap<Subject, readonly number[]>()

/** What single pieces and whole liftings of a taking may weigh. */
function massesOf(subject: Subject): readonly number[] {
  const known = masses.get(subject) ?? computedMasses(subject)
  masses.set(subject, known)
  return known
}

function computedMasses({ explanations }: Subject): number[] {
  return [
    ...new Set(
      explanations.flatMap(({ takings }) => takings.flatMap(({ pieces, pieceG }) => [pieceG, pieces * pieceG])),
    ),
  ]
}

/** Whether what `from` weighed so may be what `later` put down. */
function agree(massG: number, from: Subject, later: Subject): boolean {
  const toleranceG = sigmas * Math.hypot(from.sigmaG, later.sigmaG) + standingG
  return later.readings.some(({ deltaG }) => Math.abs(massG - deltaG) <= toleranceG)
}

function sharePerson(a: Subject, b: Subject): boolean {
  const people = plausiblePeople(a)
  return [...plausiblePeople(b)].some((personId) => people.has(personId))
}

const plausible = new WeakMap<Subject, ReadonlySet<string | null>>()

function plausiblePeople(subject: Subject): ReadonlySet<string | null> {
  const known = plausible.get(subject)
  if (known) return known
  const near = subject.cues.actors.filter(
    ({ personId, handLogOdds }) => personId !== null && handLogOdds > plausibleHand,
  )
  const people = new Set(near.map(({ personId }) => personId))
  plausible.set(subject, people)
  return people
}

const ids = (subjects: readonly Subject[]) => subjects.map(({ eventId }) => eventId)

/** Groups of events that hang together, each in the order of their time. */
export function clusters(subjects: readonly Subject[], causes: ReadonlyMap<string, Causes>): Subject[][] {
  const root = new Map(subjects.map(({ eventId }) => [eventId, eventId]))
  const find = (eventId: string): string => {
    let current = eventId
    while (root.get(current) !== current) current = root.get(current) as string
    return current
  }
  for (const [later, { moved, simultaneous, begun }] of causes) {
    for (const cause of [...moved, ...simultaneous, ...begun]) {
      if (root.has(cause) && root.has(later)) root.set(find(later), find(cause))
    }
  }
  const groups = new Map<string, Subject[]>()
  for (const subject of subjects) {
    const key = find(subject.eventId)
    const group = groups.get(key)
    if (group) group.push(subject)
    else groups.set(key, [subject])
  }
  return [...groups.values()]
}
