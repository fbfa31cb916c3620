/**
 * Keeps pictures for reviews, where the store's profile says so: it asks the vision program for those of a visit that
 * waits for a decision, and sees to it that they go. It also runs where none are kept any more, for those that were.
 */
import type { Clock } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import { regularly } from '../../program/regularly.ts'
import type { VisitSnapshot } from '../../till-api/events.ts'
import type { AskForEvidence } from '../../vision/evidence/evidence-client.ts'
import type { EvidenceArchive, EvidenceFacts } from './evidence-archive.ts'

export interface EvidenceClerkOptions {
  archive: EvidenceArchive
  /** The profile's rule; undefined: no picture is kept. */
  rule: NonNullable<Profile['vision']>['evidence']
  /** null: no vision program of ours runs. */
  ask: AskForEvidence | null
  /**
   * A visit as the till has it now, null when it has none of this id.
   * @throws when the till does not answer
   */
  visit(visitId: string): Promise<Pick<VisitSnapshot, 'state' | 'accountId' | 'disputes'> | null>
  wallClock: Clock
  audit(event: string, facts: object): void
}

const hourMs = 3_600_000
/** So often what is kept is looked through, and those who were forgotten are. */
const sweepEveryMs = 60_000
const tryEveryMs = 2000
/** The vision program may be starting again; after that it has nothing left of what it saw. */
const tryForMs = 120_000
/** Where the profile says nothing else. */
const usualWaitDays = 14

export class EvidenceClerk {
  readonly #options: EvidenceClerkOptions
  readonly #duties: ReturnType<typeof regularly>[] = []
  /** Visits whose pictures are yet to be asked for, with when that is to end. */
  readonly #wanted = new Map<string, { visit: VisitSnapshot; untilMs: number }>()
  readonly #settled = new Set<string>()
  #asking = Promise.resolve()

  constructor(options: EvidenceClerkOptions) {
    this.#options = options
  }

  start(): void {
    const { ask, wallClock } = this.#options
    this.#duties.push(regularly(wallClock, sweepEveryMs, () => this.#seeingTo(this.sweep())))
    if (ask) this.#duties.push(regularly(wallClock, tryEveryMs, () => this.#seeingTo(this.askForWanted())))
  }

  /** An answer that is still awaited is not waited for: nothing of it would be lost. */
  stop(): void {
    for (const duty of this.#duties) void duty.stop()
  }

  /** A disk that fails must not end the store page; it is tried again. */
  async #seeingTo(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#options.audit('evidence trouble', { error: errorSentence(error) }))
  }

  /** Tell it of each visit as it is now. */
  seen(visit: VisitSnapshot): void {
    const { rule, ask, wallClock } = this.#options
    const { visitId, state } = visit
    if (!rule || !ask || state !== 'review' || this.#settled.has(visitId) || this.#wanted.has(visitId)) return
    this.#wanted.set(visitId, { visit, untilMs: wallClock.nowMs() + tryForMs })
  }

  /** Asks for what is wanted; what cannot be answered now is asked for again. */
  askForWanted(): Promise<void> {
    this.#asking = this.#asking.then(async () => {
      for (const { visit, untilMs } of [...this.#wanted.values()]) await this.#askFor(visit, untilMs)
    })
    return this.#asking
  }

  /** Deletes what has to go: after its time, and at once when its shopper was forgotten. */
  async sweep(): Promise<void> {
    for (const kept of this.#options.archive.all()) await this.#look(kept)
  }

  async #askFor(visit: VisitSnapshot, untilMs: number): Promise<void> {
    const { ask, archive, wallClock, audit } = this.#options
    const { visitId, personIds } = visit
    const eventIds = eventsInReview(visit)
    try {
      const isKnown = archive.get(visitId) !== undefined
      if (!isKnown && ask && eventIds.length > 0) {
        const pictures = await ask({ eventIds, personIds })
        const hadAccount = visit.accountId !== null
        if (pictures.length > 0) {
          archive.put({ visitId, keptAtMs: wallClock.nowMs(), decidedAtMs: null, hadAccount, pictures })
          audit('evidence kept', { visitId, pictures: pictures.length })
        }
      }
    } catch {
      if (wallClock.nowMs() < untilMs) return
      audit('evidence missing', { visitId })
    }
    this.#wanted.delete(visitId)
    this.#settled.add(visitId)
  }

  async #look(kept: EvidenceFacts): Promise<void> {
    const { archive, visit: ask, wallClock, audit } = this.#options
    const { visitId } = kept
    const remove = (why: string) => {
      archive.delete(visitId)
      audit('evidence deleted', { visitId, why })
    }
    const nowMs = wallClock.nowMs()
    // Whether the till answers or not.
    const why = this.#whyOver(kept, nowMs)
    if (why) return remove(why)
    const visit = await ask(visitId).catch(() => undefined)
    if (visit === undefined) return
    if (visit === null) return remove('the till has no such visit')
    if (kept.hadAccount && visit.accountId === null) return remove('its shopper was forgotten')
    const waits = visit.state === 'review' || visit.disputes?.some(({ state }) => state === 'open') === true
    const decidedAtMs = waits ? null : (kept.decidedAtMs ?? nowMs)
    if (decidedAtMs === kept.decidedAtMs) return
    const over = this.#whyOver({ ...kept, decidedAtMs }, nowMs)
    if (over) return remove(over)
    archive.setDecided(visitId, decidedAtMs)
  }

  #whyOver({ keptAtMs, decidedAtMs }: EvidenceFacts, nowMs: number): string | null {
    const { rule } = this.#options
    if (!rule) return 'the profile keeps no pictures'
    if (decidedAtMs !== null && nowMs - decidedAtMs >= rule.keepHours * hourMs) return 'it was decided'
    return nowMs - keptAtMs >= (rule.waitDays ?? usualWaitDays) * 24 * hourMs ? 'nobody decided' : null
  }
}

/** What the lines rest on that wait. */
function eventsInReview({ basket, decision }: VisitSnapshot): string[] {
  const inReview = new Set(decision?.lines.filter(({ outcome }) => outcome === 'review').map(({ lineId }) => lineId))
  const lines = (basket?.lines ?? []).filter(({ lineId }) => inReview.has(lineId))
  return [...new Set(lines.flatMap(({ eventIds }) => eventIds))]
}
