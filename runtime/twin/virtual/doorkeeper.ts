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

export class Doorkeeper {
  readonly mechanics = new Map<string, GateMechanics>()
  readonly #modules = new Map<string, RelayModule>()
  readonly #admitAtMs = new Map<string, number>()

  constructor(layout: StoreLayout) {
    for (const { id } of layout.gates) {
      const module = new RelayModule()
      this.#modules.set(id, module)
      this.mechanics.set(id, new GateMechanics(id, module, wiring))
    }
  }

  shown(gate: string, atMs: number): void {
    this.#admitAtMs.set(gate, atMs + answerMs)
  }

  /** To be called often: holds the watchdog and works the relays. */
  mind(nowMs: number): void {
    for (const [gate, module] of this.#modules) {
      module.requested(nowMs)
      module.setRelay(wiring.watchdogRelay, true, nowMs)
      const admits = (this.#admitAtMs.get(gate) ?? Number.POSITIVE_INFINITY) <= nowMs
      if (admits) this.#admitAtMs.delete(gate)
      module.setRelay(wiring.entryRelay, admits, nowMs)
      module.setRelay(wiring.exitRelay, module.input(wiring.exitRequestInput, nowMs), nowMs)
    }
  }
}
