/**
 * Follows people in one camera's picture alone, with no calibration: ByteTrack (Zhang et al. 2022). The floor tracker
 * does without; this is for a camera that hangs nobody knows where, and for clips.
 */
import { intersectionOverUnion } from '../box-overlap.ts'
import type { BoxPx, DetectedFrame, Detection } from '../detection.ts'
import { assign } from './assignment.ts'
import { BoxFilter } from './box-filter.ts'
import { cosine } from './matching.ts'

export interface PictureTrack {
  id: number
  boxPx: BoxPx
  score: number
}

/** ByteTrack's own: what begins a track, what continues one, how long a lost one is kept, how much boxes overlap. */
const strongScore = 0.5
const beginScore = 0.6
const weakScore = 0.1
const keptMs = 1000
const leastOverlap = 0.2
const leastWeakOverlap = 0.5
const leastNewOverlap = 0.3
/** Measured with person-reid-retail-0287 on one camera: 0.6 divides same persons from others. */
const sameCosine = 0.6
const confirmHits = 2

interface Track {
  id: number
  filter: BoxFilter
  hits: number
  score: number
  lastSeenMs: number
  appearance: Float32Array | undefined
}

export class PictureTracker {
  #tracks: Track[] = []
  #nextId = 1
  #atMs = Number.NaN

  /** @returns those who are in this picture and were in an earlier one */
  take({ takenAtMs, detections }: DetectedFrame): PictureTrack[] {
    const seconds = Number.isNaN(this.#atMs) ? 0 : Math.max(0, takenAtMs - this.#atMs) / 1000
    this.#atMs = takenAtMs
    for (const { filter, lastSeenMs } of this.#tracks) {
      if (takenAtMs - lastSeenMs > seconds * 1000) filter.holdSize()
      filter.advance(seconds)
    }
    const people = detections.filter(({ kind, score }) => kind === 'person' && score >= weakScore)
    const strong = people.filter(({ score }) => score >= strongScore)
    const weak = people.filter(({ score }) => score < strongScore)
    const known = this.#tracks.filter(({ hits }) => hits >= confirmHits)
    const isFresh = ({ lastSeenMs }: Track) => takenAtMs - lastSeenMs <= 1000 * seconds + 1
    const first = this.#pair(known, strong, leastOverlap)
    this.#pair(first.tracks.filter(isFresh), weak, leastWeakOverlap)
    const newcomers = this.#tracks.filter(({ hits }) => hits < confirmHits)
    const rest = this.#pair(newcomers, first.detections, leastNewOverlap)
    const failed = new Set(rest.tracks)
    this.#tracks = this.#tracks.filter((track) => !failed.has(track) && takenAtMs - track.lastSeenMs <= keptMs)
    for (const detection of rest.detections) if (detection.score >= beginScore) this.#begin(detection)
    return this.#tracks
      .filter(({ hits, lastSeenMs }) => hits >= confirmHits && lastSeenMs === takenAtMs)
      .map(({ id, filter, score }) => ({ id, score, boxPx: filter.boxPx }))
  }

  #begin({ boxPx, score, appearance }: Detection): void {
    const filter = new BoxFilter(boxPx)
    this.#tracks.push({ id: this.#nextId++, filter, hits: 1, score, lastSeenMs: this.#atMs, appearance })
  }

  /** @returns who and what were left over */
  #pair(tracks: readonly Track[], detections: readonly Detection[], least: number) {
    const costs = tracks.map((track) => detections.map((detection) => 1 - similarity(track, detection)))
    const columns = assign(costs, 1 - least)
    const taken = new Set(columns)
    for (const [row, column] of columns.entries()) {
      if (column === null) continue
      const [track, detection] = [tracks[row] as Track, detections[column] as Detection]
      track.filter.see(detection.boxPx)
      track.hits++
      track.score = detection.score
      track.lastSeenMs = this.#atMs
      track.appearance = detection.appearance ?? track.appearance
    }
    return {
      tracks: tracks.filter((_, row) => columns[row] === null),
      detections: detections.filter((_, column) => !taken.has(column)),
    }
  }
}

/** How much the boxes overlap; less where the appearance speaks against it. */
function similarity({ filter, appearance }: Track, detection: Detection): number {
  const overlap = intersectionOverUnion(filter.boxPx, detection.boxPx)
  if (!appearance || !detection.appearance) return overlap
  return cosine(appearance, detection.appearance) < sameCosine ? overlap / 2 : overlap
}
