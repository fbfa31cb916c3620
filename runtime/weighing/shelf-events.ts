/**
 * One shelf's weight events: steps of neighbouring plates that end together are one item's, and small ones
 * beside a large one are what the shelf's board passed on. Whatever is told may be revised while it is recent.
 */
import { envelope, type WeightEvent } from '../contract/messages.ts'
import type { Plate } from '../profile/layout.ts'
import type { WeighingParameters } from './parameters.ts'
import type { PlateStep, PlateSteps } from './plate-steps.ts'

/** Steps that began further apart than this are two acts, even when they end together. */
const sameActMs = 1000
/** After this long nothing that still arrives can change how steps belong together. */
const settledForGoodMs = 3000

/** What was told of a group of steps. */
interface Told {
  eventId: string
  steps: PlateStep[]
  message: WeightEvent
}

export interface ShelfPlate {
  place: Plate
  steps: PlateSteps
}

export class ShelfEvents {
  /** Something changed since the last {@link tell}. */
  changed = false
  readonly #storeId: string
  readonly #plates: readonly ShelfPlate[]
  readonly #p: WeighingParameters
  #steps: PlateStep[] = []
  #told: Told[] = []

  /** `plates` in the order of their places; a step's `plate` is an index into it. */
  constructor(storeId: string, plates: readonly ShelfPlate[], parameters: WeighingParameters) {
    this.#storeId = storeId
    this.#plates = plates
    this.#p = parameters
  }

  note(step: PlateStep): void {
    this.changed = true
    if (!this.#steps.includes(step)) this.#steps.push(step)
  }

  /** New and revised events, now that the plates are known until `nowMs`. */
  tell(nowMs: number, receivedAtMs: number): WeightEvent[] {
    const out: WeightEvent[] = []
    const groups = this.#groups()
    const before = this.#told
    this.#told = []
    for (const group of groups) {
      const told = group
        .map((step) => before.find((one) => one.steps.includes(step) && !this.#told.includes(one)))
        .find((one) => one !== undefined)
      const fields = this.#describe(group)
      if (!told) {
        const message = { ...fields, eventId: this.#newId(group, before), revision: 0 }
        const event = this.#message(message, receivedAtMs)
        this.#told.push({ eventId: event.eventId, steps: group, message: event })
        out.push(event)
        continue
      }
      told.steps = group
      this.#told.push(told)
      if (!differs(told.message, fields)) continue
      told.message = this.#message(
        { ...fields, eventId: told.eventId, revision: told.message.revision + 1 },
        receivedAtMs,
      )
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

  /** Steps that belong together, the heaviest group and in each the heaviest step first. */
  #groups(): PlateStep[][] {
    const seen = this.#steps.filter((step) => step.state !== 'none').sort((a, b) => weight(b) - weight(a))
    const groups: PlateStep[][] = []
    for (const step of seen) {
      if (this.#isCrossTalk(step, seen)) continue
      const joined = groups.filter((group) => group.some((other) => this.#together(step, other)))
      const [first, ...others] = joined
      if (!first) groups.push([step])
      else {
        first.push(step)
        for (const other of others) {
          first.push(...other)
          groups.splice(groups.indexOf(other), 1)
        }
      }
    }
    return groups.filter((group) => Math.abs(total(group)) >= this.#p.lightestItemG)
  }

  #together(a: PlateStep, b: PlateStep): boolean {
    if (a.unseen !== b.unseen || Math.sign(a.deltaG) !== Math.sign(b.deltaG)) return false
    if (!this.#adjoin(a.plate, b.plate)) return false
    if (a.unseen) return true
    return (
      Math.abs(a.settledAtMs - b.settledAtMs) <= this.#p.togetherS * 1000 &&
      Math.abs(a.startedAtMs - b.startedAtMs) <= sameActMs
    )
  }

  /** Neighbours, with nothing between them but plates that say nothing. */
  #adjoin(a: number, b: number): boolean {
    const from = Math.min(a, b)
    const to = Math.max(a, b)
    for (let i = from + 1; i < to; i++) if (this.#plates[i]?.steps.state !== 'unknown') return false
    const places = (this.#plates[to]?.place.index ?? 0) - (this.#plates[from]?.place.index ?? 0)
    return from !== to && places <= to - from
  }

  #isCrossTalk(step: PlateStep, all: readonly PlateStep[]): boolean {
    if (step.unseen) return false
    const limit = weight(step) / this.#p.crossTalk
    const beside = (startedAtMs: number, settledAtMs: number) =>
      step.settledAtMs > startedAtMs - sameActMs && step.startedAtMs < settledAtMs + sameActMs
    if (all.some((other) => weight(other) > limit && !other.unseen && beside(other.startedAtMs, other.settledAtMs))) {
      return true
    }
    return this.#plates.some(({ steps }) => {
      const moving = steps.state === 'moving' && steps.step && Math.abs(steps.presentG - steps.baselineG) > limit
      return moving && beside(steps.step?.startedAtMs ?? 0, Number.POSITIVE_INFINITY)
    })
  }

  #describe(group: readonly PlateStep[]) {
    const steps = group.toSorted((a, b) => a.plate - b.plate)
    const deltaG = rounded(total(steps))
    const startedAtMs = Math.min(...steps.map((step) => step.startedAtMs))
    const settledAtMs = Math.max(...steps.map((step) => step.settledAtMs))
    return {
      fixture: this.#plates[0]?.place.fixture ?? '',
      plates: steps.map((step) => ({ plate: this.#plateId(step.plate), deltaG: rounded(step.deltaG) })),
      startedAtMs,
      settledAtMs: Math.max(startedAtMs, settledAtMs),
      deltaG,
      sigmaG: rounded(Math.hypot(...steps.map((step) => step.sigmaG))),
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

  /** Peak to peak, from the standard deviation of a sine. */
  #swingBeside(steps: readonly PlateStep[]): number {
    const others = this.#plates.filter((_plate, i) => !steps.some((step) => step.plate === i))
    return Math.max(0, ...others.map((plate) => plate.steps.swingG)) * 2 * Math.SQRT2
  }

  #newId(group: readonly PlateStep[], before: readonly Told[]): string {
    const first = group.reduce((a, b) => (b.startedAtMs < a.startedAtMs ? b : a))
    const id = `${this.#plateId(first.plate)}-${Math.round(first.startedAtMs)}`
    const taken = [...before, ...this.#told].filter((told) => told.eventId.startsWith(id)).length
    return taken === 0 ? id : `${id}.${taken + 1}`
  }

  #plateId(plate: number): string {
    return this.#plates[plate]?.place.id ?? ''
  }

  #message(fields: Omit<WeightEvent, 'type' | keyof ReturnType<typeof envelope>>, receivedAtMs: number): WeightEvent {
    // Weighing numbers what its shelves tell.
    return { type: 'weight-event', ...envelope(this.#storeId, 0, receivedAtMs, fields.settledAtMs), ...fields }
  }

  #forget(nowMs: number): void {
    const isOld = (step: PlateStep) =>
      step.state === 'none' || (step.state === 'closed' && !(step.settledAtMs > nowMs - settledForGoodMs))
    this.#told = this.#told.filter((told) => !told.steps.every(isOld))
    const kept = new Set(this.#told.flatMap((told) => told.steps))
    this.#steps = this.#steps.filter((step) => kept.has(step) || !isOld(step))
  }
}

const weight = (step: PlateStep) => Math.abs(step.deltaG)
const total = (steps: readonly PlateStep[]) => steps.reduce((sum, step) => sum + step.deltaG, 0)
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
