/** The ids that a tracker gives to people: it loses some, takes one for another, and lets two change places. */
import { type Random, uniform } from '../../contract/random.ts'
import type { Shopper } from '../shoppers/shopper.ts'
import { distanceM } from '../world/geometry.ts'
import type { VisionQuality } from './vision-quality.ts'

/** Ids are remembered for so long after they were lost. */
const rememberedMs = 60_000

interface Track {
  id: string
  /** Not in the picture until then. */
  lostUntilMs: number
  hiddenSinceMs: number | null
}

export class TrackIds {
  readonly #quality: VisionQuality
  readonly #random: Random
  readonly #tracks = new Map<Shopper, Track>()
  #freeIds: { id: string; sinceMs: number }[] = []
  #atMs = Number.NaN

  constructor(quality: VisionQuality, random: Random) {
    this.#quality = quality
    this.#random = random
  }

  /** To be called once a frame. `visible`: whose head a camera sees. @returns the id of everybody in the picture */
  frame(everybody: readonly Shopper[], visible: (shopper: Shopper) => boolean, atMs: number): Map<Shopper, string> {
    const minutes = Number.isNaN(this.#atMs) ? 0 : Math.max(0, atMs - this.#atMs) / 60_000
    this.#atMs = atMs
    this.#forget(everybody, atMs)
    const seen = everybody.filter((shopper) => this.#isFollowed(shopper, visible(shopper), minutes, atMs))
    this.#mixUp(seen, minutes)
    return new Map(seen.map((shopper) => [shopper, this.#track(shopper).id]))
  }

  #track(shopper: Shopper): Track {
    const known = this.#tracks.get(shopper)
    if (known) return known
    const track: Track = {
      id: shopper.trackIds[0] as string,
      lostUntilMs: Number.NEGATIVE_INFINITY,
      hiddenSinceMs: null,
    }
    this.#tracks.set(shopper, track)
    return track
  }

  #forget(everybody: readonly Shopper[], atMs: number): void {
    for (const [shopper, { id }] of this.#tracks) {
      if (everybody.includes(shopper)) continue
      this.#tracks.delete(shopper)
      this.#freeIds.push({ id, sinceMs: atMs })
    }
    this.#freeIds = this.#freeIds.filter(({ sinceMs }) => atMs - sinceMs < rememberedMs)
  }

  /** Brings one person's track up to this frame. @returns whether it is in the picture */
  #isFollowed(shopper: Shopper, isVisible: boolean, minutes: number, atMs: number): boolean {
    const track = this.#track(shopper)
    const { idChangesPerMinute, lostForMs, forgetsAfterMs } = this.#quality
    if (!isVisible) {
      track.hiddenSinceMs ??= atMs
      return false
    }
    const isForgotten = track.hiddenSinceMs !== null && atMs - track.hiddenSinceMs > forgetsAfterMs
    track.hiddenSinceMs = null
    if (isForgotten) this.#rename(shopper, track, atMs)
    if (atMs < track.lostUntilMs) return false
    if (idChangesPerMinute > 0 && this.#random.next() < idChangesPerMinute * minutes) {
      this.#rename(shopper, track, atMs)
      track.lostUntilMs = atMs + uniform(this.#random, ...lostForMs)
    }
    return atMs >= track.lostUntilMs
  }

  #rename(shopper: Shopper, track: Track, atMs: number): void {
    const { wrongIdLikelihood } = this.#quality
    const isWrong = wrongIdLikelihood > 0 && this.#random.next() < wrongIdLikelihood
    const other = isWrong ? this.#freeIds.pop() : undefined
    this.#freeIds.push({ id: track.id, sinceMs: atMs })
    if (other) {
      // The truth goes on calling the first who had this id by it.
      track.id = other.id
    } else {
      track.id = `${shopper.trackIds[0]}-${shopper.trackIds.length + 1}`
      shopper.retracked(track.id)
    }
  }

  /** Two who stand close together may change ids. */
  #mixUp(seen: readonly Shopper[], minutes: number): void {
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
