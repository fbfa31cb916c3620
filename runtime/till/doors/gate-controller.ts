/**
 * A gate's mind, as a pure function of what happened: it knows no wire and no clock. Entry opens for an
 * admitted party, one pulse a person; the exit opens by itself for whoever asks, and stays open on fire until
 * a person resets it.
 */
import type { GateAlarm } from '../../contract/messages.ts'
import type { TailgatePolicy } from '../../profile/profile-schema.ts'

export interface GateSettings {
  /** How long the gate waits for each person of a party. */
  passTimeoutMs: number
  /** Without one nobody can tell when somebody walked in: the admission counts as the pass. */
  hasPassInput: boolean
  tailgate: TailgatePolicy
}

export interface GateInputs {
  passIn: boolean
  passOut: boolean
  exitRequest: boolean
  /** True: there is a fire, or the wire of the alarm is cut. */
  fire: boolean
}

export type GateDisplay = 'idle' | 'authorised' | 'passing' | 'passed' | 'timeout' | 'tailgate' | 'held' | 'fire'

interface Party {
  visitId: string
  /** How many have not walked in yet. */
  missing: number
  entered: boolean
  /** Whether the gate was opened for its next person; after a restart nobody knows, and it counts as not. */
  opened: boolean
}

export interface GateState {
  inputs: GateInputs
  /** The gate is open for the first; the others wait their turn. */
  parties: readonly Party[]
  /** Until when it is open for the first party's next person. */
  openUntilMs: number
  /** When the contact of whoever walks in closed; null while it is open. */
  passingSinceMs: number | null
  held: boolean
  /** Until when one person may walk in because somebody opened the gate by hand. */
  byHandUntilMs: number
  exitUntilMs: number
  /** Latched. */
  fire: boolean
  /** Latched: no more shoppers are admitted until staff have looked at who walked in. */
  asksStaff: boolean
  /** Whose party walked in last, until whoever follows does not belong to it any more. */
  lastIn: { visitId: string; untilMs: number } | null
  shown: { display: 'passed' | 'timeout' | 'tailgate'; untilMs: number } | null
}

/** Who walked through since the inputs were last read: for each where the counter stands then, null without one. */
export type GatePasses = Record<'in' | 'out', (number | null)[]>

export type GateHappening =
  /** `pulse` false: the gate was opened before a restart and is only watched. */
  | { type: 'authorised'; visitId: string; party: number; pulse: boolean }
  | { type: 'inputs'; inputs: GateInputs; passes: GatePasses }
  /** A person opened it by hand. */
  | { type: 'opened'; direction: 'in' | 'out' }
  | { type: 'reset' }
  /** Nothing but time. */
  | { type: 'tick' }

export type GateAction =
  | { type: 'pulse-entry' }
  | { type: 'pass'; direction: 'in' | 'out'; visitId: string | null; count: number | null }
  | { type: 'alarm'; alarm: GateAlarm['alarm']; text: string }
  /** Somebody walked in whom nobody had admitted; right behind the party of `behind`, if that is known. */
  | { type: 'tailgate'; behind: string | null; count: number | null }
  /** Nobody of this visit walked in. */
  | { type: 'lapsed'; visitId: string }

/** How long the exit stays open after the last request. */
const exitHoldMs = 5000
const heldAfterMs = 10_000
/** Whoever slips in behind a party does so while the gate has not closed yet. */
const behindMs = 10_000
const shownMs = 2000

const quiet: GateInputs = { passIn: false, passOut: false, exitRequest: false, fire: false }

export const closedGate = (fire = false): GateState => ({
  inputs: quiet,
  parties: [],
  openUntilMs: 0,
  passingSinceMs: null,
  held: false,
  byHandUntilMs: 0,
  exitUntilMs: 0,
  fire,
  asksStaff: false,
  lastIn: null,
  shown: null,
})

export const exitIsOpen = (state: GateState, atMs: number): boolean =>
  state.fire || state.inputs.exitRequest || atMs < state.exitUntilMs

export function displayOf(state: GateState, atMs: number): GateDisplay {
  if (state.fire) return 'fire'
  if (state.held) return 'held'
  if (state.passingSinceMs !== null) return 'passing'
  if (state.asksStaff) return 'tailgate'
  if (state.shown && atMs < state.shown.untilMs) return state.shown.display
  return state.parties.length > 0 ? 'authorised' : 'idle'
}

/** What comes of `happening` at `atMs`: the state after it, and what is to be done, in order. */
export function stepGate(
  before: GateState,
  happening: GateHappening,
  atMs: number,
  settings: GateSettings,
): { state: GateState; actions: GateAction[] } {
  const gate = new Step(before, atMs, settings)
  if (happening.type === 'authorised') gate.authorise(happening)
  if (happening.type === 'inputs') gate.read(happening.inputs, happening.passes)
  if (happening.type === 'opened') gate.openByHand(happening.direction)
  if (happening.type === 'reset') gate.reset()
  gate.timePasses()
  return { state: gate.state, actions: gate.actions }
}

/** One step's work on a copy of the state. */
class Step {
  state: GateState
  readonly actions: GateAction[] = []
  readonly #atMs: number
  readonly #settings: GateSettings

  constructor(state: GateState, atMs: number, settings: GateSettings) {
    this.state = { ...state }
    this.#atMs = atMs
    this.#settings = settings
  }

  authorise({ visitId, party, pulse }: Extract<GateHappening, { type: 'authorised' }>): void {
    const { state } = this
    if (state.fire) return
    if (!this.#settings.hasPassInput) {
      if (pulse) this.actions.push({ type: 'pulse-entry' })
      const pass = { type: 'pass', direction: 'in', visitId, count: null } as const
      for (let person = 0; person < party; person++) this.actions.push(pass)
      return
    }
    const known = state.parties.find((waiting) => waiting.visitId === visitId)
    if (known && (known.opened || !pulse)) return
    if (!known) state.parties = [...state.parties, { visitId, missing: party, entered: false, opened: false }]
    if (state.parties[0]?.visitId === visitId && state.passingSinceMs === null) this.#openForFirst(pulse)
  }

  read(inputs: GateInputs, passes: GatePasses): void {
    const last = this.state.inputs
    this.state.inputs = inputs
    if (inputs.fire && !this.state.fire) this.#fire()
    if (inputs.passIn) this.state.passingSinceMs ??= this.#atMs
    for (const count of passes.in) this.#walksIn(count)
    // The contact may have opened again before anybody looked.
    if (!inputs.passIn && (last.passIn || passes.in.length > 0)) this.#hasWalkedIn()
    for (const count of passes.out) this.actions.push({ type: 'pass', direction: 'out', visitId: null, count })
    if (inputs.exitRequest) this.state.exitUntilMs = this.#atMs + exitHoldMs
  }

  openByHand(direction: 'in' | 'out'): void {
    if (direction === 'out') this.state.exitUntilMs = this.#atMs + exitHoldMs
    else {
      this.actions.push({ type: 'pulse-entry' })
      this.state.byHandUntilMs = this.#atMs + this.#settings.passTimeoutMs
    }
  }

  reset(): void {
    if (!this.state.inputs.fire) this.state.fire = false
    this.state.asksStaff = false
  }

  timePasses(): void {
    const { state } = this
    if (state.passingSinceMs !== null) {
      if (!state.held && this.#atMs - state.passingSinceMs >= heldAfterMs) {
        state.held = true
        this.#alarm('held', 'Somebody or something has been standing in the gate for ten seconds.')
      }
      return
    }
    const [first, ...others] = state.parties
    if (!first || this.#atMs < state.openUntilMs) return
    state.parties = others
    if (first.entered) this.#alarm('timeout', `${first.missing} of the party of ${first.visitId} did not walk in.`)
    else {
      this.#alarm('timeout', `The gate was open for ${first.visitId}, but nobody walked in.`)
      this.actions.push({ type: 'lapsed', visitId: first.visitId })
    }
    this.#show('timeout')
    this.#openForFirst(true)
  }

  #fire(): void {
    const { state } = this
    state.fire = true
    this.#alarm('fire', 'The fire alarm is on: the exit stays open until it is reset.')
    for (const { visitId, entered } of state.parties) if (!entered) this.actions.push({ type: 'lapsed', visitId })
    state.parties = []
  }

  #walksIn(count: number | null): void {
    const { state } = this
    const [first, ...others] = state.parties
    if (first) {
      this.#passIn(first.visitId, count)
      const missing = first.missing - 1
      state.parties = missing > 0 ? [{ ...first, missing, entered: true, opened: false }, ...others] : others
      state.lastIn = { visitId: first.visitId, untilMs: this.#atMs + behindMs }
    } else if (state.fire || this.#atMs < state.byHandUntilMs) {
      // Firefighters need no admission, and whom a person let in has one.
      state.byHandUntilMs = 0
      this.#passIn(null, count)
    } else {
      const behind = state.lastIn && this.#atMs < state.lastIn.untilMs ? state.lastIn.visitId : null
      this.actions.push({ type: 'tailgate', behind, count })
      this.#show('tailgate')
      if (this.#settings.tailgate === 'ask-staff') state.asksStaff = true
    }
  }

  #passIn(visitId: string | null, count: number | null): void {
    this.actions.push({ type: 'pass', direction: 'in', visitId, count })
    this.#show('passed')
  }

  /** Only when the gate is free again is it opened for the next: a pulse in between would be swallowed. */
  #hasWalkedIn(): void {
    this.state.passingSinceMs = null
    this.state.held = false
    if (!this.state.parties[0]?.opened) this.#openForFirst(true)
  }

  #openForFirst(pulse: boolean): void {
    const [first, ...others] = this.state.parties
    if (!first) return
    if (pulse) this.actions.push({ type: 'pulse-entry' })
    this.state.parties = [{ ...first, opened: pulse }, ...others]
    this.state.openUntilMs = this.#atMs + this.#settings.passTimeoutMs
  }

  #alarm(alarm: GateAlarm['alarm'], text: string): void {
    this.actions.push({ type: 'alarm', alarm, text })
  }

  #show(display: 'passed' | 'timeout' | 'tailgate'): void {
    this.state.shown = { display, untilMs: this.#atMs + shownMs }
  }
}
