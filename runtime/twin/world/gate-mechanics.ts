/**
 * A turnstile as its maker builds it, between the relays that open it and the contacts that report on it.
 * Pulse mode (PERCo ST-02, TTR-08: one pulse is one passage and waits 8 s), a fire contact that is closed at
 * rest, and a watchdog of its own that lets everybody out when nobody drives the relays any more.
 */
import type { Profile } from '../../profile/profile-schema.ts'

export type GateWiring = NonNullable<Profile['gates'][number]['wiring']>
export type Direction = 'in' | 'out'

const defaultPassTimeoutMs = 8000
/** How long a passage contact stays closed (chosen): the turnstile's arm takes about that long to turn. */
const passContactMs = 800
/** Longest silence of the relay module's master before the gate opens its exit (as the watchdog is set up). */
const masterSilenceMs = 3000

/** The relays and inputs of one module; channels count from 1 as printed on it. */
export class RelayModule {
  readonly #relays = new Map<number, boolean>()
  readonly #gates: GateMechanics[] = []
  #lastRequestMs = Number.NEGATIVE_INFINITY
  #powered = true
  /** Lets everybody out when nobody speaks to it any more. */
  hasWatchdog = true

  /** Called when a relay is switched. */
  onChange: (channel: number) => void = () => {}

  /** Without power, at itself or at one of its gates, its relays drop and stay so until they are written again. */
  get powered(): boolean {
    const powered = this.#powered && this.#gates.every((gate) => gate.powered)
    if (!powered) this.#relays.clear()
    return powered
  }

  set powered(powered: boolean) {
    this.#powered = powered
  }

  attach(gate: GateMechanics): void {
    this.#gates.push(gate)
  }

  /** The module's master has spoken to it. */
  requested(atMs: number): void {
    this.#lastRequestMs = atMs
  }

  masterSilent(atMs: number): boolean {
    return this.hasWatchdog && atMs - this.#lastRequestMs > masterSilenceMs
  }

  relay(channel: number): boolean {
    return this.powered && (this.#relays.get(channel) ?? false)
  }

  setRelay(channel: number, closed: boolean, atMs: number): void {
    if (!this.powered) return
    if (closed !== this.relay(channel)) this.onChange(channel)
    const rising = closed && !this.relay(channel)
    this.#relays.set(channel, closed)
    if (rising) for (const gate of this.#gates) gate.pulsed(channel, atMs)
  }

  /** Whether the contact at an input is closed. */
  input(channel: number, atMs: number): boolean {
    return this.#gates.some((gate) => gate.contactClosed(channel, atMs))
  }

  /** How often the pass contact at an input has closed since the module was switched on. */
  count(channel: number): number {
    return this.#gates.reduce((sum, gate) => sum + gate.passages(channel), 0)
  }
}

export class GateMechanics {
  readonly gate: string
  /** There is no turnstile: everybody walks in and out. */
  readonly open: boolean
  readonly #module: RelayModule
  readonly #wiring: GateWiring
  readonly #passTimeoutMs: number
  readonly #openUntilMs = { in: Number.NEGATIVE_INFINITY, out: Number.NEGATIVE_INFINITY }
  readonly #passedMs = { in: Number.NEGATIVE_INFINITY, out: Number.NEGATIVE_INFINITY }
  readonly #passages = { in: 0, out: 0 }
  #exitWantedUntilMs = Number.NEGATIVE_INFINITY
  /** The fire panel's alarm: opens its contact, frees the exit and overrules every relay. */
  fire = false
  /** The wire that tells of the alarm is cut; the panel's own to the gate is not. */
  fireWireCut = false
  /** The wire from the watchdog relay is cut: to the gate it has dropped, whatever the relay does. */
  watchdogCut = false
  /** Somebody or something holds its arm: it turns outwards for everybody, and its contact does not let go. */
  held = false
  /** So does the module that drives it: they hang on one supply. */
  powered = true
  /** Something is jammed in it: it turns for nobody. */
  blocked = false

  constructor(
    gate: string,
    module: RelayModule,
    wiring: GateWiring,
    passTimeoutMs = defaultPassTimeoutMs,
    open = false,
  ) {
    this.gate = gate
    this.open = open
    this.#module = module
    this.#wiring = wiring
    this.#passTimeoutMs = passTimeoutMs
    module.attach(this)
  }

  pulsed(channel: number, atMs: number): void {
    if (channel === this.#wiring.entryRelay) this.#openUntilMs.in = atMs + this.#passTimeoutMs
    if (channel === this.#wiring.exitRelay && !this.#wiring.exitOpensWhenOff)
      this.#openUntilMs.out = atMs + this.#passTimeoutMs
  }

  /** Whether a shopper can turn it now. */
  turns(direction: Direction, atMs: number): boolean {
    if (this.blocked) return false
    if (this.open) return true
    if (direction === 'out' && (this.exitFree(atMs) || this.#exitRelayOpens())) return true
    return !this.fire && this.#module.powered && atMs <= this.#openUntilMs[direction]
  }

  #exitRelayOpens(): boolean {
    const { exitRelay, exitOpensWhenOff = false } = this.#wiring
    return exitRelay !== undefined && this.#module.relay(exitRelay) !== exitOpensWhenOff
  }

  /** Fire, no power, or nobody minds the relays: everybody can leave. */
  exitFree(atMs: number): boolean {
    const { watchdogRelay } = this.#wiring
    const dropped = watchdogRelay !== undefined && (this.watchdogCut || !this.#module.relay(watchdogRelay))
    return this.fire || this.held || dropped || this.#module.masterSilent(atMs)
  }

  /** A shopper has turned it: the passage is used up. */
  passed(direction: Direction, atMs: number): void {
    this.#openUntilMs[direction] = Number.NEGATIVE_INFINITY
    this.#passedMs[direction] = atMs
    this.#passages[direction] += 1
  }

  /** Somebody presses the exit button for `durationMs`. */
  pressExit(atMs: number, durationMs: number): void {
    this.#exitWantedUntilMs = atMs + durationMs
  }

  /** How often somebody passed by the contact at an input. */
  passages(channel: number): number {
    if (channel === this.#wiring.passInInput) return this.#passages.in
    return channel === this.#wiring.passOutInput ? this.#passages.out : 0
  }

  contactClosed(channel: number, atMs: number): boolean {
    const justPassed = (direction: Direction) => {
      const since = atMs - this.#passedMs[direction]
      return since >= 0 && since < passContactMs
    }
    if (channel === this.#wiring.passInInput) return justPassed('in')
    if (channel === this.#wiring.passOutInput) return this.held || justPassed('out')
    if (channel === this.#wiring.exitRequestInput) return atMs < this.#exitWantedUntilMs
    return channel === this.#wiring.fireInput && !this.fire && !this.fireWireCut
  }
}
