/**
 * Reads every unit of one gateway at the profile's rate, whole blocks at a time. A unit that stays silent
 * costs its whole time-out, so it is demoted to a slow probe and the others keep their rate.
 */
import { type Clock, sleep } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { HealthState } from '../../contract/messages.ts'
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import type { HealthReport } from '../health-report.ts'
import type { ModbusConnection } from '../modbus/modbus-connection.ts'
import { ModbusError } from '../modbus/modbus-error.ts'
import { type ChannelReading, decodeUnit } from './decode.ts'
import type { GatewayPlan, UnitPlan } from './gateway-plan.ts'

export interface LoadCellPollerOptions {
  plan: GatewayPlan
  /** Open for as long as the poller runs; it may come and go meanwhile. */
  connection: ModbusConnection
  /** The store's time: samples are stamped with it, and the rate is in it. */
  clock: Clock
  /** Real time, for what a silent unit costs. */
  wireClock: Clock
  onBatch(batch: SampleBatch): void
  onReading(plate: string, reading: ChannelReading, atMs: number): void
  onHealth(report: HealthReport): void
}

interface PolledUnit extends UnitPlan {
  missedReads: number
  /** Set while it is demoted: when to try it again. */
  probeAtMs: number | undefined
}

const missedUntilLate = 2
const missedUntilDemoted = 3
const probeIntervalMs = 5000

export class LoadCellPoller {
  readonly #options: LoadCellPollerOptions
  readonly #units: PolledUnit[]
  readonly #states = new Map<string, HealthState>()
  readonly #end = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #unlisten = () => {}

  constructor(options: LoadCellPollerOptions) {
    this.#options = options
    this.#units = options.plan.units.map((unit) => ({ ...unit, missedReads: 0, probeAtMs: undefined }))
  }

  start(): void {
    const { connection } = this.#options
    this.#unlisten = connection.onChange((connected, reason) => this.#connectionChanged(connected, reason))
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#unlisten()
    this.#end.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, connection, plan } = this.#options
    const periodMs = 1000 / plan.pollHz
    let dueMs = clock.nowMs()
    while (!this.#end.signal.aborted) {
      if (connection.connected) await this.#readAll()
      // On a fixed grid; rounds that could not be kept are left out rather than caught up with.
      dueMs = Math.max(dueMs + periodMs, clock.nowMs())
      await sleep(clock, dueMs - clock.nowMs(), this.#end.signal)
    }
  }

  async #readAll(): Promise<void> {
    for (const unit of this.#units) {
      if (unit.probeAtMs === undefined && !this.#end.signal.aborted) await this.#readUnit(unit)
    }
    // One probe a round, so that many dead units do not slow the living ones either.
    const nowMs = this.#options.wireClock.nowMs()
    const probed = this.#units.find((unit) => unit.probeAtMs !== undefined && unit.probeAtMs <= nowMs)
    if (probed && !this.#end.signal.aborted) await this.#readUnit(probed)
  }

  async #readUnit(unit: PolledUnit): Promise<void> {
    const { connection, plan, clock } = this.#options
    const read = plan.definition.readFunction === 3 ? connection.readHolding : connection.readInput
    try {
      const answers: number[][] = []
      for (const { address, count } of plan.definition.reads) {
        answers.push(await read.call(connection, unit.unit, address, count))
      }
      this.#answered(unit, decodeUnit(plan.definition, answers), clock.nowMs())
    } catch (error) {
      this.#missed(unit, error)
    }
  }

  #answered(unit: PolledUnit, readings: ChannelReading[], atMs: number): void {
    unit.missedReads = 0
    unit.probeAtMs = undefined
    const { plan, onBatch, onReading } = this.#options
    for (const { fixture, plates } of unit.fixtures) {
      const grams: (number | null)[][] = []
      for (const { plate, channel } of plates) {
        const reading = readings[channel - 1]
        if (!reading) continue
        grams.push([reading.weightG])
        onReading(plate, reading, atMs)
        this.#tellOfReading(plate, reading)
      }
      onBatch({ fixture, firstAtMs: atMs, rateHz: plan.pollHz, plates: plates.map(({ plate }) => plate), grams })
    }
  }

  #tellOfReading(plate: string, reading: ChannelReading): void {
    if (reading.overload) this.#tell(plate, 'saturated', 'It is overloaded: take weight off.')
    else if (reading.underload) this.#tell(plate, 'saturated', 'It is below its range: check how the plate lies.')
    // After them: some models call an overload an error as well.
    else if (reading.error) {
      this.#tell(plate, 'offline', 'Its channel reports an error: check the load cell and its cable.')
    } else this.#tell(plate, 'online', 'It is read.')
  }

  #missed(unit: PolledUnit, error: unknown): void {
    // Without a connection every unit is silent; that says nothing about the units.
    if (error instanceof ModbusError && error.failure === 'closed') return
    unit.missedReads++
    if (unit.missedReads >= missedUntilDemoted) {
      unit.probeAtMs = this.#options.wireClock.nowMs() + probeIntervalMs
      this.#tellUnit(unit, 'offline', errorSentence(error))
    } else if (unit.missedReads >= missedUntilLate) {
      this.#tellUnit(unit, 'late', errorSentence(error))
    }
  }

  #connectionChanged(connected: boolean, reason: string): void {
    if (connected) {
      for (const unit of this.#units) {
        unit.missedReads = 0
        unit.probeAtMs = undefined
      }
      this.#tell(undefined, 'online', 'Connected.')
    } else {
      this.#tell(undefined, 'offline', `There is no connection: ${reason}. It is tried again.`)
      for (const unit of this.#units) this.#tellUnit(unit, 'offline', `Its gateway is offline: ${reason}.`)
    }
  }

  #tellUnit(unit: PolledUnit, state: HealthState, reason: string): void {
    for (const { plates } of unit.fixtures) for (const { plate } of plates) this.#tell(plate, state, reason)
  }

  #tell(plate: string | undefined, state: HealthState, reason: string): void {
    const subject = plate ?? ''
    if (this.#states.get(subject) === state) return
    this.#states.set(subject, state)
    this.#options.onHealth({ device: this.#options.plan.device, ...(plate ? { plate } : {}), state, reason })
  }
}
