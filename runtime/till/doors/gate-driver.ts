/** Joins one gate's controller with its wires and with the ledger. */
import { type Clock, SystemClock } from '../../contract/clock.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import type { LedgerMethods } from '../ledger/ledger-thread.ts'
import type { ContactModule } from './contact-module.ts'
import type { DoorRecord } from './door-record.ts'
import {
  closedGate,
  displayOf,
  exitIsOpen,
  type GateAction,
  type GateDisplay,
  type GateHappening,
  type GateSettings,
  stepGate,
} from './gate-controller.ts'

export interface GateDriverOptions {
  /** None: an open door. Whoever is admitted has walked in. */
  contacts: ContactModule | undefined
  ledger: Pick<LedgerMethods, 'recordPass' | 'recordAlarm' | 'lapse'>
  record: DoorRecord
  clock: Clock
}

const defaultPassTimeoutMs = 8000
/** Shorter losses, such as the module's own restart, are not worth an alarm; in real time. */
const offlineAlarmMs = 3000

export class GateDriver {
  readonly id: string
  readonly #wiring: NonNullable<Profile['gates'][number]['wiring']>
  readonly #settings: GateSettings
  readonly #options: GateDriverOptions
  readonly #wire = new SystemClock()
  #state = closedGate()
  #offline: { sinceMs: number; told: boolean }

  constructor(gate: Profile['gates'][number], options: GateDriverOptions) {
    this.id = gate.id
    this.#wiring = (options.contacts && gate.wiring) ?? {}
    this.#options = options
    this.#offline = { sinceMs: this.#wire.nowMs(), told: false }
    this.#settings = {
      passTimeoutMs: gate.passTimeoutMs ?? defaultPassTimeoutMs,
      hasPassInput: this.#wiring.passInInput !== undefined,
    }
  }

  get online(): boolean {
    return this.#options.contacts?.online ?? true
  }

  get fire(): boolean {
    return this.#state.fire
  }

  /** The alarm itself, not what it latched. */
  get alarmIsOn(): boolean {
    return this.#state.inputs.fire
  }

  get display(): GateDisplay {
    return displayOf(this.#state, this.#options.clock.nowMs())
  }

  get watchdogRelay(): number | undefined {
    return this.#wiring.watchdogRelay
  }

  authorise(visitId: string, party: number): void {
    this.#happen({ type: 'authorised', visitId, party, pulse: true })
  }

  /** Admitted before a restart: watched for, but not opened unless the admission is sent again. */
  expect(visitId: string, missing: number): void {
    this.#happen({ type: 'authorised', visitId, party: missing, pulse: false })
  }

  resumeFire(): void {
    this.#state = { ...this.#state, fire: true }
  }

  open(direction: 'in' | 'out'): void {
    this.#happen({ type: 'opened', direction })
  }

  reset(): void {
    this.#happen({ type: 'reset' })
  }

  /** @param inputs of the whole module, from number 1 on; null: it did not answer */
  polled(inputs: boolean[] | null): void {
    this.#watchConnection()
    if (inputs === null) {
      this.#happen({ type: 'tick' })
      return
    }
    const closed = (input: number | undefined) => input !== undefined && inputs[input - 1] === true
    const { passInInput, passOutInput, exitRequestInput, fireInput } = this.#wiring
    this.#happen({
      type: 'inputs',
      inputs: {
        passIn: closed(passInInput),
        passOut: closed(passOutInput),
        exitRequest: closed(exitRequestInput),
        // Normally closed: an alarm opens it, and so does a cut wire.
        fire: fireInput !== undefined && !closed(fireInput),
      },
    })
  }

  #happen(happening: GateHappening): void {
    const { clock } = this.#options
    const { state, actions } = stepGate(this.#state, happening, clock.nowMs(), this.#settings)
    this.#state = state
    for (const action of actions) this.#carryOut(action)
    this.#setRelays()
  }

  #setRelays(): void {
    const { contacts, clock } = this.#options
    const { exitRelay, watchdogRelay } = this.#wiring
    if (exitRelay !== undefined) contacts?.set(exitRelay, exitIsOpen(this.#state, clock.nowMs()))
    if (watchdogRelay !== undefined) contacts?.set(watchdogRelay, true)
  }

  #carryOut(action: GateAction): void {
    const { contacts, ledger, record, clock } = this.#options
    const atMs = clock.nowMs()
    const gate = this.id
    switch (action.type) {
      case 'pulse-entry':
        if (this.#wiring.entryRelay !== undefined) contacts?.pulse(this.#wiring.entryRelay)
        break
      case 'pass': {
        const { direction, visitId } = action
        record.add(() => ledger.recordPass({ gate, direction, visitId, seenAtMs: atMs }, clock.nowMs()))
        break
      }
      case 'alarm': {
        const { alarm, text } = action
        record.add(() => ledger.recordAlarm({ gate, alarm, text }, clock.nowMs()))
        break
      }
      case 'lapsed':
        record.add(() => ledger.lapse(action.visitId, clock.nowMs()))
    }
  }

  #watchConnection(): void {
    const nowMs = this.#wire.nowMs()
    if (this.online) this.#offline = { sinceMs: nowMs, told: false }
    else if (!this.#offline.told && nowMs - this.#offline.sinceMs >= offlineAlarmMs) {
      this.#offline.told = true
      const text = 'The contacts of the gate do not answer: nobody is admitted, the exit opens by itself.'
      this.#carryOut({ type: 'alarm', alarm: 'offline', text })
    }
  }
}
