/**
 * The lines on which a store's plates are read: Modbus buses, indicators that send by themselves, boards that publish.
 * Each is started, changed and ended by itself, so that a corrected address disturbs nobody else's plates.
 */
import { join } from 'node:path'
import type { Clock } from '../contract/clock.ts'
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import type { HealthReport } from '../devices/health-report.ts'
import type { ChannelReading } from '../devices/load-cells/decode.ts'
import { FlashBudget } from '../devices/load-cells/flash-budget.ts'
import {
  connectionOptionsOf,
  type GatewayPlan,
  planGateways,
  planPublishers,
  planStreams,
} from '../devices/load-cells/gateway-plan.ts'
import { ModbusLoadCellCommands, StoreLoadCellCommands } from '../devices/load-cells/load-cell-commands.ts'
import type { LoadCellCommands } from '../devices/load-cells/load-cell-orders.ts'
import { LoadCellPoller } from '../devices/load-cells/load-cell-poller.ts'
import { LoadCellPublisherReader } from '../devices/load-cells/load-cell-publisher.ts'
import { LoadCellStreamReader } from '../devices/load-cells/load-cell-stream.ts'
import { ModbusConnection } from '../devices/modbus/modbus-connection.ts'
import type { MqttReceiver } from '../devices/mqtt-receiver.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'

export interface LoadCellListener {
  onBatch(batch: SampleBatch): void
  /** The reading is overwritten by the next one. */
  onReading(plate: string, reading: ChannelReading, atMs: number): void
  onHealth(report: HealthReport): void
}

export interface LoadCellLinesOptions {
  catalogue: DeviceCatalogue
  /** The store's time. */
  clock: Clock
  /** Real time: devices answer, and fail, in it, also where a demonstration runs faster. */
  wireClock: Clock
  /** Where the counts of flash writes are kept. */
  dataDirectory: string
  listener: LoadCellListener
}

interface Line {
  start(): void
  stop(): Promise<void>
  attend(plates: ReadonlySet<string> | undefined): void
  /** Orders to its plates; undefined: it takes none. */
  commands?: LoadCellCommands & { plates: string[] }
  /** Whoever waits for its messages; undefined: it is no device that publishes. */
  receiver?: MqttReceiver
}

/** A line that a profile asks for, and everything that it is made from, as text. */
interface WantedLine {
  plan: string
  make(): Line
}

export class LoadCellLines {
  readonly #options: LoadCellLinesOptions
  readonly #flash: FlashBudget
  /** By device. */
  readonly #lines = new Map<string, Line & { plan: string }>()
  readonly commands: LoadCellCommands = new StoreLoadCellCommands((plate) => this.#commandsOf(plate))

  /** @throws AisleError `device-unknown`, `device-mismatch` where profile and definitions do not fit */
  constructor(profile: Profile, options: LoadCellLinesOptions) {
    this.#options = options
    this.#flash = new FlashBudget(join(options.dataDirectory, 'flash-writes.json'), options.wireClock)
    for (const [device, wanted] of this.#wanted(profile)) this.#add(device, wanted)
  }

  /** Those for whom messages come over MQTT; whoever holds that connection starts and stops them. */
  get receivers(): MqttReceiver[] {
    return [...this.#lines.values()].flatMap(({ receiver }) => receiver ?? [])
  }

  start(): void {
    for (const line of this.#lines.values()) line.start()
  }

  /** Says at which plates hands may be; undefined: nobody knows, so everywhere. */
  attend(plates: ReadonlySet<string> | undefined): void {
    for (const line of this.#lines.values()) line.attend(plates)
  }

  /**
   * Ends the lines that changed or are gone, and starts what took their place; all others go on untouched.
   * @throws AisleError `device-unknown`, `device-mismatch`; then nothing was changed
   */
  async change(profile: Profile): Promise<void> {
    const wanted = this.#wanted(profile)
    const ended = [...this.#lines].filter(([device, { plan }]) => wanted.get(device)?.plan !== plan)
    for (const [device] of ended) this.#lines.delete(device)
    await Promise.all(ended.map(([, line]) => line.stop()))
    for (const [device, line] of wanted) if (!this.#lines.has(device)) this.#add(device, line).start()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#lines.values()].map((line) => line.stop()))
  }

  #add(device: string, { plan, make }: WantedLine): Line {
    const line = { ...make(), plan }
    this.#lines.set(device, line)
    return line
  }

  #commandsOf(plate: string): LoadCellCommands | undefined {
    for (const { commands } of this.#lines.values()) if (commands?.plates.includes(plate)) return commands
    return undefined
  }

  #wanted(profile: Profile): Map<string, WantedLine> {
    const { catalogue, clock, wireClock, listener } = this.#options
    const readerOptions = { clock, wireClock, ...listener }
    const lines = <Plan extends { device: string }>(plans: readonly Plan[], make: (plan: Plan) => Line) =>
      plans.map((plan) => [plan.device, { plan: JSON.stringify(plan), make: () => make(plan) }] as const)
    return new Map([
      ...lines(planGateways(profile, catalogue), (plan) => this.#bus(plan)),
      ...lines(planStreams(profile, catalogue), (plan) => {
        const stream = new LoadCellStreamReader({ plan, ...readerOptions })
        return { start: () => stream.start(), stop: () => stream.stop(), attend() {}, commands: stream }
      }),
      ...lines(planPublishers(profile, catalogue), (plan) => {
        const receiver = new LoadCellPublisherReader({ plan, ...readerOptions })
        return { start() {}, async stop() {}, attend() {}, receiver }
      }),
    ])
  }

  #bus(plan: GatewayPlan): Line {
    const { clock, wireClock, listener } = this.#options
    const connection = new ModbusConnection({ ...connectionOptionsOf(plan), clock: wireClock })
    const poller = new LoadCellPoller({ plan, connection, clock, wireClock, ...listener })
    return {
      start() {
        poller.start()
        connection.open()
      },
      async stop() {
        await poller.stop()
        connection.close()
      },
      attend: (plates) => poller.attend(plates),
      commands: new ModbusLoadCellCommands({ plan, connection, wireClock, flash: this.#flash }),
    }
  }
}
