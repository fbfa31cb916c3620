/** How well a detection fits a person whom the tracker follows. */
import type { Detection } from '../detection.ts'
import { assign } from './assignment.ts'
import { type Marks, marksOf } from './body-marks.ts'
import type { CameraView } from './camera-view.ts'
import type { Expectation, PersonTrack } from './person-track.ts'

/** A person whose body may be in the frame, and how. */
export interface Look {
  track: PersonTrack
  expected: Expectation
}

/** More than this and a box is somebody else's; weak boxes must fit better (as in ByteTrack's second pass). */
const gate = 22
const weakGate = 14
/** At this cosine two appearances are as likely the same person's as not (measured with person-reid-retail-0287). */
const evenCosine = 0.6
const appearanceWeight = 15
const mostAppearance = 6

export interface Matches {
  pairs: { look: Look; detection: Detection }[]
  /** Strong detections of nobody known. */
  strangers: Detection[]
  /** Who should have been seen. */
  unseen: Look[]
}

/**
 * Strong detections first, then the weak ones for who is left: somebody half hidden scores low, and is known to be
 * there. What nobody known has claimed is for tracks that are yet to be believed. (ByteTrack, Zhang et al. 2022, over
 * expected outlines instead of earlier boxes.)
 */
export function match(
  view: CameraView,
  looks: readonly Look[],
  detections: readonly Detection[],
  strongScore: number,
): Matches {
  const { true: known = [], false: doubtful = [] } = Object.groupBy(looks, ({ track }) => `${track.confirmed}`)
  const { true: strong = [], false: weak = [] } = Object.groupBy(detections, ({ score }) => `${score >= strongScore}`)
  const first = pairUp(view, known, strong, gate)
  const second = pairUp(view, first.unseen, weak, weakGate)
  const third = pairUp(view, doubtful, first.strangers, gate)
  return {
    pairs: [...first.pairs, ...second.pairs, ...third.pairs],
    strangers: third.strangers,
    unseen: [...second.unseen, ...third.unseen],
  }
}

function pairUp(view: CameraView, looks: readonly Look[], detections: readonly Detection[], limit: number): Matches {
  if (looks.length === 0 || detections.length === 0)
    return { pairs: [], strangers: [...detections], unseen: [...looks] }
  const marks = detections.map((detection) => marksOf(detection, view))
  const costs = looks.map((look) => detections.map((detection, i) => costOf(look, marks[i] ?? null, detection)))
  const columns = assign(costs, limit)
  const taken = new Set(columns)
  return {
    pairs: columns.flatMap((column, row) =>
      column === null ? [] : [{ look: looks[row] as Look, detection: detections[column] as Detection }],
    ),
    strangers: detections.filter((_, column) => !taken.has(column)),
    unseen: looks.filter((_, row) => columns[row] === null),
  }
}

function costOf({ track, expected }: Look, found: Marks | null, { appearance }: Detection): number {
  if (!found) return Number.POSITIVE_INFINITY
  const { values, noises, tolerances } = expected.marks
  let cost = 0
  for (const [i, value] of found.entries()) {
    if (Number.isNaN(value)) continue
    const [off, variance] = [value - (values[i] as number), expected.variances[i] as number]
    const tolerance = tolerances[i] as number
    // What lies so many variances off counts half as much as it otherwise would: hidden edges are common.
    cost += tolerance * Math.log1p((off * off) / variance / tolerance)
    // Whose place is uncertain fits everything a little, and must not win for that.
    cost += Math.log(variance / (noises[i] as number))
  }
  return cost + appearanceCost(track.appearance, appearance)
}

/** Negative: speaks for the same person. */
export function appearanceCost(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) return 0
  const cost = (evenCosine - cosine(a, b)) * appearanceWeight
  return Math.max(-mostAppearance, Math.min(mostAppearance, cost))
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += (a[i] as number) * (b[i] ?? 0)
    aa += (a[i] as number) ** 2
    bb += (b[i] ?? 0) ** 2
  }
  return dot / (Math.sqrt(aa * bb) || 1)
}
