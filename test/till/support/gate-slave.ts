import { type IServiceVector, ServerTCP } from 'modbus-serial'
import { freePorts } from '../../support/free-ports.ts'

const counterRegister = 16

/** A Moxa E1214 as a real Modbus slave: six inputs to set, six relays to look at, pulses and closings counted. */
export class GateSlave {
  port = 0
  /** By number from 1; the fire contact is closed while there is no fire. */
  readonly inputs = new CountedInputs([[4, true]])
  readonly relays = new Map<number, boolean>()
  readonly pulses: number[] = []
  /** When each relay last changed, by the machine's clock. */
  readonly changedAtMs = new Map<number, number>()
  #server: ServerTCP | undefined

  async start(): Promise<this> {
    // The same again after a stop: a module comes back where it was.
    if (this.port === 0) this.port = (await freePorts(1))[0] ?? 0
    const vector: IServiceVector = {
      getDiscreteInput: (address: number) => this.inputs.get(address + 1) ?? false,
      getInputRegister: (address: number) => {
        const word = address - counterRegister
        const count = this.inputs.closings.get((word >> 1) + 1) ?? 0
        return word % 2 === 0 ? count >>> 16 : count & 0xffff
      },
      getCoil: (address: number) => this.relays.get(address + 1) ?? false,
      setCoil: async (address: number, on: boolean) => {
        if (address >= 16) {
          if (on) this.pulses.push(address - 15)
        } else if (this.relays.get(address + 1) !== on) {
          this.relays.set(address + 1, on)
          this.changedAtMs.set(address + 1, performance.now())
        }
      },
    }
    const server = new ServerTCP(vector, { host: '127.0.0.1', port: this.port, unitID: 1 })
    this.#server = server
    await new Promise<void>((resolve) => server.once('initialized', () => resolve()))
    return this
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server?.close(() => resolve()) ?? resolve())
  }
}

/** Contacts whose closings the module counts. */
class CountedInputs extends Map<number, boolean> {
  /** By the input's number. */
  readonly closings = new Map<number, number>()

  override set(input: number, closed: boolean): this {
    // A Map's constructor sets its first entries before there is anything to count with.
    if (closed && !this.get(input)) this.closings?.set(input, (this.closings.get(input) ?? 0) + 1)
    return super.set(input, closed)
  }
}
