/**
 * Finds the two tracks that one person has got, from cameras that place them differently: they stay near each other,
 * and whenever a camera should show both, it finds but one. Of two persons some camera finds both at once.
 */
import type { PersonTrack } from './person-track.ts'

/** Two cameras that know their own poses badly do not place one person farther apart. */
const nearM = 1
/** Bodies are never so near. */
const sameM = 0.3
const enoughFrames = 12
const enoughCameras = 2

interface Suspicion {
  frames: number
  cameras: Set<string>
  /** In how many of the frames each of the two was found. */
  found: Map<PersonTrack, number>
}

export class TwinTracks {
  readonly #suspicions = new Map<PersonTrack, Map<PersonTrack, Suspicion>>()

  /**
   * @param shown whoever should be in this camera's picture, the oldest first
   * @returns a track that is the twin of another, and is to go
   */
  find(camera: string, shown: readonly PersonTrack[], found: ReadonlySet<PersonTrack>): PersonTrack | undefined {
    for (const [i, younger] of shown.entries()) {
      for (let j = 0; j < i; j++) {
        const older = shown[j] as PersonTrack
        const suspicion = this.#suspect(camera, older, younger, found)
        if (!suspicion) continue
        const gone = isBetter(older, younger, suspicion) ? younger : older
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
  #suspect(
    camera: string,
    older: PersonTrack,
    younger: PersonTrack,
    found: ReadonlySet<PersonTrack>,
  ): Suspicion | undefined {
    const [a, b] = [older.positionM, younger.positionM]
    const distanceM = Math.hypot(a[0] - b[0], a[1] - b[1])
    const isBothFound = found.has(older) && found.has(younger)
    if (distanceM > nearM || (isBothFound && distanceM > sameM)) {
      this.#suspicions.get(younger)?.delete(older)
      return undefined
    }
    if (!found.has(older) && !found.has(younger)) return undefined
    const suspicion = this.#between(older, younger)
    suspicion.frames++
    suspicion.cameras.add(camera)
    for (const track of [older, younger]) {
      if (found.has(track)) suspicion.found.set(track, (suspicion.found.get(track) ?? 0) + 1)
    }
    // One of two who is hidden behind the other is found by no camera at all.
    const isCertain =
      suspicion.frames >= enoughFrames && suspicion.cameras.size >= enoughCameras && suspicion.found.size === 2
    return isCertain ? suspicion : undefined
  }

  #between(older: PersonTrack, younger: PersonTrack): Suspicion {
    const others = this.#suspicions.get(younger) ?? new Map<PersonTrack, Suspicion>()
    this.#suspicions.set(younger, others)
    const suspicion = others.get(older) ?? { frames: 0, cameras: new Set(), found: new Map() }
    others.set(older, suspicion)
    return suspicion
  }
}

/** Somebody known, or else whom more of the cameras meant: a track that was left behind is found now and then. */
function isBetter(a: PersonTrack, b: PersonTrack, { found }: Suspicion): boolean {
  if (a.confirmed !== b.confirmed) return a.confirmed
  return (found.get(a) ?? 0) >= (found.get(b) ?? 0)
}
