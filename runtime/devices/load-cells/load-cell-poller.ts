/**
 * Reads every unit of one gateway at the profile's rate, whole blocks at a time: fast where hands are near, slower
 * where nobody is. A unit that stays silent costs its whole time-out, so it is demoted to a probe so seldom that
 * the others hardly notice.
 */
import type { Clock, Timer } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { HealthState } from '../../contract/messages.ts'
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import type { HealthReport } from '../health-report.ts'
import type { ModbusConnection } from '../modbus/modbus-connection.ts'
import type { ModbusError } from '../modbus/modbus-error.ts'
import { writeRegistersRequest } from '../modbus/pdu.ts'
import { BusWatch } from './bus-watch.ts'
import { type ChannelReading, condition } from './decode.ts'
import { type GatewayPlan, roundMs } from './gateway-plan.ts'
import { PolledUnit, type StepDone, type UnitRequest } from './polled-unit.ts'

export interface LoadCellPollerOptions {
  plan: GatewayPlan
  /** Open for as long as the poller runs; it may come and go meanwhile. */
  connection: ModbusConnection
  /** The store's time: samples are stamped with it, and the rate is in it. */
  clock: Clock
  /** Real time, for what a silent unit costs. */
  wireClock: Clock
  onBatch(batch: SampleBatch): void
  /** The reading is overwritten by the next one. */
  onReading(plate: string, reading: ChannelReading, atMs: number): void
  onHealth(report: HealthReport): void
}

const missedUntilLate = 2
const missedUntilDemoted = 3
/** Flags that stay raised are taken back at most so often. */
const clearEveryMs = 1000
const probeEveryMs = 5000
/**
 * Of the bus's time a probe may cost a tenth at first: what has just gone may only have been plugged in anew. While
 * nothing comes back the share is halved, down to where 99 of 100 readings of the others never meet a probe.
 */
const firstProbeShare = 0.1
const leastProbeShare = 0.005
/** A plate at rest is read a quarter as often, but not so seldom that an event could not be out after 0.5 s. */
const slowPart = 4
const leastSlowHz = 10

export class LoadCellPoller {
  readonly #options: LoadCellPollerOptions
  readonly #units: PolledUnit[]
  readonly #states = new Map<string, HealthState>()
  readonly #watch: BusWatch
  readonly #slowEvery: number
  #unlisten = () => {}
  #timer: Timer | undefined
  #dueMs = 0
  #round = 0
  #stopped = false
  /** The probe whose cost is not known yet: until somebody answers to what was asked after it. */
  #probed: { unit: PolledUnit; fromMs: number; isSilent: boolean } | undefined
  #nextProbeAtMs = 0
  #probeShare = firstProbeShare

  constructor(options: LoadCellPollerOptions) {
    this.#options = options
    const { plan, connection } = options
    this.#units = plan.units.map((unit) => new PolledUnit(unit, plan.definition, this.#stepDone))
    const slowHz = Math.min(plan.pollHz, Math.max(plan.pollHz / slowPart, leastSlowHz))
    this.#slowEvery = Math.floor(plan.pollHz / slowHz)
    this.#watch = new BusWatch(connection, { pollHz: plan.pollHz, lineMs: roundMs(plan) }, (state, reason) =>
      this.#tell(undefined, state, reason),
    )
  }

  start(): void {
    const { connection, clock } = this.#options
    this.#unlisten = connection.onChange((connected, reason) => this.#connectionChanged(connected, reason))
    this.#dueMs = this.#lastOnGridMs(clock.nowMs())
    this.#timer = clock.after(0, () => this.#turn())
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unlisten()
    this.#options.clock.clear(this.#timer)
  }

  /** Says at which plates hands may be; undefined: nobody knows, so everywhere. */
  attend(plates: ReadonlySet<string> | undefined): void {
    for (const unit of this.#units) {
      unit.attended = plates === undefined || unit.plates.some(({ plate }) => plates.has(plate))
    }
  }

  /**
   * One round, on a grid that all gateways of one rate share: for the machine, waking up is the dearest part of a
   * round. One turn that is late is made up for; what more could not be kept is left out rather than caught up with.
   */
  #turn(): void {
    const { clock, plan } = this.#options
    const periodMs = 1000 / plan.pollHz
    this.#watch.turned((clock.nowMs() - this.#dueMs) / periodMs)
    this.#readRound()
    const nowMs = clock.nowMs()
    this.#dueMs += periodMs
    // Far behind, or ahead because the clock was set back. Timers may come a millisecond early.
    if (this.#dueMs < nowMs - periodMs || this.#dueMs > nowMs + 2 * periodMs) this.#dueMs = this.#lastOnGridMs(nowMs)
    this.#timer = clock.after(this.#dueMs - nowMs, () => this.#turn())
  }

  #lastOnGridMs(nowMs: number): number {
    const periodMs = 1000 / this.#options.plan.pollHz
    return Math.floor(nowMs / periodMs) * periodMs
  }

  #readRound(): void {
    const { connection, clock, wireClock } = this.#options
    if (!connection.connected) return
    this.#round++
    const atMs = clock.nowMs()
    const nowMs = wireClock.nowMs()
    connection.hold()
    for (let i = 0; i < this.#units.length; i++) {
      const unit = this.#units[i] as PolledUnit
      if (unit.demoted || !this.#isTurnOf(unit, i, atMs)) continue
      this.#watch.planned(unit.busy && unit.owed)
      if (unit.busy) unit.owed = true
      else this.#poll(unit)
    }
    this.#probe(nowMs)
    connection.release()
    this.#watch.look(nowMs)
  }

  /** Slow units take turns, so that the load of the line is even. */
  #isTurnOf(unit: PolledUnit, place: number, atMs: number): boolean {
    return unit.isFast(atMs) || (this.#round + place) % this.#slowEvery === 0
  }

  /** One at a time, and only as often as its cost allows. */
  #probe(nowMs: number): void {
    if (nowMs < this.#nextProbeAtMs || this.#probed) return
    const waiting = this.#units.filter((unit) => unit.demoted && !unit.busy && nowMs - unit.probedAtMs >= probeEveryMs)
    const unit = waiting.sort((a, b) => a.probedAtMs - b.probedAtMs)[0]
    if (!unit) return
    unit.probedAtMs = nowMs
    this.#probed = { unit, fromMs: nowMs, isSilent: false }
    this.#poll(unit)
  }

  #poll(unit: PolledUnit): void {
    unit.busy = true
    unit.owed = false
    this.#ask(unit, 0)
  }

  #ask(unit: PolledUnit, from: number): void {
    const { connection, clock } = this.#options
    const step = unit.nextStep(from, clock.nowMs())
    if (step === undefined) {
      this.#answered(unit)
      return
    }
    const { request, done } = unit.requests[step] as UnitRequest
    connection.request(unit.unit, request, done)
  }

  readonly #stepDone: StepDone = (unit, step, error, data) => {
    if (error) return this.#missed(unit, error)
    unit.keep(step, data, this.#options.clock.nowMs())
    this.#ask(unit, step + 1)
  }

  #answered(unit: PolledUnit): void {
    unit.busy = false
    unit.missedReads = 0
    if (unit.demoted) this.#probeShare = firstProbeShare
    unit.demoted = false
    // What was asked before the probe is answered before it, and says nothing of its cost.
    if (this.#probed?.isSilent || this.#probed?.unit === unit) this.#probeDone()
    if (this.#stopped) return
    const { plan, clock, onBatch, onReading } = this.#options
    const atMs = clock.nowMs()
    const readings = unit.decode(atMs)
    const rateHz = unit.isFast(atMs) ? plan.pollHz : plan.pollHz / this.#slowEvery
    if (plan.definition.status?.latched) this.#clearFlags(unit)
    for (const { fixture, plates, plateIds } of unit.fixtures) {
      const grams: (number | null)[][] = []
      for (let i = 0; i < plates.length; i++) {
        const { plate, channel } = plates[i] as (typeof plates)[number]
        const reading = readings[channel - 1] as ChannelReading
        grams.push([reading.weightG])
        onReading(plate, reading, atMs)
        const conditions = unit.conditions(channel - 1) & ~(condition.stable | condition.net)
        if (conditions !== unit.told[channel - 1]) {
          unit.told[channel - 1] = conditions
          this.#tellOfConditions(plate, conditions)
        }
      }
      onBatch({ fixture, firstAtMs: atMs, rateHz, plates: plateIds, grams })
    }
    if (unit.owed) this.#poll(unit)
  }

  /** Flags that stay raised would hide every weight from then on; what still holds is raised again by the device. */
  #clearFlags(unit: PolledUnit): void {
    const { connection, wireClock, plan } = this.#options
    const { status, channels } = plan.definition
    const nowMs = wireClock.nowMs()
    if (!status || Math.abs(nowMs - unit.clearedAtMs) < clearEveryMs) return
    for (let channel = 0; channel < channels; channel++) {
      if ((unit.conditions(channel) & ~(condition.stable | condition.net)) === 0) continue
      unit.clearedAtMs = nowMs
      const address = status.address + channel * (status.stride ?? 0)
      connection.request(unit.unit, writeRegistersRequest(address, status.type === 'f32' ? [0, 0] : [0]), () => {})
    }
  }

  #tellOfConditions(plate: string, conditions: number): void {
    if (conditions & condition.overload) this.#tell(plate, 'saturated', 'It is overloaded: take weight off.')
    else if (conditions & condition.underload) {
      this.#tell(plate, 'saturated', 'It is below its range: check how the plate lies.')
    }
    // After them: some models call an overload an error as well.
    else if (conditions & condition.error) {
      this.#tell(plate, 'offline', 'Its channel reports an error: check the load cell and its cable.')
    } else this.#tell(plate, 'online', 'It is read.')
  }

  #missed(unit: PolledUnit, error: ModbusError): void {
    unit.busy = unit.owed = false
    // Without a connection every unit is silent; that says nothing about the units.
    if (error.failure === 'closed') return
    unit.told.fill(-1)
    unit.missedReads++
    if (unit.missedReads >= missedUntilDemoted) {
      if (!unit.demoted) {
        unit.probedAtMs = this.#options.wireClock.nowMs()
        this.#probeShare = firstProbeShare
      }
      unit.demoted = true
      unit.forget()
      this.#tellUnit(unit, 'offline', errorSentence(error))
    } else if (unit.missedReads >= missedUntilLate) this.#tellUnit(unit, 'late', errorSentence(error))
    if (this.#probed?.unit === unit) this.#probed.isSilent = true
    // Alone on its line there is nobody whose answer could end the probe.
    if (this.#units.every(({ demoted }) => demoted)) this.#probeDone()
  }

  /** The line is free again: what the probe cost says when the next may be. */
  #probeDone(): void {
    if (!this.#probed) return
    const nowMs = this.#options.wireClock.nowMs()
    const costMs = Math.max(0, nowMs - this.#probed.fromMs)
    this.#probed = undefined
    this.#nextProbeAtMs = nowMs + costMs / this.#probeShare
    this.#probeShare = Math.max(leastProbeShare, this.#probeShare / 2)
  }

  #connectionChanged(connected: boolean, reason: string): void {
    this.#probed = undefined
    this.#nextProbeAtMs = 0
    this.#probeShare = firstProbeShare
    if (connected) {
      for (const unit of this.#units) {
        unit.missedReads = 0
        unit.demoted = false
        unit.forget()
      }
      this.#tell(undefined, 'online', 'Connected.')
    } else {
      this.#tell(undefined, 'offline', `There is no connection: ${reason}. It is tried again.`)
      for (const unit of this.#units) {
        unit.told.fill(-1)
        this.#tellUnit(unit, 'offline', `Its gateway is offline: ${reason}.`)
      }
    }
  }

  #tellUnit(unit: PolledUnit, state: HealthState, reason: string): void {
    for (const { plate } of unit.plates) this.#tell(plate, state, reason)
  }

  #tell(plate: string | undefined, state: HealthState, reason: string): void {
    const subject = plate ?? ''
    if (this.#stopped || this.#states.get(subject) === state) return
    this.#states.set(subject, state)
    this.#options.onHealth({ device: this.#options.plan.device, ...(plate ? { plate } : {}), state, reason })
  }
}
