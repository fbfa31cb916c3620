/** Stands in for the till at the gates of a run without protocols: admits everybody, lets everybody out. */
import type { StoreLayout } from '../../profile/layout.ts'
import { GateMechanics, type GateWiring, RelayModule } from '../world/gate-mechanics.ts'

const wiring = {
  entryRelay: 1,
  exitRelay: 2,
  watchdogRelay: 3,
  passInInput: 1,
  passOutInput: 2,
  exitRequestInput: 3,
  fireInput: 4,
} as const satisfies GateWiring
/** How long a till and its flows take to answer a scan. */
const answerMs = 300

/** The gate is opened for a party's next person when the one before is through (as the till does it). */
const nextPersonMs = 1000

interface Admission {
  openAtMs: number
  /** How many have not walked in yet. */
  missing: number
  /** How many had walked in when the gate was opened; null: it is not open. */
  countedAtOpening: number | null
}

export class Doorkeeper {
  readonly mechanics = new Map<string, GateMechanics>()
  readonly #modules = new Map<string, RelayModule>()
  readonly #admissions = new Map<string, Admission>()

  constructor(layout: StoreLayout) {
    for (const { id, open } of layout.gates) {
      const module = new RelayModule()
      this.#modules.set(id, module)
      this.mechanics.set(id, new GateMechanics(id, module, wiring, undefined, open))
    }
  }

  shown(gate: string, atMs: number, party = 1): void {
    this.#admissions.set(gate, { openAtMs: atMs + answerMs, missing: party, countedAtOpening: null })
  }

  /** To be called often: holds the watchdog and works the relays. */
  mind(nowMs: number): void {
    for (const [gate, module] of this.#modules) {
      module.requested(nowMs)
      module.setRelay(wiring.watchdogRelay, true, nowMs)
      module.setRelay(wiring.entryRelay, this.#opens(gate, module, nowMs), nowMs)
      module.setRelay(wiring.exitRelay, module.input(wiring.exitRequestInput, nowMs), nowMs)
    }
  }

  /** Whether the entry is to be opened now. */
  #opens(gate: string, module: RelayModule, nowMs: number): boolean {
    const admission = this.#admissions.get(gate)
    if (!admission) return false
    const counted = module.count(wiring.passInInput)
    if (admission.countedAtOpening !== null) {
      if (counted === admission.countedAtOpening) return false
      admission.missing--
      admission.countedAtOpening = null
      admission.openAtMs = nowMs + nextPersonMs
    }
    if (admission.missing === 0) this.#admissions.delete(gate)
    if (admission.missing === 0 || nowMs < admission.openAtMs) return false
    admission.countedAtOpening = counted
    return true
  }
}
