/** What a detector found in pictures, against what was to be seen in them. */
import type { HandTruth, PersonTruth } from '../../runtime/twin/render/ground-truth.ts'
import { intersectionOverUnion } from '../../runtime/vision/box-overlap.ts'
import type { CameraModel } from '../../runtime/vision/camera-model/camera-model.ts'
import type { BoxPx, Detection, PointPx } from '../../runtime/vision/detection.ts'

/** Finds of a lesser score are left to tracking, which follows people through weak ones. */
const leastScore = 0.3
/** Of the pictures that a model takes as they are: in larger ones all has so many more pixels. */
const usualWidthPx = 320
/** Whoever shows less of the head, or a hand that shows less, is neither wanted nor wrong. */
const leastVisible = 0.35
const leastPersonPx = 14
const leastHandPx = 4
const leastOverlap = 0.5
/** A find of a hand may be off by its size, or by so much. */
const handSlackPx = 6

export interface DetectionMeasures {
  pictures: number
  people: number
  personPrecision: number
  personRecall: number
  hands: number
  handPrecision: number
  handRecall: number
  /** Middle of the head, in pixels of a picture of the usual width. */
  headErrorMedianPx: number
  /** From where somebody stands to where the model's point on the floor is. */
  floorErrorMedianCm: number
  floorErrorP95Cm: number
  handErrorMedianPx: number
}

class Count {
  wanted = 0
  found = 0
  wrong = 0

  get recall(): number {
    return this.found / this.wanted
  }

  get precision(): number {
    return this.found / (this.found + this.wrong)
  }
}

export class DetectionScore {
  readonly #people = new Count()
  readonly #hands = new Count()
  readonly #headPx: number[] = []
  readonly #floorCm: number[] = []
  readonly #handPx: number[] = []
  #pictures = 0

  get pictures(): number {
    return this.#pictures
  }

  add(truth: readonly PersonTruth[], detections: readonly Detection[], camera: CameraModel): void {
    this.#pictures++
    const larger = camera.widthPx / usualWidthPx
    const found = detections.filter(({ score }) => score >= leastScore)
    const people = match(
      truth,
      found.filter(({ kind }) => kind === 'person'),
      (person, { boxPx }) => (person.boxPx ? intersectionOverUnion(person.boxPx, boxPx) : 0),
      leastOverlap,
    )
    count(this.#people, people, (person) => isWantedPerson(person, camera))
    for (const [person, detection] of people.pairs) {
      if (isWantedPerson(person, camera)) this.#addErrors(person, detection, camera)
    }
    const hands = match(
      truth.flatMap((person) => person.hands),
      found.filter(({ kind }) => kind === 'hand'),
      ({ boxPx, wristPx }, detection) => (boxPx && wristPx ? 1 / (1 + distance(boxPx, detection.boxPx) / larger) : 0),
      1 / (1 + handSlackPx),
    )
    count(this.#hands, hands, (hand) => isWantedHand(hand, larger))
    for (const [{ wristPx }, { boxPx }] of hands.pairs) {
      if (wristPx) this.#handPx.push(away(wristPx, middleOf(boxPx)) / larger)
    }
  }

  #addErrors({ head, floorM }: PersonTruth, detection: Detection, camera: CameraModel): void {
    if (head.middlePx && detection.head)
      this.#headPx.push((away(head.middlePx, detection.head.atPx) * usualWidthPx) / camera.widthPx)
    const fix = detection.floor && camera.onPlane(detection.floor.atPx, 0)
    if (fix) this.#floorCm.push(100 * Math.hypot(fix.pointM[0] - floorM[0], fix.pointM[1] - floorM[1]))
  }

  get measures(): DetectionMeasures {
    return {
      pictures: this.#pictures,
      people: this.#people.wanted,
      personPrecision: this.#people.precision,
      personRecall: this.#people.recall,
      hands: this.#hands.wanted,
      handPrecision: this.#hands.precision,
      handRecall: this.#hands.recall,
      headErrorMedianPx: quantile(this.#headPx, 0.5),
      floorErrorMedianCm: quantile(this.#floorCm, 0.5),
      floorErrorP95Cm: quantile(this.#floorCm, 0.95),
      handErrorMedianPx: quantile(this.#handPx, 0.5),
    }
  }
}

/** Whether a camera's picture shows enough of the head. */
export function isShown({ head }: PersonTruth, camera: CameraModel): boolean {
  return head.middlePx !== null && camera.isInPicture(head.middlePx) && head.visibleShare >= leastVisible
}

function isWantedPerson(person: PersonTruth, camera: CameraModel): boolean {
  const leastPx = (leastPersonPx * camera.widthPx) / usualWidthPx
  return isShown(person, camera) && person.boxPx !== null && longest(person.boxPx) >= leastPx
}

const isWantedHand = ({ boxPx, visibleShare }: HandTruth, larger: number): boolean =>
  visibleShare >= leastVisible && boxPx !== null && longest(boxPx) >= leastHandPx * larger

interface Matched<T> {
  pairs: readonly (readonly [T, Detection])[]
  missed: readonly T[]
  wrong: readonly Detection[]
}

/** The surest find takes the truth that it fits best. */
function match<T>(
  truth: readonly T[],
  found: readonly Detection[],
  likeness: (one: T, detection: Detection) => number,
  least: number,
): Matched<T> {
  const left = new Set(truth)
  const pairs: [T, Detection][] = []
  const wrong: Detection[] = []
  for (const detection of found.toSorted((a, b) => b.score - a.score)) {
    const best = [...left].toSorted((a, b) => likeness(b, detection) - likeness(a, detection))[0]
    if (best === undefined || likeness(best, detection) < least) wrong.push(detection)
    else {
      pairs.push([best, detection])
      left.delete(best)
    }
  }
  return { pairs, missed: [...left], wrong }
}

function count<T>(into: Count, { pairs, missed, wrong }: Matched<T>, isWanted: (one: T) => boolean): void {
  const found = pairs.filter(([one]) => isWanted(one)).length
  into.found += found
  into.wanted += found + missed.filter(isWanted).length
  into.wrong += wrong.length
}

/** Of the middles, beyond the size of the first box. */
const distance = (a: BoxPx, b: BoxPx): number => Math.max(0, away(middleOf(a), middleOf(b)) - longest(a))

const middleOf = ([left, top, width, height]: BoxPx): PointPx => [left + width / 2, top + height / 2]
const longest = ([, , width, height]: BoxPx): number => Math.max(width, height)
const away = (a: PointPx, b: PointPx): number => Math.hypot(a[0] - b[0], a[1] - b[1])

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
