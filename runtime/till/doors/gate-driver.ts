/** Joins one gate's controller with its wires and with the ledger. */
import { type Clock, SystemClock } from '../../contract/clock.ts'
import type { GatePass } from '../../contract/messages.ts'
import type { Profile } from '../../profile/profile-schema.ts'
import type { LedgerMethods } from '../ledger/ledger-thread.ts'
import type { ContactSample, Contacts } from './contacts.ts'
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
import { PassCounter } from './pass-counter.ts'

export type DoorLedger = Pick<LedgerMethods, 'recordPass' | 'recordTailgate' | 'recordCount' | 'recordAlarm' | 'lapse'>

export interface GateDriverOptions {
  /** None: an open door. Whoever is admitted has walked in. */
  contacts: Contacts | undefined
  ledger: DoorLedger
  record: DoorRecord
  clock: Clock
}

const defaultPassTimeoutMs = 8000
/** Whoever passed since a reading that is older than this may be anywhere by now; in real time. */
const freshReadingMs = 1000
/** Shorter losses, such as the module's own restart, are not worth an alarm; in real time. */
const offlineAlarmMs = 3000

export class GateDriver {
  readonly id: string
  readonly #wiring: NonNullable<Profile['gates'][number]['wiring']>
  readonly #settings: GateSettings
  readonly #options: GateDriverOptions
  readonly #wire = new SystemClock()
  #state = closedGate()
  #counters = { in: new PassCounter(null), out: new PassCounter(null) }
  #offline: { sinceMs: number; told: boolean }
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(gate: Profile['gates'][number], options: GateDriverOptions) {
    this.id = gate.id
    this.#wiring = (options.contacts && gate.wiring) ?? {}
    this.#options = options
    this.#offline = { sinceMs: this.#wire.nowMs(), told: false }
    this.#settings = {
      passTimeoutMs: gate.passTimeoutMs ?? defaultPassTimeoutMs,
      hasPassInput: this.#wiring.passInInput !== undefined,
      tailgate: gate.tailgate ?? 'alarm',
    }
    if (this.#wiring.entryRelay !== undefined) options.contacts?.rest(this.#wiring.entryRelay)
  }

  get online(): boolean {
    return this.#options.contacts?.online ?? true
  }

  get fire(): boolean {
    return this.#state.fire
  }

  /** Whether it admits no shoppers until staff have looked at who walked in. */
  get asksStaff(): boolean {
    return this.#state.asksStaff
  }

  /** The alarm itself, not what it latched. */
  get alarmIsOn(): boolean {
    return this.#state.inputs.fire
  }

  get display(): GateDisplay {
    return displayOf(this.#state, this.#options.clock.nowMs())
  }

  /** Without them the exit is open. */
  get relaysThatLock(): number[] {
    const { exitRelay, exitOpensWhenOff, watchdogRelay } = this.#wiring
    return [watchdogRelay, exitOpensWhenOff ? exitRelay : undefined].filter((relay) => relay !== undefined)
  }

  authorise(visitId: string, party: number): void {
    this.#happen({ type: 'authorised', visitId, party, pulse: true })
  }

  /** Admitted before a restart: watched for, but not opened unless the admission is sent again. */
  expect(visitId: string, missing: number): void {
    this.#happen({ type: 'authorised', visitId, party: missing, pulse: false })
  }

  /** Up to where an earlier run has told the passes; null where nothing is known. */
  resumeCounts(counts: { in: number | null; out: number | null }): void {
    this.#counters = { in: new PassCounter(counts.in), out: new PassCounter(counts.out) }
  }

  resumeFire(): void {
    this.#state = { ...this.#state, fire: true }
  }

  /** Staff had not looked yet when an earlier run ended. */
  resumeAsking(): void {
    this.#state = { ...this.#state, asksStaff: true }
  }

  open(direction: 'in' | 'out'): void {
    this.#happen({ type: 'opened', direction })
  }

  reset(): void {
    this.#happen({ type: 'reset' })
  }

  /** @param sample of the whole module; null: it did not answer */
  polled(sample: ContactSample | null): void {
    this.#watchConnection()
    if (sample === null) {
      this.#happen({ type: 'tick' })
      return
    }
    const nowMs = this.#wire.nowMs()
    const late = nowMs - this.#readAtMs > freshReadingMs
    this.#readAtMs = nowMs
    const closed = (input: number | undefined) => input !== undefined && sample.inputs[input - 1] === true
    const passes = (direction: GatePass['direction'], input: number | undefined) => {
      const count = input === undefined ? undefined : sample.counts?.[input - 1]
      const { passes, anew } = this.#counters[direction].observe(closed(input), count ?? null)
      if (anew !== undefined) this.#countFrom(direction, anew)
      return passes
    }
    const { passInInput, passOutInput, exitRequestInput, fireInput } = this.#wiring
    this.#happen(
      {
        type: 'inputs',
        passes: { in: passes('in', passInInput), out: passes('out', passOutInput) },
        inputs: {
          passIn: closed(passInInput),
          passOut: closed(passOutInput),
          exitRequest: closed(exitRequestInput),
          // Normally closed: an alarm opens it, and so does a cut wire.
          fire: fireInput !== undefined && !closed(fireInput),
        },
      },
      late,
    )
  }

  /** @param late it may have happened long before it was read */
  #happen(happening: GateHappening, late = false): void {
    const { clock } = this.#options
    const { state, actions } = stepGate(this.#state, happening, clock.nowMs(), this.#settings)
    this.#state = state
    for (const action of actions) this.#carryOut(action, late)
    this.#setRelays()
  }

  #setRelays(): void {
    const { contacts, clock } = this.#options
    const { exitRelay, exitOpensWhenOff, watchdogRelay } = this.#wiring
    const isOpen = exitIsOpen(this.#state, clock.nowMs())
    if (exitRelay !== undefined) {
      if (exitOpensWhenOff && !isOpen) contacts?.hold(exitRelay)
      else contacts?.set(exitRelay, isOpen && !exitOpensWhenOff)
    }
    if (watchdogRelay !== undefined) contacts?.hold(watchdogRelay)
  }

  #carryOut(action: GateAction, late = false): void {
    const { contacts, ledger, record, clock } = this.#options
    const atMs = clock.nowMs()
    const gate = this.id
    switch (action.type) {
      case 'pulse-entry':
        if (this.#wiring.entryRelay !== undefined) contacts?.pulse(this.#wiring.entryRelay)
        break
      case 'pass': {
        const { direction, visitId, count } = action
        record.add(() => ledger.recordPass({ gate, direction, visitId, seenAtMs: atMs, count, late }, clock.nowMs()))
        break
      }
      case 'tailgate': {
        const { behind, count } = action
        const policy = this.#settings.tailgate
        const seen = { gate, policy, behind, seenAtMs: atMs, count, late }
        record.add(() => ledger.recordTailgate(seen, clock.nowMs()))
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

  #countFrom(direction: GatePass['direction'], count: number): void {
    const { ledger, record, clock } = this.#options
    record.add(() => ledger.recordCount({ gate: this.id, direction, count }, clock.nowMs()))
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
