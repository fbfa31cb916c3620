/** The ids that a tracker gives to people: it loses some, takes one for another, and lets two change places. */
import { type Random, uniform } from '../../contract/random.ts'
import type { PointM } from '../../profile/layout.ts'
import { distanceM } from '../world/geometry.ts'
import type { VisionQuality } from './vision-quality.ts'

/** Ids are remembered for so long after they were lost. */
const rememberedMs = 60_000

/** Whom a tracker follows. */
export interface Followed {
  /** The ids under which the appliance knew this person, the first one from the beginning. */
  readonly trackIds: readonly string[]
  retracked(trackId: string): void
  readonly body: { readonly positionM: PointM }
}

interface Track {
  id: string
  /** Not in the picture until then. */
  lostUntilMs: number
  hiddenSinceMs: number | null
}

export class TrackIds<Person extends Followed> {
  readonly #quality: VisionQuality
  readonly #random: Random
  readonly #tracks = new Map<Person, Track>()
  #freeIds: { id: string; sinceMs: number }[] = []
  #atMs = Number.NaN

  constructor(quality: VisionQuality, random: Random) {
    this.#quality = quality
    this.#random = random
  }

  /** To be called once a frame. `visible`: whose head a camera sees. @returns the id of everybody in the picture */
  frame(everybody: readonly Person[], visible: (person: Person) => boolean, atMs: number): Map<Person, string> {
    const minutes = Number.isNaN(this.#atMs) ? 0 : Math.max(0, atMs - this.#atMs) / 60_000
    this.#atMs = atMs
    this.#forget(everybody, atMs)
    const seen = everybody.filter((person) => this.#isFollowed(person, visible(person), minutes, atMs))
    this.#mixUp(seen, minutes)
    return new Map(seen.map((person) => [person, this.#track(person).id]))
  }

  #track(person: Person): Track {
    const known = this.#tracks.get(person)
    if (known) return known
    const track: Track = {
      id: person.trackIds[0] as string,
      lostUntilMs: Number.NEGATIVE_INFINITY,
      hiddenSinceMs: null,
    }
    this.#tracks.set(person, track)
    return track
  }

  #forget(everybody: readonly Person[], atMs: number): void {
    for (const [person, { id }] of this.#tracks) {
      if (everybody.includes(person)) continue
      this.#tracks.delete(person)
      this.#freeIds.push({ id, sinceMs: atMs })
    }
    this.#freeIds = this.#freeIds.filter(({ sinceMs }) => atMs - sinceMs < rememberedMs)
  }

  /** Brings one person's track up to this frame. @returns whether it is in the picture */
  #isFollowed(person: Person, isVisible: boolean, minutes: number, atMs: number): boolean {
    const track = this.#track(person)
    const { idChangesPerMinute, lostForMs, forgetsAfterMs } = this.#quality
    if (!isVisible) {
      track.hiddenSinceMs ??= atMs
      return false
    }
    const isForgotten = track.hiddenSinceMs !== null && atMs - track.hiddenSinceMs > forgetsAfterMs
    track.hiddenSinceMs = null
    if (isForgotten) this.#rename(person, track, atMs)
    if (atMs < track.lostUntilMs) return false
    if (idChangesPerMinute > 0 && this.#random.next() < idChangesPerMinute * minutes) {
      this.#rename(person, track, atMs)
      track.lostUntilMs = atMs + uniform(this.#random, ...lostForMs)
    }
    return atMs >= track.lostUntilMs
  }

  #rename(person: Person, track: Track, atMs: number): void {
    const { wrongIdLikelihood } = this.#quality
    const isWrong = wrongIdLikelihood > 0 && this.#random.next() < wrongIdLikelihood
    const other = isWrong ? this.#freeIds.pop() : undefined
    this.#freeIds.push({ id: track.id, sinceMs: atMs })
    if (other) {
      // The truth goes on calling the first who had this id by it.
      track.id = other.id
    } else {
      track.id = `${person.trackIds[0]}-${person.trackIds.length + 1}`
      person.retracked(track.id)
    }
  }

  /** Two who stand close together may change ids. */
  #mixUp(seen: readonly Person[], minutes: number): void {
    const { swapsPerMinute, swapWithinM } = this.#quality
    if (swapsPerMinute === 0) return
    for (const [i, one] of seen.entries()) {
      for (const other of seen.slice(0, i)) {
        if (distanceM(one.body.positionM, other.body.positionM) > swapWithinM) continue
        if (this.#random.next() >= swapsPerMinute * minutes) continue
        const [a, b] = [this.#track(one), this.#track(other)]
        ;[a.id, b.id] = [b.id, a.id]
      }
    }
  }
}
