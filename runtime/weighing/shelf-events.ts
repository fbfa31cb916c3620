/**
 * One shelf's weight events: steps of neighbouring plates that end together are one item's, and small ones
 * beside a large one are what the shelf's board passed on. Whatever is told may be revised while it is recent.
 */
import { envelope, type WeightEvent } from '../contract/messages.ts'
import type { Plate } from '../profile/layout.ts'
import { eventCurve, type WeightCurve } from './event-curve.ts'
import { Grouping, type Share, sameActMs, totalOf } from './grouping.ts'
import type { WeighingParameters } from './parameters.ts'
import { HealthWatch } from './plate-health.ts'
import type { PlateStep } from './plate-step.ts'
import { PlateSteps, type Surroundings } from './plate-steps.ts'
import { courseDifference } from './steadiness.ts'
import { longestHoldMs } from './step-history.ts'

/** Plates that bear one item come to rest within this time of one another, nearly always. */
const sharedMs = 200

/** What was told of a group of steps. */
interface Told {
  eventId: string
  steps: PlateStep[]
  message: WeightEvent
}

export interface ShelfPlate {
  place: Plate
  steps: PlateSteps
  health: HealthWatch
}

export class ShelfEvents implements Surroundings {
  /** Something changed since the last {@link tell}. */
  changed = false
  readonly #storeId: string
  readonly plates: readonly ShelfPlate[]
  #steps: PlateStep[] = []
  #told: Told[] = []
  #agitation: number | null = null
  readonly #swings: Float64Array
  readonly #grouping: Grouping
  /** How often an id was given, by the id; forgotten when its time is long past. */
  readonly #idUses = new Map<string, number>()

  /** `places` from left to right; a step's `plate` is an index into them. */
  constructor(storeId: string, places: readonly Plate[], parameters: WeighingParameters) {
    this.#storeId = storeId
    this.plates = places.map((place, i) => ({
      place,
      steps: new PlateSteps(i, parameters, this, (step) => this.#note(step)),
      health: new HealthWatch(parameters, place.ratingG),
    }))
    this.#swings = new Float64Array(places.length)
    this.#grouping = new Grouping(parameters)
  }

  /** Samples are about to come. */
  beginBatch(): void {
    this.#agitation = null
  }

  /** Computed once for each batch: it changes no faster. */
  agitation(): number {
    this.#agitation ??= this.#medianOfSwings()
    return this.#agitation
  }

  /** Of the plates at rest, against what is usual; without arrays of its own, for it is asked for in every batch. */
  #medianOfSwings(): number {
    const sorted = this.#swings
    let count = 0
    for (let plate = 0; plate < this.plates.length; plate++) {
      const { state, noise } = (this.plates[plate] as ShelfPlate).steps
      if (state !== 'rest') continue
      const swing = noise.swingG / noise.usualSwingG
      let at = count++
      for (; at > 0 && (sorted[at - 1] as number) > swing; at--) sorted[at] = sorted[at - 1] as number
      sorted[at] = swing
    }
    return count === 0 ? 1 : (sorted[count >> 1] as number)
  }

  foremost(plate: number): PlateSteps {
    const own = this.plates[plate]?.steps as PlateSteps
    let foremost = own
    for (const direction of [-1, 1]) {
      for (let i = plate + direction; ; i += direction) {
        const other = this.plates[i]?.steps
        if (!other || !isSameAct(own, other)) break
        if (Math.abs(other.excursionG) > Math.abs(foremost.excursionG)) foremost = other
      }
    }
    return foremost
  }

  #note(step: PlateStep): void {
    this.changed = true
    if (step.state === 'closed' && !step.unseen) this.#noteShared(step)
    if (!this.#steps.includes(step)) this.#steps.push(step)
  }

  /** A plate and its neighbour that bore one item went the same way, unless one of them is wired the wrong way round. */
  #noteShared(step: PlateStep): void {
    for (const other of this.#steps) {
      const isPartner =
        other.state === 'closed' &&
        this.#adjoin(step.plate, other.plate) &&
        Math.abs(step.settledAtMs - other.settledAtMs) < sharedMs &&
        Math.abs(other.deltaG) > 0.2 * Math.abs(step.deltaG) &&
        Math.abs(step.deltaG) > 0.2 * Math.abs(other.deltaG)
      if (!isPartner || isShifted(step, other)) continue
      const sameWay = Math.sign(step.deltaG) === Math.sign(other.deltaG)
      for (const { plate } of [step, other]) this.plates[plate]?.health.noteShared(sameWay)
    }
  }

  /** New and revised events, now that the plates are known until `nowMs`. */
  tell(nowMs: number, receivedAtMs: number): WeightEvent[] {
    const out: WeightEvent[] = []
    const groups = this.#groups()
    const before = this.#told
    this.#told = []
    for (const group of groups) {
      const steps = group.map(({ step }) => step)
      const told = steps
        .map((step) => before.find((one) => one.steps.includes(step) && !this.#told.includes(one)))
        .find((one) => one !== undefined)
      const fields = this.#describe(group)
      if (!told) {
        const message = { ...fields, eventId: this.#newId(steps), revision: 0 }
        const event = this.#withCurve(this.#message(message, receivedAtMs), steps)
        this.#told.push({ eventId: event.eventId, steps, message: event })
        out.push(event)
        continue
      }
      told.steps = steps
      this.#told.push(told)
      if (!differs(told.message, fields)) continue
      const { eventId, revision, evidence } = told.message
      const revised = this.#message({ ...fields, eventId, revision: revision + 1 }, receivedAtMs)
      told.message = this.#withCurve(revised, steps, evidence.curve)
      out.push(told.message)
    }
    for (const told of before) {
      if (this.#told.includes(told)) continue
      if (told.message.kind !== 'withdrawn') {
        told.message = this.#message({ ...withdrawn(told.message), revision: told.message.revision + 1 }, receivedAtMs)
        out.push(told.message)
      }
      this.#told.push(told)
    }
    this.#forget(nowMs)
    this.changed = this.#steps.some((step) => step.state !== 'closed')
    return out
  }

  #groups(): Share[][] {
    const seen = this.#steps.filter((step) => step.state !== 'none')
    const moving = this.plates.flatMap(({ steps }, plate) =>
      steps.state === 'moving' && steps.step
        ? [{ plate, startedAtMs: steps.step.startedAtMs, excursionG: steps.excursionG }]
        : [],
    )
    return this.#grouping.group(seen, { adjoin: this.#adjoin, distance: this.#distance, apart: this.#apart, moving })
  }

  readonly #adjoin = (a: number, b: number): boolean => {
    const between = this.plates.slice(Math.min(a, b) + 1, Math.max(a, b))
    return (
      a !== b && between.every(({ steps }) => steps.state === 'unknown') && this.#distance(a, b) <= between.length + 1
    )
  }

  readonly #distance = (a: number, b: number): number =>
    Math.abs((this.plates[a]?.place.index ?? 0) - (this.plates[b]?.place.index ?? 0))

  readonly #apart = (a: PlateStep, b: PlateStep): number => {
    const [one, other] = [a, b].map(({ plate }) => (this.plates[plate] as ShelfPlate).steps)
    return courseDifference(a, (one as PlateSteps).bins, b, (other as PlateSteps).bins)
  }

  #describe(group: readonly Share[]) {
    const shares = group.toSorted((a, b) => a.step.plate - b.step.plate)
    const steps = shares.map(({ step }) => step)
    const deltaG = rounded(totalOf(shares))
    const startedAtMs = Math.min(...steps.map((step) => step.startedAtMs))
    const settledAtMs = Math.max(startedAtMs, ...steps.map((step) => step.settledAtMs))
    return {
      fixture: this.plates[0]?.place.fixture ?? '',
      plates: this.#plateDeltas(shares),
      startedAtMs,
      settledAtMs,
      deltaG,
      sigmaG: rounded(Math.hypot(...shares.map(({ sigmaG }) => sigmaG))),
      kind: steps.some((step) => step.unseen)
        ? ('gap' as const)
        : deltaG < 0
          ? ('removed' as const)
          : ('added' as const),
      evidence: {
        noiseG: rounded(Math.hypot(...steps.map((step) => step.noiseG))),
        swingG: rounded(this.#swingBeside(steps)),
        samples: steps.reduce((sum, step) => sum + step.samples, 0),
      },
    }
  }

  /** A plate that went down in two steps counts once. */
  #plateDeltas(shares: readonly Share[]) {
    const deltas = new Map<number, number>()
    for (const { step, deltaG } of shares) deltas.set(step.plate, (deltas.get(step.plate) ?? 0) + deltaG)
    return [...deltas].map(([plate, deltaG]) => ({ plate: this.#plateId(plate), deltaG: rounded(deltaG) }))
  }

  /** Peak to peak, from the standard deviation of a sine. */
  #swingBeside(steps: readonly PlateStep[]): number {
    const others = this.plates.filter((_plate, i) => !steps.some((step) => step.plate === i))
    return Math.max(0, ...others.map((plate) => plate.steps.noise.swingG)) * 2 * Math.SQRT2
  }

  /** Ids are never used twice, also after what they named was withdrawn: a receiver would take the new for the old. */
  #newId(group: readonly PlateStep[]): string {
    const first = group.reduce((a, b) => (b.startedAtMs < a.startedAtMs ? b : a))
    const id = `${this.#plateId(first.plate)}-${Math.round(first.startedAtMs)}`
    const uses = (this.#idUses.get(id) ?? 0) + 1
    this.#idUses.set(id, uses)
    const unseen = group.some((step) => step.unseen) ? '-gap' : ''
    return uses === 1 ? `${id}${unseen}` : `${id}${unseen}.${uses}`
  }

  #plateId(plate: number): string {
    return this.plates[plate]?.place.id ?? ''
  }

  #message(fields: Omit<WeightEvent, 'type' | keyof ReturnType<typeof envelope>>, receivedAtMs: number): WeightEvent {
    // Weighing numbers what its shelves tell.
    return { type: 'weight-event', ...envelope(this.#storeId, 0, receivedAtMs, fields.settledAtMs), ...fields }
  }

  /** Only what is told is drawn: most looks at a group change nothing. @param known as it was told before */
  #withCurve(event: WeightEvent, steps: readonly PlateStep[], known?: WeightCurve): WeightEvent {
    const first = new Map<number, PlateStep>()
    for (const step of steps) {
      const other = first.get(step.plate)
      if (!other || step.startedAtMs < other.startedAtMs) first.set(step.plate, step)
    }
    const parts = [...first.values()].map(({ plate, beforeG }) => {
      return { bins: (this.plates[plate] as ShelfPlate).steps.bins, beforeG }
    })
    const curve = (event.kind === 'gap' ? undefined : eventCurve(parts, event)) ?? known
    return curve ? { ...event, evidence: { ...event.evidence, curve } } : event
  }

  #forget(nowMs: number): void {
    // What was explained away goes before what explains it: alone it would pass for an item.
    const isOld = (step: PlateStep, keptMs = longestHoldMs) =>
      step.state === 'none' || (step.state === 'closed' && !(step.settledAtMs > nowMs - keptMs))
    this.#told = this.#told.filter((told) => !told.steps.every((step) => isOld(step)))
    const kept = new Set(this.#told.flatMap((told) => told.steps))
    this.#steps = this.#steps.filter((step) => kept.has(step) || !isOld(step, longestHoldMs - 2 * sameActMs))
    for (const id of this.#idUses.keys()) {
      if (Number(id.slice(id.lastIndexOf('-') + 1)) < nowMs - 2 * longestHoldMs) this.#idUses.delete(id)
    }
  }
}

/** An item pushed from one plate to the next. */
const isShifted = (a: PlateStep, b: PlateStep) => Math.abs(a.deltaG + b.deltaG) < 0.1 * Math.abs(a.deltaG - b.deltaG)

function isSameAct(own: PlateSteps, other: PlateSteps): boolean {
  if (!own.step || !other.step) return false
  return (
    Math.sign(own.excursionG) === Math.sign(other.excursionG) &&
    Math.abs(own.step.startedAtMs - other.step.startedAtMs) <= sameActMs
  )
}

const rounded = (grams: number) => Math.round(grams * 10) / 10

/** The same event with no change of weight. */
function withdrawn(message: WeightEvent): WeightEvent {
  return { ...message, kind: 'withdrawn', deltaG: 0, plates: message.plates.map(({ plate }) => ({ plate, deltaG: 0 })) }
}

/** Whether a revision is worth telling. */
function differs(told: WeightEvent, now: Pick<WeightEvent, 'kind' | 'deltaG' | 'settledAtMs' | 'plates'>): boolean {
  return (
    told.kind !== now.kind ||
    Math.abs(told.deltaG - now.deltaG) > Math.max(0.5, 0.003 * Math.abs(now.deltaG)) ||
    Math.abs(told.settledAtMs - now.settledAtMs) > 100 ||
    told.plates.map(({ plate }) => plate).join() !== now.plates.map(({ plate }) => plate).join()
  )
}
