/** Faults on demand: which device is broken how, and until when. */
import type { Clock } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import { type Fault, type FaultDescription, type FaultKind, faultsOfKind } from './fault-catalogue.ts'

/** The name under which the payment provider breaks; it is no device of the profile. */
export const providerName = 'payment-provider'

export interface ActiveFault {
  fault: Fault
  /** How bad, in the unit that the catalogue names; null: it has no degrees. */
  value: number | null
  sinceMs: number
  untilMs: number
}

/** Something that can break. */
export interface Breakable {
  name: string
  kind: FaultKind
  broken: ActiveFault[]
}

export class Faults {
  readonly #clock: Clock
  readonly #kinds = new Map<string, FaultKind>()
  /** Nothing in it for what is whole, which is what most things are each time that they are asked. */
  readonly #broken = new Map<string, Map<Fault, ActiveFault>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Makes something breakable. */
  declare(name: string, kind: FaultKind): void {
    this.#kinds.set(name, kind)
  }

  /** Everything that can break, and what is broken now. */
  get all(): Breakable[] {
    return [...this.#kinds].map(([name, kind]) => ({ name, kind, broken: this.#of(name) }))
  }

  /**
   * @param seconds how long, by the store's clock; 0 mends it
   * @param value how bad; the catalogue's default when absent
   * @throws AisleError `fault-unknown`, `fault-invalid`
   */
  set(name: string, fault: string, seconds: number, value?: number): void {
    const description = this.#describe(name, fault)
    const known = fault as Fault
    if (seconds <= 0) {
      this.#remove(name, known)
      return
    }
    const sinceMs = this.#clock.nowMs()
    const degree = checkValue(name, fault, description, value)
    const ofThing = this.#broken.get(name) ?? new Map<Fault, ActiveFault>()
    ofThing.set(known, { fault: known, value: degree, sinceMs, untilMs: sinceMs + seconds * 1000 })
    this.#broken.set(name, ofThing)
  }

  /** Mends one thing, or all. @throws AisleError `fault-unknown` */
  mend(name?: string): void {
    if (name === undefined) this.#broken.clear()
    else {
      this.#kindOf(name)
      this.#broken.delete(name)
    }
  }

  /** Nothing is broken about it: asked for each sample of each cell, so it has to be quick. */
  isWhole(name: string): boolean {
    return !this.#broken.has(name)
  }

  active(name: string, fault: Fault): boolean {
    return this.find(name, fault) !== undefined
  }

  /** How bad it is; undefined: it is whole, or the fault has no degrees. */
  value(name: string, fault: Fault): number | undefined {
    return this.find(name, fault)?.value ?? undefined
  }

  find(name: string, fault: Fault): ActiveFault | undefined {
    const found = this.#broken.get(name)?.get(fault)
    if (!found || found.untilMs > this.#clock.nowMs()) return found
    this.#remove(name, fault)
    return undefined
  }

  #of(name: string): ActiveFault[] {
    const ofThing = this.#broken.get(name)
    return ofThing ? [...ofThing.keys()].flatMap((fault) => this.find(name, fault) ?? []) : []
  }

  #remove(name: string, fault: Fault): void {
    const ofThing = this.#broken.get(name)
    ofThing?.delete(fault)
    if (ofThing?.size === 0) this.#broken.delete(name)
  }

  #kindOf(name: string): FaultKind {
    const kind = this.#kinds.get(name)
    if (kind) return kind
    throw new AisleError('fault-unknown', `The twin serves nothing called "${name}".`, {
      action: `Name one of ${[...this.#kinds.keys()].slice(0, 50).join(', ')}.`,
    })
  }

  #describe(name: string, fault: string): FaultDescription {
    const kind = this.#kindOf(name)
    const ofKind: Record<string, FaultDescription> = faultsOfKind[kind]
    const description = Object.hasOwn(ofKind, fault) ? ofKind[fault] : undefined
    if (description) return description
    throw new AisleError('fault-unknown', `A ${kind} has no fault "${fault}".`, {
      where: name,
      action: `Choose one of ${Object.keys(ofKind).join(', ')}.`,
    })
  }
}

function checkValue(name: string, fault: string, description: FaultDescription, value?: number): number | null {
  const range = description.value
  if (!range) {
    if (value === undefined) return null
    throw new AisleError('fault-invalid', `"${fault}" has no degrees.`, { where: name, action: 'Leave the value out.' })
  }
  const degree = value ?? range.default
  if (degree >= range.minimum && degree <= range.maximum) return degree
  throw new AisleError('fault-invalid', `The value of "${fault}" is ${degree}.`, {
    where: name,
    action: `Choose one from ${range.minimum} to ${range.maximum} ${range.unit}.`,
  })
}
