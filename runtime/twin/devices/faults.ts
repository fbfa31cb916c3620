/** Faults on demand: which device is broken how, and until when. */
import type { Clock } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'

/** What can break in each kind of thing that the twin serves. */
export const faultsOfKind = {
  /** Several devices behind one address. */
  'modbus-device': ['offline', 'slow', 'no-answer', 'exceptions', 'truncated'],
  /** One load cell. */
  plate: ['disconnected', 'stuck'],
  reader: ['offline', 'twice'],
  'vision-appliance': ['offline', 'no-sightings'],
  camera: ['offline', 'slow', 'stuck'],
  gate: ['fire'],
  provider: ['offline', 'slow', 'lost-answers', 'too-many-requests', 'server-errors', 'errors-after', 'declines'],
} as const
export type FaultKind = keyof typeof faultsOfKind
export type Fault = (typeof faultsOfKind)[FaultKind][number]

/** The name under which the payment provider breaks; it is no device of the profile. */
export const providerName = 'payment-provider'

export class Faults {
  readonly #clock: Clock
  readonly #kinds = new Map<string, FaultKind>()
  readonly #untilMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Makes something breakable. */
  declare(name: string, kind: FaultKind): void {
    this.#kinds.set(name, kind)
  }

  /**
   * @param seconds how long, by the store's clock; 0 mends it
   * @throws AisleError `fault-unknown`
   */
  set(name: string, fault: string, seconds: number): void {
    const kind = this.#kinds.get(name)
    if (!kind) {
      throw new AisleError('fault-unknown', `The twin serves nothing called "${name}".`, {
        action: `Name one of ${[...this.#kinds.keys()].slice(0, 50).join(', ')}.`,
      })
    }
    if (!(faultsOfKind[kind] as readonly string[]).includes(fault)) {
      throw new AisleError('fault-unknown', `A ${kind} has no fault "${fault}".`, {
        where: name,
        action: `Choose one of ${faultsOfKind[kind].join(', ')}.`,
      })
    }
    this.#untilMs.set(`${name}\n${fault}`, this.#clock.nowMs() + seconds * 1000)
  }

  active(name: string, fault: Fault): boolean {
    return (this.#untilMs.get(`${name}\n${fault}`) ?? 0) > this.#clock.nowMs()
  }
}
