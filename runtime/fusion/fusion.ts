/**
 * Who took what. Weight events, persons and sightings go in; each event's surroundings are summarised as
 * evidence, which the till journals, and journalled evidence becomes everybody's basket. The baskets are a
 * pure function of the journalled evidence, the visits, the policy and the layout.
 */
import {
  type Attribution,
  type DeviceHealth,
  envelope,
  type People,
  type Sighting,
  type Visit,
  type WeightEvent,
} from '../contract/messages.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { Evidence } from '../till-api/commands.ts'
import type { PastPurchases } from '../till-api/events.ts'
import { linesOf, type Owner } from './basket.ts'
import { type Causes, causesOf, clusters } from './clusters.ts'
import type { Actor } from './cues.ts'
import { type Subject, subjectOf } from './explanations.ts'
import { FusionMemory } from './fusion-memory.ts'
import { defaultFusionPolicy, type FusionPolicy } from './fusion-policy.ts'
import { GoodsOut } from './goods-out.ts'
import { Habits } from './habits.ts'
import { explain, type Posterior } from './hypotheses.ts'
import { LaidThings } from './laid-things.ts'
import { Looks } from './looks.ts'
import { PlaceTrust } from './place-trust.ts'
import { PlanogramTrust } from './planogram-trust.ts'
import { PlateHealth } from './plate-health.ts'
import { Posteriors } from './posteriors.ts'
import { ShelfNews } from './shelf-news.ts'
import { Shelves } from './shelves.ts'
import { Surroundings } from './surroundings.ts'
import { WeightTrust } from './weight-trust.ts'

interface KnownVisit {
  visitId: string
  personIds: string[]
  isStaff: boolean
  exitedAtMs: number | null
  finished: boolean
}

interface Awaited {
  event: WeightEvent
  /** As its plates were when it was told. */
  tempered: WeightEvent
  /** The summary that was given out, as text; undefined before the first. */
  given: string | undefined
}

/** Cameras need this long to say what they saw. */
const cameraLatencyMs = 500

export class Fusion {
  readonly #layout: StoreLayout
  readonly #policy: FusionPolicy
  readonly #shelves: Shelves
  readonly #surroundings: Surroundings
  readonly #health = new PlateHealth()
  readonly #trust: PlanogramTrust
  readonly #places: PlaceTrust
  readonly #weights: WeightTrust
  readonly #awaited = new Map<string, Awaited>()
  /** In the order of their time. */
  #subjects: Subject[] = []
  readonly #causes = new Map<string, Causes>()
  readonly #posteriors = new Posteriors()
  readonly #shelfNews = new ShelfNews()
  readonly #goodsOut = new GoodsOut()
  readonly #habits: Habits
  readonly #looks: Looks
  readonly #laid: LaidThings
  readonly #visits = new Map<string, KnownVisit>()
  readonly #visitOfPerson = new Map<string, KnownVisit>()
  /** Everybody who may ever have moved something: a basket that becomes empty again is told, too. */
  readonly #people = new Set<string>()
  /** Who belongs to another visit than when baskets were last told. */
  readonly #rebound = new Set<string>()
  /** What was last said of each basket. */
  readonly #said = new Map<string, string>()
  #revision = 0
  #nowMs = 0

  /** @param memory of a fusion before, which it goes on from */
  constructor(layout: StoreLayout, options: Partial<FusionPolicy> = {}, memory = new FusionMemory()) {
    this.#layout = layout
    this.#policy = { ...defaultFusionPolicy, ...options }
    this.#shelves = new Shelves(layout, this.#policy)
    this.#surroundings = new Surroundings(layout, this.#shelves, this.#policy)
    this.#trust = new PlanogramTrust(this.#policy, memory.planograms)
    this.#places = new PlaceTrust(this.#shelves, memory.places)
    this.#weights = new WeightTrust(this.#shelves, memory.weights)
    this.#habits = new Habits(this.#shelves.kinds, this.#policy.pastPurchases)
    this.#looks = new Looks(this.#shelves, this.#policy)
    this.#laid = new LaidThings(this.#shelves, this.#policy)
  }

  /** Everybody on the floor at one moment; frames in the order of their time. */
  observePeople(people: People): void {
    this.#surroundings.observePeople(people)
  }

  observeSighting(sighting: Sighting): void {
    this.#surroundings.observeSighting(sighting)
  }

  /** A plate that is not well makes its events less certain than weighing could know; the summary says by how much. */
  observeHealth(health: DeviceHealth): void {
    this.#health.observe(health)
  }

  /** Takes the event in; its summary follows from {@link advance} once its window is complete. */
  observeWeight(event: WeightEvent): void {
    const known = this.#awaited.get(event.eventId)
    if (known && known.event.revision >= event.revision) return
    this.#awaited.set(event.eventId, { event, tempered: this.#health.tempered(event), given: undefined })
  }

  /** What the account behind a visit bought before; returns every basket that it changed. */
  observePurchases(visitId: string, purchases: PastPurchases): Attribution[] {
    this.#revision++
    this.#habits.add(visitId, purchases)
    this.#explain()
    return this.#changes()
  }

  /** Binds persons to a visit, or marks it as exited; what staff move fills no basket. */
  observeVisit(visit: Visit): void {
    const known = this.#visits.get(visit.visitId)
    const personIds = visit.personIds.length > 0 ? visit.personIds : (known?.personIds ?? [])
    const current: KnownVisit = {
      visitId: visit.visitId,
      personIds,
      isStaff: visit.role === 'staff' || (known?.isStaff ?? false),
      exitedAtMs: visit.state === 'exited' ? visit.seenAtMs : (known?.exitedAtMs ?? null),
      finished: known?.finished ?? false,
    }
    this.#visits.set(visit.visitId, current)
    for (const personId of personIds) {
      this.#visitOfPerson.set(personId, current)
      this.#rebound.add(personId)
    }
    if (visit.state === 'exited') this.#surroundings.leave(personIds)
  }

  /** Takes over which track was whom, as an earlier run of this program knew it. */
  restorePersons(aliases: Iterable<[string, string]>): void {
    this.#surroundings.restorePersons(aliases)
  }

  /**
   * Moves event time forward. Returns evidence that is now summarised, to be journalled before
   * {@link addEvidence}; an event is summarised a second time when sightings came after the first.
   */
  advance(nowMs: number): Evidence[] {
    this.#nowMs = Math.max(this.#nowMs, nowMs)
    const { handsAfterMs, sightingsAfterMs } = this.#policy
    const evidence: Evidence[] = []
    const awaited = [...this.#awaited.values()].sort((a, b) => order(a.event, b.event))
    for (const entry of awaited) {
      const { event } = entry
      const complete = this.#nowMs >= event.settledAtMs + sightingsAfterMs + cameraLatencyMs
      const due = entry.given === undefined && this.#nowMs >= event.settledAtMs + handsAfterMs
      if (complete) this.#awaited.delete(event.eventId)
      if (!complete && !due) continue
      const summary = this.#surroundings.summarise(entry.tempered, this.#inside(event))
      const text = JSON.stringify([summary.near, summary.sighted])
      if (text === entry.given) continue
      entry.given = text
      evidence.push(summary)
    }
    return [...evidence, ...this.#unweighed()]
  }

  /** Goods in hands that no weight accounts for, as evidence by themselves. */
  #unweighed(): Evidence[] {
    return this.#surroundings.unaccounted(this.#nowMs).map(({ personId, atMs, sighted }) => ({
      event: {
        type: 'weight-event',
        ...envelope(this.#layout.storeId, 0, this.#nowMs, atMs),
        ...{ eventId: `look-${personId}-${Math.round(atMs)}`, revision: 0, kind: 'looked' },
        ...{ fixture: this.#layout.fixtures[0]?.id ?? 'none', plates: [], deltaG: 0, sigmaG: 0 },
        ...{ startedAtMs: atMs, settledAtMs: atMs, evidence: { noiseG: 0, swingG: 0, samples: 0 } },
      },
      near: [{ personId, handM: null, headM: 0, seen: 1 }],
      sighted,
    }))
  }

  /** Everybody of a visit that had not ended when this happened. */
  #inside({ startedAtMs }: WeightEvent): string[] {
    const inside = [...this.#visits.values()].filter(
      ({ exitedAtMs, finished }) => !finished && (exitedAtMs === null || exitedAtMs > startedAtMs),
    )
    return inside.flatMap(({ personIds }) => personIds)
  }

  /** Exited visits for which nothing more is awaited at this event time, oldest first: {@link finish} them. */
  finishable(nowMs: number): string[] {
    return [...this.#visits.values()]
      .filter(
        ({ exitedAtMs, finished }) => exitedAtMs !== null && !finished && nowMs >= exitedAtMs + this.finishAfterMs,
      )
      .map(({ visitId }) => visitId)
  }

  /** How long after an exit the last evidence of a visit may still come. */
  get finishAfterMs(): number {
    return this.#policy.sightingsAfterMs + cameraLatencyMs
  }

  /**
   * Counts journalled evidence in, also at recovery from the journal; returns every basket that changed.
   * A newer summary or revision of an event replaces the older.
   */
  addEvidence(evidence: Evidence): Attribution[] {
    this.#revision++
    const { event } = evidence
    const index = this.#subjects.findIndex(({ eventId }) => eventId === event.eventId)
    const older = this.#subjects[index]
    if (older && older.evidence.event.revision > event.revision) return []
    if (older && evidence.near === null && older.evidence.near !== null) return []
    if (older) this.#subjects.splice(index, 1)
    this.#causes.delete(event.eventId)
    this.#goodsOut.add(event)
    if (event.kind === 'looked') this.#looks.add(subjectOf(evidence, this.#shelves, this.#policy))
    else if (event.kind !== 'withdrawn') this.#insert(subjectOf(evidence, this.#shelves, this.#policy))
    for (const { personId } of evidence.near ?? []) this.#people.add(personId)
    this.#forget(event.settledAtMs - this.#policy.memoryMs)
    this.#explain()
    return this.#changes()
  }

  /**
   * Learns what lies where from journalled evidence of visits that are over, as it was learnt while they went on; for
   * recovery, before {@link addEvidence} of what open visits rest on. In the order of the journal.
   */
  recall(evidence: readonly Evidence[]): void {
    const last = new Map(evidence.map((one) => [one.event.eventId, one]))
    const subjects = [...last.values()]
      .filter(({ event, near }) => event.kind !== 'withdrawn' && event.kind !== 'looked' && near !== null)
      .sort((a, b) => order(a.event, b.event))
      .map((one) => subjectOf(one, this.#shelves, this.#policy))
    const causes = new Map(
      subjects.map((subject, i) => [subject.eventId, causesOf(subject, subjects.slice(0, i), this.#shelves)]),
    )
    for (const { evidence } of subjects) this.#goodsOut.add(evidence.event)
    this.#remember(subjects, causes)
  }

  /** Learns from everything that is not over, too: another fusion goes on with its memory. */
  close(): void {
    this.#remember(this.#subjects, this.#causes)
    this.#subjects = []
  }

  #remember(subjects: readonly Subject[], causes: ReadonlyMap<string, Causes>): void {
    this.#trust.remember(subjects, causes)
    this.#places.remember(subjects, causes)
    this.#weights.remember(subjects, causes)
  }

  /**
   * Judges everything that is not over anew by what was learned meanwhile, as a fusion that starts with it would; returns
   * every basket that changed.
   */
  takeUp(learned: StoreLayout['learned']): Attribution[] {
    this.#revision++
    this.#shelves.takeUp(learned)
    this.#weights.takeUp()
    this.#subjects = this.#subjects.map(({ evidence }) => subjectOf(evidence, this.#shelves, this.#policy))
    this.#subjects.forEach((subject, i) => {
      this.#causes.set(subject.eventId, causesOf(subject, this.#subjects.slice(0, i), this.#shelves))
    })
    this.#posteriors.replace(new Map())
    this.#explain()
    return this.#changes()
  }

  /** The final attribution of a visit that has exited: nothing more is awaited. */
  finish(visitId: string): Attribution[] {
    const visit = this.#visits.get(visitId)
    if (!visit || visit.finished) return []
    this.#revision++
    const attribution = this.#attribution(ownerOf(visit), visit, true)
    this.#end(visit)
    return [attribution]
  }

  /** In a recovery: here an earlier run had told the last of a visit. Does what {@link finish} does, and tells nothing. */
  recoverEnd(visitId: string, personIds: string[]): void {
    if (this.#visits.has(visitId)) return
    const visit = { visitId, personIds, isStaff: false, exitedAtMs: null, finished: false }
    this.#visits.set(visitId, visit)
    for (const personId of personIds) this.#visitOfPerson.set(personId, visit)
    this.#end(visit)
  }

  #end(visit: KnownVisit): void {
    visit.finished = true
    for (const personId of visit.personIds) this.#people.delete(personId)
    this.#looks.leave(visit.personIds)
    this.#retire()
  }

  /** What only concerned people who have left explains nothing any more, unless it left goods lying somewhere. */
  #retire(): void {
    const retired = new Set<Subject>()
    for (const posterior of this.#posteriors.all) {
      const subjects = (posterior[0]?.steps ?? []).map(({ subject }) => subject.eventId)
      const group = this.#subjects.filter(({ eventId }) => subjects.includes(eventId))
      const isOver = group.every(({ deltaG, cues }) => deltaG < 0 && cues.actors.every((actor) => this.#hasLeft(actor)))
      if (isOver) for (const subject of group) retired.add(subject)
    }
    if (retired.size === 0) return
    this.#remember([...retired], this.#causes)
    this.#shelfNews.forget(new Set([...retired].map(({ eventId }) => eventId)))
    for (const { eventId } of retired) this.#causes.delete(eventId)
    this.#subjects = this.#subjects.filter((subject) => !retired.has(subject))
    this.#explain()
  }

  #hasLeft({ personId }: Actor): boolean {
    return personId === null || this.#visitOfPerson.get(personId)?.finished === true
  }

  #insert(subject: Subject): void {
    const before = this.#subjects.filter((other) => order(other.evidence.event, subject.evidence.event) < 0)
    this.#subjects.splice(before.length, 0, subject)
    for (let i = before.length; i < this.#subjects.length; i++) {
      const later = this.#subjects[i] as Subject
      this.#causes.set(later.eventId, causesOf(later, this.#subjects.slice(0, i), this.#shelves))
    }
  }

  #forget(beforeMs: number): void {
    this.#goodsOut.forget(beforeMs)
    this.#looks.forget(beforeMs)
    const old = this.#subjects.filter(({ atMs }) => atMs < beforeMs)
    if (old.length === 0) return
    this.#remember(old, this.#causes)
    this.#shelfNews.forget(new Set(old.map(({ eventId }) => eventId)))
    for (const { eventId } of old) this.#causes.delete(eventId)
    this.#forgetPeople()
    this.#subjects = this.#subjects.filter(({ atMs }) => atMs >= beforeMs)
  }

  /** Of whoever left, nothing more will be told. */
  #forgetPeople(): void {
    for (const [visitId, { finished, personIds }] of this.#visits) {
      if (!finished) continue
      this.#visits.delete(visitId)
      this.#said.delete(visitId)
      this.#habits.forget(visitId)
      for (const personId of personIds) {
        this.#people.delete(personId)
        this.#visitOfPerson.delete(personId)
      }
    }
  }

  /** Groups of events that are as they were keep their posterior. */
  #explain(): void {
    const posteriors = new Map<string, Posterior>()
    const off = this.#trust.offLogOdds(this.#subjects, this.#causes)
    const here = this.#places.shifts(this.#subjects, this.#causes)
    const weighs = this.#weights.shifts(this.#subjects, this.#causes)
    for (const subjects of clusters(this.#subjects, this.#causes)) {
      const group = subjects.map((subject) => ({
        ...subject,
        offLogOdds: off.get(subject.eventId) ?? 0,
        here: here.get(subject.eventId) ?? new Map(),
        weighs: weighs.get(subject.eventId) ?? new Map(),
        habits: this.#habits.shifts(subject, (personId) => this.#visitOfPerson.get(personId)?.visitId),
        inHands: subject.deltaG > 0 ? this.#goodsOut.at(subject.atMs) : 1,
      }))
      const key = JSON.stringify(
        group.map(({ evidence, offLogOdds, here, weighs, habits, inHands }) => {
          const usual = [...habits].map(([personId, shifts]) => [personId, ...shifts])
          return [fingerprint(evidence), offLogOdds, inHands, ...here, ...weighs, ...usual]
        }),
      )
      posteriors.set(key, this.#posteriors.get(key) ?? explain(group, this.#shelves, this.#policy))
    }
    const weighed = [...posteriors.values()]
    const unweighed = [...this.#looks.posteriors(weighed), ...this.#laid.posteriors(weighed)]
    for (const [key, posterior] of unweighed) posteriors.set(key, this.#posteriors.get(key) ?? posterior)
    this.#posteriors.replace(posteriors)
  }

  /** Only of those whom something new concerns: the others' baskets are as they were. */
  #changes(): Attribution[] {
    const concerned = new Set([...this.#posteriors.takeChanged(), ...this.#rebound])
    this.#rebound.clear()
    return this.#owners(concerned).flatMap(({ owner, visit }) => {
      if (visit?.finished) return []
      const attribution = this.#attribution(owner, visit, false)
      const text = JSON.stringify(attribution.lines)
      if (attribution.shelf.length === 0 && text === (this.#said.get(owner.id) ?? '[]')) return []
      this.#said.set(owner.id, text)
      return [attribution]
    })
  }

  #owners(personIds: Iterable<string>): { owner: Owner; visit: KnownVisit | undefined }[] {
    const owners = new Map<string, { owner: Owner; visit: KnownVisit | undefined }>()
    for (const personId of [...personIds].filter((id) => this.#people.has(id)).sort()) {
      const visit = this.#visitOfPerson.get(personId)
      const owner = visit ? ownerOf(visit) : { id: personId, personIds: new Set([personId]) }
      owners.set(owner.id, { owner, visit })
    }
    return [...owners.values()]
  }

  #attribution(owner: Owner, visit: KnownVisit | undefined, final: boolean): Attribution {
    const shelf = this.#shelfNews.of(owner.id, owner.personIds, this.#posteriors)
    return {
      type: 'attribution',
      ...envelope(this.#layout.storeId, this.#revision, this.#nowMs),
      personId: visit?.personIds[0] ?? owner.id,
      visitId: visit?.visitId ?? null,
      revision: this.#revision,
      final,
      lines: visit?.isStaff ? [] : linesOf(owner, this.#posteriors.of(owner.personIds), this.#shelves),
      shelf: shelf.slice(0, 100),
    }
  }
}

const ownerOf = ({ visitId, personIds }: KnownVisit): Owner => ({ id: visitId, personIds: new Set(personIds) })

function order(a: WeightEvent, b: WeightEvent): number {
  return a.settledAtMs - b.settledAtMs || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0)
}

const fingerprints = new WeakMap<Evidence, string>()

/** Two pieces of evidence with the same fingerprint say the same. */
function fingerprint(evidence: Evidence): string {
  const known = fingerprints.get(evidence)
  if (known !== undefined) return known
  const { event, near, sighted } = evidence
  const text = JSON.stringify([event.eventId, event.revision, event.plates, event.settledAtMs, near, sighted])
  fingerprints.set(evidence, text)
  return text
}
