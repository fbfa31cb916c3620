/**
 * Orders to transmitters: zero, tare, calibrate. They are written among the polls on the same line, in the way that
 * the definition says, and nothing counts as done until it has been read back.
 */
import { type Clock, sleep } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import type {
  CommandName,
  FlashUse,
  LoadCellOrder,
  RegisterBlock,
  WeightReading,
} from '../../sensing-api/load-cell-client.ts'
import type { LoadCellCommand, LoadCellTransmitter } from '../definition-schema.ts'
import type { ModbusConnection } from '../modbus/modbus-connection.ts'
import { condition, UnitDecoder, weightIn, weightWords } from './decode.ts'
import type { FlashBudget } from './flash-budget.ts'
import type { GatewayPlan } from './gateway-plan.ts'
import {
  type LoadCellCommands,
  type LoadCellPlace,
  refused,
  unconfirmed,
  unknownCommand,
  unknownPlate,
} from './load-cell-orders.ts'
import { isDone } from './order-done.ts'
import { registersOf } from './register-check.ts'

export interface ModbusCommandsOptions {
  plan: GatewayPlan
  connection: ModbusConnection
  /** Real time: devices take it. */
  wireClock: Clock
  flash: FlashBudget
}

/** How long a transmitter may take to show what an order did: its filter has to settle. */
const settleWithinMs = 3000
const readAgainMs = 50
/** The maker of the handshake's own client asks as often. */
const handshakePollMs = 20

interface Target {
  unit: number
  channel: number
}

export class ModbusLoadCellCommands implements LoadCellCommands {
  readonly #options: ModbusCommandsOptions
  readonly #targets: ReadonlyMap<string, Target>
  readonly #busy = new Set<number>()

  constructor(options: ModbusCommandsOptions) {
    this.#options = options
    this.#targets = new Map(
      options.plan.units.flatMap(({ unit, fixtures }) =>
        fixtures.flatMap(({ plates }) => plates.map(({ plate, channel }) => [plate, { unit, channel }] as const)),
      ),
    )
  }

  get plates(): string[] {
    return [...this.#targets.keys()]
  }

  describe(plate: string): LoadCellPlace {
    const { id, maker, model, commands } = this.#definition
    return {
      device: this.#options.plan.device,
      ...this.#target(plate),
      definition: id,
      model: `${maker} ${model}`,
      commands: Object.keys(commands) as CommandName[],
    }
  }

  async execute(plate: string, order: LoadCellOrder): Promise<WeightReading> {
    const target = this.#target(plate)
    const command = this.#definition.commands[order.command]
    if (!command) throw unknownCommand(plate, order.command, this.describe(plate))
    if (this.#busy.has(target.unit)) {
      throw new AisleError('command-busy', 'Its transmitter is carrying out another order.', {
        where: `plate ${plate}`,
        action: 'Wait a moment and try again.',
      })
    }
    this.#busy.add(target.unit)
    try {
      return await this.#carryOut(plate, target, command, order)
    } finally {
      this.#busy.delete(target.unit)
    }
  }

  async registers(plate: string, at?: { address: number; count: number }): Promise<RegisterBlock[]> {
    const { unit } = this.#target(plate)
    const { reads, limits } = this.#definition
    if (at && at.count > limits.maxRegisters) {
      const message = `${at.count} registers are more than the ${limits.maxRegisters} that it gives at once.`
      throw new AisleError('registers-too-many', message, { where: `plate ${plate}`, action: 'Ask for fewer.' })
    }
    const blocks: RegisterBlock[] = []
    for (const { address, count } of at ? [at] : reads) {
      const bytes = await this.#read(unit, address, count)
      blocks.push({ address, words: Array.from({ length: count }, (_, i) => bytes.readUInt16BE(2 * i)) })
    }
    return blocks
  }

  async flashUse(plate: string): Promise<FlashUse | undefined> {
    const { unit } = this.#target(plate)
    const budget = this.#definition.limits.flashWriteBudget
    return budget === undefined ? undefined : { used: await this.#options.flash.used(this.#unitName(unit)), budget }
  }

  async #carryOut(
    plate: string,
    target: Target,
    command: LoadCellCommand,
    order: LoadCellOrder,
  ): Promise<WeightReading> {
    const { unit } = target
    const before = await this.#weigh(target)
    const known =
      command.weight && order.command === 'calibrateSpan'
        ? this.#knownWeight(plate, command, order.knownG, before)
        : undefined
    const writes = writesOf(command, target.channel, known)
    const { flashWriteBudget } = this.#definition.limits
    if (command.wearsFlash && flashWriteBudget !== undefined) {
      await this.#options.flash.spend(this.#unitName(unit), writes.length, flashWriteBudget)
    }
    for (const write of writes) {
      await this.#write(unit, write.address, write.values)
      if (write.isOrder && command.handshake) await this.#shakeHands(plate, unit, command, write)
    }
    if (command.verify) await this.#verify(plate, unit, command.verify)
    return this.#confirm(plate, target, order)
  }

  #knownWeight(plate: string, { weight }: LoadCellCommand, knownG: number, { scale }: Weighed): Write {
    const words = weight && weightWords(this.#definition, weight.type, knownG, scale)
    if (!(knownG > 0) || !weight || !words) {
      throw new AisleError('weight-unfit', `${knownG} g cannot be given to it as a known weight.`, {
        where: `plate ${plate}`,
        action: 'Use a weight between a tenth of its rating and its rating, and check unit and decimals at the device.',
      })
    }
    return { address: weight.address, values: words }
  }

  /** The transmitter raises a bit when it is done, wants the order taken back, and lowers the bit. */
  async #shakeHands(plate: string, unit: number, { handshake }: LoadCellCommand, order: Write): Promise<void> {
    if (!handshake) return
    const { address, bit, successBit, timeoutMs } = handshake
    const raised = await this.#waitFor(unit, address, timeoutMs, (word) => ((word >> bit) & 1) === 1)
    await this.#write(
      unit,
      order.address,
      order.values.map(() => 0),
    )
    const lowered = await this.#waitFor(unit, address, timeoutMs, (word) => ((word >> bit) & 1) === 0)
    if (raised === undefined || lowered === undefined) {
      throw new AisleError('command-refused', `It did not say within ${timeoutMs} ms that the order is done.`, {
        where: `plate ${plate}`,
        action: 'Wait until the plate is at rest and try again; start the transmitter anew when that does not help.',
      })
    }
    if (successBit !== undefined && ((raised >> successBit) & 1) === 0) throw refused(plate)
  }

  async #verify(plate: string, unit: number, verify: NonNullable<LoadCellCommand['verify']>): Promise<void> {
    const { address, values, timeoutMs } = verify
    const word = await this.#waitFor(unit, address, timeoutMs, (word) => values.includes(word))
    if (word === undefined) throw refused(plate)
  }

  /** The word as soon as it is as it should be; undefined: it never was. */
  async #waitFor(
    unit: number,
    address: number,
    timeoutMs: number,
    holds: (word: number) => boolean,
  ): Promise<number | undefined> {
    for (let waitedMs = 0; waitedMs <= timeoutMs; waitedMs += handshakePollMs) {
      const word = (await this.#read(unit, address, 1)).readUInt16BE(0)
      if (holds(word)) return word
      await sleep(this.#options.wireClock, handshakePollMs)
    }
    return undefined
  }

  async #confirm(plate: string, target: Target, order: LoadCellOrder): Promise<WeightReading> {
    let weighed = await this.#weigh(target)
    for (let waitedMs = 0; !isDone(order, weighed.reading); waitedMs += readAgainMs) {
      if (waitedMs >= settleWithinMs) throw unconfirmed(plate, order, weighed.reading)
      await sleep(this.#options.wireClock, readAgainMs)
      weighed = await this.#weigh(target)
    }
    return weighed.reading
  }

  async #weigh({ unit, channel }: Target): Promise<Weighed> {
    const definition = this.#definition
    const decoder = new UnitDecoder(definition)
    const answers: Buffer[] = []
    for (const { address, count } of definition.reads) answers.push(await this.#read(unit, address, count))
    const reading = decoder.decode(answers)[channel - 1]
    const { scale } = decoder
    const tared = definition.status?.net ? ((decoder.conditions[channel - 1] ?? 0) & condition.net) !== 0 : null
    let netG: number | null = null
    if (definition.net && reading && reading.weightG !== null) {
      const { net, status } = definition
      const address = net.address + (channel - 1) * (net.stride ?? 0)
      const bytes = await this.#read(unit, address, registersOf(net.type))
      const word = net.signBit !== undefined && status ? (await this.#read(unit, status.address, 1)).readUInt16BE(0) : 0
      netG = weightIn(definition, net, bytes, scale, net.signBit !== undefined && ((word >> net.signBit) & 1) === 1)
    }
    return { reading: { grossG: reading?.weightG ?? null, netG, stable: reading?.stable ?? false, tared }, scale }
  }

  get #definition(): LoadCellTransmitter {
    return this.#options.plan.definition
  }

  #unitName(unit: number): string {
    return `${this.#options.plan.device} unit ${unit}`
  }

  #target(plate: string): Target {
    const target = this.#targets.get(plate)
    if (target) return target
    throw unknownPlate(plate)
  }

  #read(unit: number, address: number, count: number): Promise<Buffer> {
    return this.#options.connection.readBytes(unit, this.#definition.readFunction, address, count, { urgent: true })
  }

  async #write(unit: number, address: number, values: readonly number[]): Promise<void> {
    const { connection } = this.#options
    if (this.#definition.writeFunction === 16) return connection.writeRegisters(unit, address, values, { urgent: true })
    for (const [index, value] of values.entries()) {
      await connection.writeRegister(unit, address + index, value, { urgent: true })
    }
  }
}

interface Weighed {
  reading: WeightReading
  scale: UnitDecoder['scale']
}

interface Write {
  address: number
  values: readonly number[]
  /** The order itself, not what prepares or ends it. */
  isOrder?: boolean
}

/** All that an order writes, in this order. */
function writesOf(command: LoadCellCommand, channel: number, known: Write | undefined): Write[] {
  const { unlock = [], before = [], after = [], stride = 0, oneWrite, channelMask } = command
  const address = command.address + (channel - 1) * stride
  const values = command.values?.map((value) => (channelMask ? value << (channel - 1) : value))
  const order: Write[] = []
  if (known && values && oneWrite)
    order.push({ address: known.address, values: [...known.values, ...values], isOrder: true })
  else {
    if (known) order.push(known)
    if (values) order.push({ address, values, isOrder: true })
  }
  return [...unlock, ...before, ...order, ...after]
}

/** The load cells of several devices as one. */
export class StoreLoadCellCommands implements LoadCellCommands {
  readonly #find: (plate: string) => LoadCellCommands | undefined

  /** @param find whoever takes orders to a plate now */
  constructor(find: (plate: string) => LoadCellCommands | undefined) {
    this.#find = find
  }

  describe(plate: string): LoadCellPlace {
    return this.#of(plate).describe(plate)
  }

  async execute(plate: string, order: LoadCellOrder): Promise<WeightReading> {
    return this.#of(plate).execute(plate, order)
  }

  async registers(plate: string, at?: { address: number; count: number }): Promise<RegisterBlock[]> {
    return this.#of(plate).registers(plate, at)
  }

  async flashUse(plate: string): Promise<FlashUse | undefined> {
    return this.#of(plate).flashUse(plate)
  }

  #of(plate: string): LoadCellCommands {
    const device = this.#find(plate)
    if (device) return device
    throw unknownPlate(plate)
  }
}
