/**
 * Finds the two tracks that one person has got, from cameras that place them differently: they stay near each other,
 * and whenever a camera should show both, it finds but one. Of two persons some camera finds both at once. Each frame
 * adds to the logarithm of the odds that they are two, in the way of Wald's sequential test.
 */
import { distanceM } from '../../people/geometry.ts'
import type { Look } from './matching.ts'
import type { PersonTrack } from './person-track.ts'

/** Two cameras that know their own poses badly do not place one person farther apart, and hardly where each has two. */
const nearM = 0.8
const nearOfManyM = 0.4
/** Bodies are never so near. */
const sameM = 0.3
const bothOdds = 3
/** One of two is missed in half of the frames (log 0.6); the next frame says nearly the same again. */
const oneOdds = -0.5
const mostOdds = 6
/** In one camera one may stand behind the other for long: no camera alone decides. */
const leastOfCamera = -2.5
const oneOfThem = -4
/** Of whom less is to be seen it says nothing that a camera does not find them. */
const leastVisible = 0.4
/** Heads that are nearer in the picture than so many of their radii are found as one. */
const apartRadii = 1.2

interface Suspicion {
  /** Of their being two. */
  odds: number
  ofCamera: Map<string, number>
  /** In how many of the frames each of the two was found. */
  found: Map<PersonTrack, number>
}

export class TwinTracks {
  readonly #suspicions = new Map<PersonTrack, Map<PersonTrack, Suspicion>>()

  /**
   * @param shown whoever should be in this camera's picture, the oldest first
   * @returns a track that is the twin of another, and is to go
   */
  find(camera: string, shown: readonly Look[], found: ReadonlySet<PersonTrack>): PersonTrack | undefined {
    for (const [i, younger] of shown.entries()) {
      for (let j = 0; j < i; j++) {
        const older = shown[j] as Look
        const suspicion = this.#suspect(camera, older, younger, found)
        if (!suspicion) continue
        const gone = isBetter(older.track, younger.track, suspicion) ? younger.track : older.track
        this.forget(gone)
        return gone
      }
    }
    return undefined
  }

  forget(track: PersonTrack): void {
    this.#suspicions.delete(track)
    for (const others of this.#suspicions.values()) others.delete(track)
  }

  /** @returns the suspicion when it has become a certainty */
  #suspect(camera: string, a: Look, b: Look, found: ReadonlySet<PersonTrack>): Suspicion | undefined {
    const [older, younger] = [a.track, b.track]
    const awayM = distanceM(older.positionM, younger.positionM)
    const isOfMany = older.exists.believers > 1 && younger.exists.believers > 1
    if (awayM > (isOfMany ? nearOfManyM : nearM)) {
      this.#suspicions.get(younger)?.delete(older)
      return undefined
    }
    const [isOlder, isYounger] = [found.has(older), found.has(younger)]
    if ((!isOlder && !isYounger) || Math.min(a.expected.visible, b.expected.visible) < leastVisible) return undefined
    if (hideEachOther(a, b)) return undefined
    const suspicion = this.#between(older, younger)
    for (const track of [older, younger]) {
      if (found.has(track)) suspicion.found.set(track, (suspicion.found.get(track) ?? 0) + 1)
    }
    const before = suspicion.ofCamera.get(camera) ?? 0
    const says = isOlder && isYounger && awayM > sameM ? bothOdds : oneOdds
    const now = Math.min(mostOdds, Math.max(leastOfCamera, before + says))
    suspicion.ofCamera.set(camera, now)
    suspicion.odds = Math.min(mostOdds, suspicion.odds + now - before)
    // One of two who is hidden behind the other is found by no camera at all.
    return suspicion.odds <= oneOfThem && suspicion.found.size === 2 ? suspicion : undefined
  }

  #between(older: PersonTrack, younger: PersonTrack): Suspicion {
    const others = this.#suspicions.get(younger) ?? new Map<PersonTrack, Suspicion>()
    this.#suspicions.set(younger, others)
    const suspicion = others.get(older) ?? { odds: 0, ofCamera: new Map(), found: new Map() }
    others.set(older, suspicion)
    return suspicion
  }
}

/** Whether a detector cannot tell the two apart in this picture. */
function hideEachOther({ expected: a }: Look, { expected: b }: Look): boolean {
  if (a.marks.kind === 'edges') return false
  const [u, v] = [a.marks.values, b.marks.values]
  const radiusPx = (a.needs[2] - a.needs[0]) / 2
  return Math.hypot(u[0] - v[0], u[1] - v[1]) < radiusPx * apartRadii
}

/** Somebody known, or else whom more of the cameras meant: a track that was left behind is found now and then. */
function isBetter(a: PersonTrack, b: PersonTrack, { found }: Suspicion): boolean {
  if (a.confirmed !== b.confirmed) return a.confirmed
  return (found.get(a) ?? 0) >= (found.get(b) ?? 0)
}
