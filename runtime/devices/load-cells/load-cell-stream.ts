/** Indicators that send their weight as lines of text by themselves, one or several on a line. */
import { type Clock, sleep } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import type {
  CommandName,
  FlashUse,
  LoadCellOrder,
  RegisterBlock,
  WeightReading,
} from '../../sensing-api/load-cell-client.ts'
import type { SampleBatch } from '../../sensing-api/sensing-client.ts'
import { BytePort, type StreamAddress, streamOf } from '../byte-port.ts'
import type { LoadCellStream } from '../definition-schema.ts'
import type { HealthReport } from '../health-report.ts'
import type { ChannelReading } from './decode.ts'
import {
  type LoadCellCommands,
  type LoadCellPlace,
  refused,
  unconfirmed,
  unknownCommand,
  unknownPlate,
} from './load-cell-orders.ts'
import { isDone } from './order-done.ts'
import { SampleClock } from './sample-clock.ts'
import { SilenceWatch } from './silence-watch.ts'
import { TextFrames, type TextReading } from './text-frames.ts'

export interface StreamPlan {
  device: string
  address: StreamAddress
  definition: LoadCellStream
  plates: { plate: string; fixture: string; unit: number }[]
}

export interface LoadCellStreamOptions {
  plan: StreamPlan
  clock: Clock
  wireClock: Clock
  onBatch(batch: SampleBatch): void
  onReading(plate: string, reading: ChannelReading, atMs: number): void
  onHealth(report: HealthReport): void
}

interface Sender {
  plate: string
  plates: string[]
  fixture: string
  unit: number
  clock: SampleClock
  /** What the indicator takes off its net weight, as far as it can be told. */
  tareG: number
  grossG: number | null
  last: TextReading | undefined
  busy: boolean
}

const settleWithinMs = 3000
const lookAgainMs = 20

export class LoadCellStreamReader implements LoadCellCommands {
  readonly #options: LoadCellStreamOptions
  readonly #port: BytePort
  readonly #frames: TextFrames
  readonly #senders: Sender[]
  readonly #watch: SilenceWatch
  #refusals = 0

  constructor(options: LoadCellStreamOptions) {
    this.#options = options
    const { plan, clock, wireClock, onHealth } = options
    const { device, address, definition } = plan
    this.#frames = new TextFrames(definition)
    this.#senders = plan.plates.map(({ plate, fixture, unit }) => ({
      plate,
      plates: [plate],
      fixture,
      unit,
      clock: new SampleClock(clock),
      tareG: 0,
      grossG: null,
      last: undefined,
      busy: false,
    }))
    this.#port = new BytePort(streamOf(address, wireClock), wireClock, {
      onBytes: (bytes) => this.#frames.take(bytes, (line) => this.#take(line)),
      onChange: (connected, reason) => this.#changed(connected, reason),
    })
    const { lateMs, offlineMs } = definition
    this.#watch = new SilenceWatch({ device, plates: this.plates, lateMs, offlineMs, wireClock, onHealth })
  }

  get plates(): string[] {
    return this.#senders.map(({ plate }) => plate)
  }

  start(): void {
    this.#watch.start()
    this.#port.open()
  }

  async stop(): Promise<void> {
    this.#watch.stop()
    this.#port.close()
  }

  describe(plate: string): LoadCellPlace {
    const { unit } = this.#sender(plate)
    const { device, definition } = this.#options.plan
    const { id, maker, model, commands } = definition
    const known = Object.keys(commands) as CommandName[]
    return { device, unit, channel: 1, definition: id, model: `${maker} ${model}`, commands: known }
  }

  async execute(plate: string, order: LoadCellOrder): Promise<WeightReading> {
    const sender = this.#sender(plate)
    const { commands } = this.#options.plan.definition
    const line = order.command in commands ? commands[order.command as keyof typeof commands] : undefined
    if (line === undefined) throw unknownCommand(plate, order.command, this.describe(plate))
    if (sender.busy) {
      const message = 'It is carrying out another order.'
      throw new AisleError('command-busy', message, { where: `plate ${plate}`, action: 'Wait and try again.' })
    }
    sender.busy = true
    try {
      return await this.#carryOut(sender, line, order)
    } finally {
      sender.busy = false
    }
  }

  async registers(plate: string): Promise<RegisterBlock[]> {
    this.#sender(plate)
    throw new AisleError('command-unknown', 'An indicator that sends text has no registers.', {
      where: `plate ${plate}`,
      action: 'Look at its own display.',
    })
  }

  async flashUse(): Promise<FlashUse | undefined> {
    return undefined
  }

  async #carryOut(sender: Sender, line: string, order: LoadCellOrder): Promise<WeightReading> {
    const { plate } = sender
    const refusalsBefore = this.#refusals
    sender.last = undefined
    if (!this.#port.write(addressed(line, sender.unit))) {
      const message = 'There is no connection to it.'
      throw new AisleError('command-refused', message, { where: `plate ${plate}`, action: 'Check its address.' })
    }
    for (let waitedMs = 0; ; waitedMs += lookAgainMs) {
      await sleep(this.#options.wireClock, lookAgainMs)
      if (this.#refusals > refusalsBefore) throw refused(plate)
      const reading = sender.last && readBack(sender.last, sender)
      if (reading && isDone(order, reading)) return reading
      if (waitedMs >= settleWithinMs) throw unconfirmed(plate, order, reading ?? readBack(undefined, sender))
    }
  }

  #take(line: Parameters<Parameters<TextFrames['take']>[1]>[0]): void {
    if (line.is === 'other') {
      if (this.#options.plan.definition.refusals.includes(line.text)) this.#refusals++
      return
    }
    const { reading } = line
    const sender =
      reading.unit === undefined ? this.#senders[0] : this.#senders.find(({ unit }) => unit === reading.unit)
    if (sender) this.#weighed(sender, reading)
  }

  #weighed(sender: Sender, reading: TextReading): void {
    const { onBatch, onReading } = this.#options
    const { grams, isNet, stable, overload } = reading
    // A tare that was taken at the indicator must not look like a shopper: what it took off is the step it made.
    if (isNet && !sender.last?.isNet && grams !== null && sender.grossG !== null) sender.tareG = sender.grossG - grams
    if (!isNet) sender.tareG = 0
    sender.last = reading
    sender.grossG = grams === null ? null : grams + (isNet ? sender.tareG : 0)
    const { plate, plates, fixture } = sender
    const { atMs, rateHz } = sender.clock.tick()
    const shown = { weightG: sender.grossG, stable, overload, underload: false, error: grams === null && !overload }
    onReading(plate, shown, atMs)
    if (overload) this.#watch.heard(plate, 'saturated', 'It is overloaded, or its cell is disconnected.')
    else if (shown.error) this.#watch.heard(plate, 'offline', 'It sends no number: check its unit and its cell.')
    else this.#watch.heard(plate, 'online', 'It is read.')
    onBatch({ fixture, firstAtMs: atMs, rateHz, plates, grams: [[sender.grossG]] })
  }

  #changed(connected: boolean, reason: string): void {
    if (!connected) {
      this.#watch.tell(undefined, 'offline', `There is no connection: ${reason}. It is tried again.`)
      return
    }
    this.#watch.tell(undefined, 'online', 'Connected.')
    const { start } = this.#options.plan.definition
    if (start !== undefined) for (const { unit } of this.#senders) this.#port.write(addressed(start, unit))
  }

  #sender(plate: string): Sender {
    const sender = this.#senders.find((each) => each.plate === plate)
    if (sender) return sender
    throw unknownPlate(plate)
  }
}

const addressed = (line: string, unit: number) => line.replace('{id}', String(unit).padStart(2, '0'))

function readBack(reading: TextReading | undefined, { grossG }: Sender): WeightReading {
  const isNet = reading?.isNet ?? false
  return { grossG, netG: isNet ? (reading?.grams ?? null) : grossG, stable: reading?.stable ?? false, tared: isNet }
}
