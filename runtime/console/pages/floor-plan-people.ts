/** The shoppers on the floor plan: they glide from where they were drawn to where they were last seen. */
import { type DrawingPoint, type FloorFrame, rounded } from './floor-plan-geometry.ts'
import type { PersonView } from './live-view.ts'
import { shopperColor, shortVisitName } from './shopper-color.ts'
import { svg } from './svg.ts'

const headRadius = 15
const handRadius = 5
/** Positions come about five times a second; a pause longer than that is not stretched out. */
const longestGlideMs = 400
const fadeMs = 400

/** Head and hands; a hand that no camera sees rests at the head. */
type Pose = DrawingPoint[]

interface DrawnPerson {
  root: SVGGElement
  parts: { head: SVGGElement; label: SVGTextElement; arms: SVGLineElement[]; hands: SVGCircleElement[] }
  from: Pose
  to: Pose
}

export class FloorPlanPeople {
  readonly layer = svg('g', { class: 'people' })
  readonly #frame: FloorFrame
  readonly #drawn = new Map<string, DrawnPerson>()
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)')
  #startedMs = 0
  #glideMs = 0
  #frameRequest = 0

  constructor(frame: FloorFrame) {
    this.#frame = frame
  }

  show(people: readonly PersonView[]): void {
    const nowMs = performance.now()
    for (const person of this.#drawn.values()) person.from = poseAt(person, this.#progress(nowMs))
    this.#glideMs = this.#still.matches ? 0 : Math.min(longestGlideMs, nowMs - this.#startedMs)
    this.#startedMs = nowMs
    this.#remove(new Set(people.map(({ trackId }) => trackId)))
    for (const person of people) this.#showPerson(person)
    cancelAnimationFrame(this.#frameRequest)
    this.#glide()
  }

  #showPerson({ trackId, headM, handsM, visitId }: PersonView): void {
    const head = this.#frame.point(headM)
    const to = [head, ...[0, 1].map((i) => (handsM[i] ? this.#frame.point(handsM[i]) : head))]
    const person = this.#drawn.get(trackId) ?? this.#add(trackId, to)
    person.to = to
    person.root.style.setProperty('--shopper', shopperColor(visitId))
    person.root.classList.toggle('unbound', visitId === null)
    person.parts.label.textContent = visitId === null ? '?' : shortVisitName(visitId)
  }

  #add(trackId: string, pose: Pose): DrawnPerson {
    const arms = [svg('line', { class: 'arm' }), svg('line', { class: 'arm' })]
    const hands = [svg('circle', { class: 'hand', r: handRadius }), svg('circle', { class: 'hand', r: handRadius })]
    const label = svg('text', { class: 'person-label', 'text-anchor': 'middle', dy: '0.35em' })
    const head = svg(
      'g',
      {},
      svg('circle', { class: 'halo', r: headRadius * 1.7 }),
      svg('circle', { class: 'head', r: headRadius }),
      label,
    )
    const root = svg('g', { class: 'person' }, ...arms, ...hands, head)
    this.layer.append(root)
    const person = { root, parts: { head, label, arms, hands }, from: pose, to: pose }
    this.#drawn.set(trackId, person)
    return person
  }

  #remove(seen: ReadonlySet<string>): void {
    for (const [trackId, { root }] of this.#drawn) {
      if (seen.has(trackId)) continue
      this.#drawn.delete(trackId)
      root.classList.add('gone')
      setTimeout(() => root.remove(), fadeMs)
    }
  }

  readonly #glide = (): void => {
    const progress = this.#progress(performance.now())
    for (const person of this.#drawn.values()) draw(person, poseAt(person, progress))
    if (progress < 1) this.#frameRequest = requestAnimationFrame(this.#glide)
  }

  #progress(nowMs: number): number {
    return this.#glideMs === 0 ? 1 : Math.min(1, (nowMs - this.#startedMs) / this.#glideMs)
  }
}

function poseAt({ from, to }: DrawnPerson, progress: number): Pose {
  return to.map(([x, y], i) => {
    const [fromX, fromY] = from[i] ?? [x, y]
    return [fromX + (x - fromX) * progress, fromY + (y - fromY) * progress]
  })
}

function draw({ parts }: DrawnPerson, [head = [0, 0], ...hands]: Pose): void {
  const [x, y] = head.map(rounded)
  parts.head.setAttribute('transform', `translate(${x} ${y})`)
  hands.forEach((hand, i) => {
    const [handX, handY] = hand.map(rounded)
    for (const [name, value] of Object.entries({ x1: x, y1: y, x2: handX, y2: handY })) {
      parts.arms[i]?.setAttribute(name, String(value))
    }
    parts.hands[i]?.setAttribute('cx', String(handX))
    parts.hands[i]?.setAttribute('cy', String(handY))
  })
}
