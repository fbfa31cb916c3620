/** Who passed the gate: binds the till's visits to persons on the floor, and notices who left. */
import type { GatePass } from '../contract/messages.ts'
import type { Gate, Point3DM, StoreLayout } from '../profile/layout.ts'
import type { VisitSnapshot } from '../till-api/events.ts'
import { Arrivals } from './arrivals.ts'
import { Children, type Passage } from './children.ts'
import { contains, distanceToPolygonM, withinWalls } from './geometry.ts'
import { MissedExits } from './missed-exits.ts'
import { OpenEntrances } from './open-entrances.ts'
import type { PersonFrame, SeenPerson } from './person-tracker.ts'

export type VisitStep =
  /** These persons are this visit's; the whole list, not only who came last. */
  | { step: 'bind'; visitId: string; personIds: string[]; atMs: number }
  /** Everybody of this visit has left. */
  | { step: 'exit'; visitId: string; gate: string | null; atMs: number; personIds: string[] }

/** Somebody came in where nobody is asked, and has no visit yet. */
export interface WalkIn {
  gate: string
  personId: string
  atMs: number
}

interface OpenVisit {
  visitId: string
  gate: string
  party: number
  /** Whether the gate has seen anybody of it walk in. */
  entered: boolean
  /** When the gate last saw one of it walk in. */
  lastInMs: number
  personIds: string[]
  /** Who of them has left. */
  left: Set<string>
}

interface WaitingPass {
  visitId: string | null
  gate: Gate
  direction: 'in' | 'out'
  atMs: number
}

/** The gate's contact and the vision may be this much apart on when somebody passed. */
const passWindowMs = 2500
/** The gate's contact may close so long after whoever passes has gone on into the store. */
const passedWithinMs = 1500
/** A child that nobody came in before, within this, came alone. */
const aloneMs = 10_000
/** The others of a party are through the gate within this of the last who was counted (assumption). */
const partyWithinMs = 120_000
/** A head this far outside of the gate's zone may still be the one who passes. */
const nearGateM = 0.8

export class VisitBinding {
  readonly #layout: StoreLayout
  readonly #gates: Map<string, Gate>
  readonly #visits = new Map<string, OpenVisit>()
  readonly #visitOfPerson = new Map<string, string>()
  /** Where everybody was seen within the last moments, newest last. */
  #recent: PersonFrame[] = []
  #waiting: WaitingPass[] = []
  readonly #arrivals = new Arrivals((headM) => this.#onFloor(headM))
  readonly #missed = new MissedExits()
  readonly #children: Children
  readonly #entrances: OpenEntrances
  /** Who of those who walked in was told of. */
  readonly #walkedIn = new Set<string>()

  constructor(layout: StoreLayout) {
    this.#layout = layout
    this.#gates = new Map(layout.gates.map((gate) => [gate.id, gate]))
    const isOnFloor = (headM: Point3DM) => this.#onFloor(headM)
    this.#children = new Children(layout.gates, nearGateM, isOnFloor)
    this.#entrances = new OpenEntrances(layout.gates, isOnFloor, (headM) => !withinWalls(layout.floorM, headM))
  }

  /** A gate saw somebody walk through; the pass waits until the vision can say who. */
  onPass(pass: GatePass): VisitStep[] {
    const gate = this.#gates.get(pass.gate)
    const visit = this.#visits.get(pass.visitId ?? '')
    if (visit) visit.entered = true
    if (visit && pass.direction === 'in') visit.lastInMs = Math.max(visit.lastInMs, pass.seenAtMs)
    // Whoever came in at an unknown time may be anybody: the visit stays without a person, and nobody pays for another.
    if (!gate || (pass.late && pass.direction === 'in')) return []
    if (visit && pass.direction === 'in') this.#children.cameIn(visit.visitId, gate.id, pass.seenAtMs)
    this.#waiting.push({ visitId: pass.visitId, gate, direction: pass.direction, atMs: pass.seenAtMs })
    return this.#resolve(this.#recent.at(-1)?.atMs ?? pass.seenAtMs)
  }

  onPeople(frame: PersonFrame): VisitStep[] {
    this.#recent.push(frame)
    this.#recent = this.#recent.filter(({ atMs }) => frame.atMs - atMs <= 2 * passWindowMs)
    this.#arrivals.onPeople(frame)
    this.#missed.onPeople(frame)
    this.#children.onPeople(frame)
    this.#entrances.onPeople(frame)
    return [
      ...this.#resolve(frame.atMs),
      ...this.#bindUncounted(frame, (personId) => this.#visitOfChild(personId)),
      ...this.#bindUncounted(frame, (personId) => this.#visitOfParty(personId, frame.atMs)),
      ...this.#letGoUnseen(frame),
      ...this.#walkOut(frame),
    ]
  }

  /** Who walked in by an open entrance up to the last frame; each is told once. */
  walkIns(): WalkIn[] {
    const newcomers = this.#entrances.arrived.filter(({ personId, atMs }) => {
      if (this.#visitOfPerson.has(personId) || this.#walkedIn.has(personId)) return false
      if (!this.#arrivals.hasArrived(personId)) return false
      // A child belongs to whoever it came in behind; one who came alone has a visit like everybody.
      return !this.#children.isChild(personId) || (this.#recent.at(-1)?.atMs ?? atMs) - atMs > aloneMs
    })
    for (const { personId } of newcomers) this.#walkedIn.add(personId)
    return newcomers.map(({ personId, gate, atMs }) => ({ personId, gate: gate.id, atMs }))
  }

  visitOf(personId: string): string | undefined {
    return this.#visitOfPerson.get(personId)
  }

  open(): { visitId: string; personIds: readonly string[] }[] {
    return [...this.#visits.values()]
  }

  /** What the till says of a visit: at start, when it is admitted, when it ends. */
  onVisit(snapshot: VisitSnapshot): VisitStep[] {
    if (snapshot.state !== 'admitted' && snapshot.state !== 'open') {
      this.#forget(snapshot.visitId)
      return []
    }
    const visit = this.#visits.get(snapshot.visitId)
    if (visit) {
      visit.party = snapshot.party
      visit.entered ||= snapshot.state === 'open'
      return []
    }
    this.#visits.set(snapshot.visitId, {
      visitId: snapshot.visitId,
      gate: snapshot.gate,
      party: snapshot.party,
      entered: snapshot.state === 'open',
      lastInMs: snapshot.enteredAtMs ?? snapshot.openedAtMs,
      personIds: [...snapshot.personIds],
      left: new Set(),
    })
    for (const personId of snapshot.personIds) this.#visitOfPerson.set(personId, snapshot.visitId)
    if (snapshot.personIds.length > 0 && this.#gates.get(snapshot.gate)?.open) {
      this.#children.cameIn(snapshot.visitId, snapshot.gate, snapshot.enteredAtMs ?? snapshot.openedAtMs)
    }
    return this.#resolve(this.#recent.at(-1)?.atMs ?? snapshot.openedAtMs)
  }

  #resolve(nowMs: number): VisitStep[] {
    const steps: VisitStep[] = []
    const still: WaitingPass[] = []
    for (const pass of this.#waiting) {
      const step = pass.direction === 'in' ? this.#bind(pass, nowMs) : this.#exit(pass, nowMs)
      if (step) steps.push(...step)
      else if (nowMs - pass.atMs < passWindowMs) still.push(pass)
      else if (pass.direction === 'out') this.#missed.add({ ...pass, untilMs: pass.atMs + passWindowMs })
    }
    this.#waiting = still
    return steps
  }

  /** The unbound person nearest to the gate at that time walks in on the pass's visit. */
  #bind(pass: WaitingPass, nowMs: number): VisitStep[] | undefined {
    const visit = pass.visitId === null ? undefined : this.#visits.get(pass.visitId)
    if (!visit) return undefined
    const isLastMoment = nowMs - pass.atMs >= passWindowMs
    const person = this.#nearest(pass, ({ personId }) => {
      // A child who dawdles in the gate goes through it in the turn of whoever the gate counts.
      if (this.#visitOfPerson.has(personId) || (this.#children.isChild(personId) && !isLastMoment)) return false
      return this.#mayBeNewcomer(personId, pass, visit)
    })
    return person === undefined ? undefined : [this.#bindTo(visit, person, pass.atMs)]
  }

  #bindTo(visit: OpenVisit, personId: string, atMs: number): VisitStep {
    visit.personIds.push(personId)
    this.#visitOfPerson.set(personId, visit.visitId)
    return { step: 'bind', visitId: visit.visitId, personIds: [...visit.personIds], atMs }
  }

  /** Those whom no gate counted, who came in and have no visit. */
  #bindUncounted({ persons, atMs }: PersonFrame, visitOf: (personId: string) => OpenVisit | undefined): VisitStep[] {
    return persons.flatMap(({ personId, headM }): VisitStep[] => {
      if (this.#visitOfPerson.has(personId) || !this.#onFloor(headM) || !this.#arrivals.hasArrived(personId)) return []
      const visit = visitOf(personId)
      return visit && visit.personIds.length > 0 ? [this.#bindTo(visit, personId, atMs)] : []
    })
  }

  /** No gate counts small children: they are with whoever walked in shortly before them. */
  #visitOfChild(personId: string): OpenVisit | undefined {
    return this.#visits.get(this.#children.visitBefore(personId, passWindowMs) ?? '')
  }

  /** A gate that has closed meanwhile does not count who squeezes through it; of a party so many were admitted. */
  #visitOfParty(personId: string, nowMs: number): OpenVisit | undefined {
    const cameBy = this.#children.cameBy(personId)
    // Their own pass may still be told, which goes first.
    if (!cameBy || nowMs - cameBy.untilMs < passWindowMs || !this.#children.isGrown(personId)) return undefined
    return this.#onlyOneAwaiting(cameBy)
  }

  /** The party of which one is missing who was admitted; undefined when it may be one of several, or a single shopper. */
  #onlyOneAwaiting({ id, fromMs }: Passage): OpenVisit | undefined {
    const awaiting = [...this.#visits.values()].filter(
      ({ gate, party, personIds }) => gate === id && personIds.length < party,
    )
    const [visit] = awaiting
    if (awaiting.length !== 1 || !visit?.entered || visit.left.size > 0) return undefined
    return Math.abs(fromMs - visit.lastInMs) <= partyWithinMs ? visit : undefined
  }

  /** Those whom a gate counts on their way out: a visit of children alone is one of somebody else who is small. */
  #counted({ personIds }: OpenVisit): string[] {
    const grown = personIds.filter((personId) => !this.#children.isChild(personId))
    return grown.length > 0 ? grown : personIds
  }

  /** Somebody whose own visit is not known must not be taken for the one who comes in while they leave. */
  #mayBeNewcomer(personId: string, { atMs }: WaitingPass, visit: OpenVisit): boolean {
    if (!this.#arrivals.wasOutside(personId, atMs - passedWithinMs)) return false
    return this.#arrivals.hasArrived(personId) || this.#isEverybodyElseKnown(visit)
  }

  /** Then whoever stands in the gate cannot be on their way out on another visit. */
  #isEverybodyElseKnown(visit: OpenVisit): boolean {
    return [...this.#visits.values()].every(
      (other) => other === visit || !other.entered || other.personIds.length >= other.party,
    )
  }

  /** The bound person who was at the gate and is not seen in the store any more has left. */
  #exit(pass: WaitingPass, nowMs: number): VisitStep[] | undefined {
    const seen = new Map(this.#recent.at(-1)?.persons.map(({ personId, headM }) => [personId, headM]))
    const person = this.#nearest(pass, ({ personId }) => {
      const visit = this.#visits.get(this.#visitOfPerson.get(personId) ?? '')
      if (!visit || visit.left.has(personId) || !this.#counted(visit).includes(personId)) return false
      const headM = seen.get(personId)
      // Cameras may see beyond the door: at the last moment, whoever still stands in the gate is the one.
      return !headM || (nowMs - pass.atMs >= passWindowMs && contains(pass.gate.zoneM, headM))
    })
    return person === undefined ? undefined : this.#leave(person, pass)
  }

  /** What nobody could claim while the vision was away is settled when it has watched long enough again. */
  #letGoUnseen({ persons }: PersonFrame): VisitStep[] {
    if (!this.#missed.due) return []
    const inside = [...this.#visits.values()].flatMap((visit) =>
      this.#counted(visit).filter((personId) => !visit.left.has(personId)),
    )
    const strangers = persons.filter(
      ({ personId, headM }) => !this.#visitOfPerson.has(personId) && this.#onFloor(headM),
    )
    return this.#missed.settle(inside, strangers.length).flatMap(({ personId, pass }) => this.#leave(personId, pass))
  }

  /** By an open entrance, or nobody knows how: its visits end when their people are seen no more. */
  #walkOut({ persons }: PersonFrame): VisitStep[] {
    const isAlone = !persons.some(({ personId, headM }) => !this.#visitOfPerson.has(personId) && this.#onFloor(headM))
    return [...this.#visits.values()].flatMap((visit) =>
      this.#counted(visit)
        .filter((personId) => !visit.left.has(personId))
        .flatMap((personId) => {
          const seen = this.#entrances.left(personId)
          if (seen) return this.#leave(personId, seen)
          const gate = this.#gates.get(visit.gate)
          // Whoever is on the floor and of no visit may be the one who was lost.
          const lostMs = gate?.open && isAlone ? this.#entrances.lostSince(personId) : undefined
          return gate && lostMs !== undefined ? this.#leave(personId, { gate, atMs: lostMs }) : []
        }),
    )
  }

  #leave(personId: string, { gate, atMs }: { gate: Gate; atMs: number }): VisitStep[] {
    const visit = this.#visits.get(this.#visitOfPerson.get(personId) as string) as OpenVisit
    visit.left.add(personId)
    if (!this.#counted(visit).every((id) => visit.left.has(id))) return []
    this.#forget(visit.visitId)
    return [{ step: 'exit', visitId: visit.visitId, gate: gate.id, atMs, personIds: [...visit.personIds] }]
  }

  /** Not at a gate, where people come and go, and not beyond the walls, where cameras may see as well. */
  #onFloor(headM: Point3DM): boolean {
    if (this.#layout.gates.some(({ zoneM }) => distanceToPolygonM(zoneM, headM) <= nearGateM)) return false
    return withinWalls(this.#layout.floorM, headM)
  }

  #nearest(pass: WaitingPass, eligible: (person: SeenPerson) => boolean): string | undefined {
    let nearest: { personId: string; cost: number } | undefined
    for (const frame of this.#recent) {
      const apartMs = Math.abs(frame.atMs - pass.atMs)
      if (apartMs > passWindowMs) continue
      for (const person of frame.persons) {
        const distanceM = distanceToPolygonM(pass.gate.zoneM, person.headM)
        if (distanceM > nearGateM || !eligible(person)) continue
        // A metre weighs as much as the second in which it is walked.
        const cost = distanceM + apartMs / 1000
        if (!nearest || cost < nearest.cost) nearest = { personId: person.personId, cost }
      }
    }
    return nearest?.personId
  }

  #forget(visitId: string): void {
    for (const personId of this.#visits.get(visitId)?.personIds ?? []) {
      this.#visitOfPerson.delete(personId)
      this.#walkedIn.delete(personId)
    }
    this.#visits.delete(visitId)
  }
}
