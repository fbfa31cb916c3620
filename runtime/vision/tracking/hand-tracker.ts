/** Two hands for everybody on the floor, from hand boxes, or from the wrists of a pose model. */
import type { Point3DM } from '../../profile/layout.ts'
import type { CameraModel } from '../camera-model/camera-model.ts'
import type { Detection, PointPx } from '../detection.ts'
import { assign } from './assignment.ts'
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
}

const leastScore = 0.2
/** 99.9 % of what fits is nearer, in two dimensions. */
const gate = 13.8
const mostCost = 2 * gate
/** Hands are seldom farther from the body than twice this. */
const usualAwayM = 0.3
/** A hand whose place is as good as unknown fits everything a little, and must not win for that. */
const widthWeight = 1

export class HandTracker {
  readonly #hands = new Map<PersonTrack, readonly [HandTrack, HandTrack]>()

  /** @param people who may be in the frame's picture */
  take(camera: CameraModel, people: readonly PersonTrack[], detections: readonly Detection[], atMs: number): void {
    const sights = sightsIn(detections)
    const candidates = people.flatMap((person) => {
      const hands = this.#handsOf(person, atMs)
      return hands.flatMap((hand): Candidate[] => {
        hand.advanceTo(atMs, person)
        const look = sights.length > 0 ? hand.expectIn(camera) : null
        return look && camera.isInPicture(look.expectedPx)
          ? [{ hand, look, strain: (hand.awayM(person) / usualAwayM) ** 2 }]
          : []
      })
    })
    if (sights.length === 0 || candidates.length === 0) return
    const costs = sights.map(({ atPx }) => candidates.map(({ look, strain }) => ({ ...handCost(look, atPx), strain })))
    const narrowest = Math.min(...costs.flat().map(({ width }) => width))
    const widest = Math.max(...costs.flat().map(({ width }) => width))
    const summed = costs.map((row) =>
      row.map(({ distance, width, strain }) =>
        distance < gate ? distance + strain + widthWeight * (width - narrowest) : Number.POSITIVE_INFINITY,
      ),
    )
    for (const [i, column] of assign(summed, mostCost + widthWeight * (widest - narrowest)).entries()) {
      if (column === null) continue
      const { hand, look } = candidates[column] as Candidate
      const { atPx, score } = sights[i] as Sight
      hand.see(look, atPx, score, atMs)
    }
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

function sightsIn(detections: readonly Detection[]): Sight[] {
  return detections.flatMap(({ kind, score, boxPx: [left, top, width, height], wrists = [] }): Sight[] => {
    if (kind === 'hand' && score >= leastScore) return [{ atPx: [left + width / 2, top + height / 2], score }]
    return kind === 'person' ? wrists.filter((wrist) => wrist.score >= leastScore) : []
  })
}
