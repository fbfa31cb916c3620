/** Two hands for everybody on the floor, from hand boxes, or from the wrists of a pose model. */
import type { Point3DM } from '../../profile/layout.ts'
import type { Detection, PointPx } from '../detection.ts'
import { assign } from './assignment.ts'
import type { CameraView } from './camera-view.ts'
import { type HandLook, HandTrack, handCost } from './hand-track.ts'
import type { PersonTrack } from './person-track.ts'

export interface SeenHand {
  positionM: Point3DM
  /** Standard deviation over all three axes together. */
  sigmaM: number
}

interface Sight {
  atPx: PointPx
  score: number
}

interface Candidate {
  hand: HandTrack
  look: HandLook
  /** What it costs to believe in a hand so far from its body. */
  strain: number
  isKnown: boolean
}

/** Weaker finds are mostly something else, but for a hand that is known to be there. */
const strongScore = 0.5
const weakScore = 0.35
/** 99.9 % of what fits is nearer, in two dimensions; of what a weak find must fit, 95 %. */
const gate = 13.8
const weakGate = 3
const mostCost = 2 * gate
/** What is found in this place for more than so much of the time is no hand. */
const mostBackground = 0.5
/** Hands are seldom farther from the body than twice this. */
const usualAwayM = 0.3
/** A hand whose place is as good as unknown fits everything a little, and must not win for that. */
const widthWeight = 1

export class HandTracker {
  readonly #hands = new Map<PersonTrack, readonly [HandTrack, HandTrack]>()

  /** @param people who may be in the frame's picture */
  take(view: CameraView, people: readonly PersonTrack[], detections: readonly Detection[], atMs: number): void {
    const { model } = view
    const found = sightsIn(detections)
    const isBackground = ({ atPx }: Sight) => view.stillHands.shareAt(atPx, model.widthPx) > mostBackground
    const sights = found.filter((sight) => !isBackground(sight))
    const candidates = people.flatMap((person) => {
      const hands = this.#handsOf(person, atMs)
      return hands.flatMap((hand): Candidate[] => {
        hand.advanceTo(atMs, person)
        const look = sights.length > 0 ? hand.expectIn(model) : null
        return look && model.isInPicture(look.expectedPx)
          ? [{ hand, look, strain: (hand.awayM(person) / usualAwayM) ** 2, isKnown: hand.isKnown(atMs) }]
          : []
      })
    })
    const taken = pair(sights, candidates)
    for (const [{ atPx, score }, { hand, look }] of taken) hand.see(look, atPx, score, atMs)
    // What no hand of anybody there explains may be goods that look like one.
    const nobodys = found.filter((sight) => !taken.has(sight))
    view.stillHands.learn(
      nobodys.map(({ atPx }) => atPx),
      model.widthPx,
      atMs,
    )
  }

  /** In no particular order; null is a hand that no camera saw lately. */
  handsOf(person: PersonTrack, atMs: number): (SeenHand | null)[] {
    const hands = this.#hands.get(person) ?? [null, null]
    return hands.map((hand) => (hand?.isKnown(atMs) ? { positionM: hand.positionM, sigmaM: hand.sigmaM } : null))
  }

  /** Only these are still there. */
  keep(people: ReadonlySet<PersonTrack>): void {
    for (const person of this.#hands.keys()) if (!people.has(person)) this.#hands.delete(person)
  }

  #handsOf(person: PersonTrack, atMs: number): readonly [HandTrack, HandTrack] {
    const known = this.#hands.get(person)
    if (known) return known
    const hands = [new HandTrack(person, atMs), new HandTrack(person, atMs)] as const
    this.#hands.set(person, hands)
    return hands
  }
}

function pair(sights: readonly Sight[], candidates: readonly Candidate[]): Map<Sight, Candidate> {
  if (sights.length === 0 || candidates.length === 0) return new Map()
  const costs = sights.map(({ atPx }) => candidates.map(({ look }) => handCost(look, atPx)))
  const widths = costs.flat().map(({ width }) => width)
  const [narrowest, widest] = [Math.min(...widths), Math.max(...widths)]
  const summed = costs.map((row, i) =>
    row.map(({ distance, width }, j) => {
      const { strain, isKnown } = candidates[j] as Candidate
      const isStrong = (sights[i] as Sight).score >= strongScore
      const limit = isStrong ? gate : isKnown ? weakGate : 0
      return distance < limit ? distance + strain + widthWeight * (width - narrowest) : Number.POSITIVE_INFINITY
    }),
  )
  const columns = assign(summed, mostCost + widthWeight * (widest - narrowest))
  return new Map(
    columns.flatMap((column, i) =>
      column === null ? [] : [[sights[i] as Sight, candidates[column] as Candidate] as const],
    ),
  )
}

function sightsIn(detections: readonly Detection[]): Sight[] {
  return detections.flatMap(({ kind, score, boxPx: [left, top, width, height], wrists = [] }): Sight[] => {
    if (kind === 'hand' && score >= weakScore) return [{ atPx: [left + width / 2, top + height / 2], score }]
    return kind === 'person' ? wrists.filter((wrist) => wrist.score >= weakScore) : []
  })
}
