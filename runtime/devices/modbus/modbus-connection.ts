/**
 * One TCP gateway or one serial line. A serial line serves one request at a time, and a gateway only queues
 * the others, so exactly one is in flight here. Over modbus-serial, around its traps: its unit id and its
 * time-out are state shared by all requests, a connection that ends leaves its request unanswered for ever,
 * reads of bits come back padded to whole bytes, and a frame with a wrong length stalls the stream.
 */
import type { Clock, Timer } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import { exceptionTexts, ModbusError } from './modbus-error.ts'
import { type ModbusAddress, type ModbusClient, openPort } from './open-port.ts'

export interface ModbusConnectionOptions {
  /** The device's name in the profile, for errors. */
  name: string
  address: ModbusAddress
  /** Real time, also where a demonstration runs faster: what a wire needs does not shrink with it. */
  clock: Clock
  /** How long a unit may take to answer, from when its request was sent. */
  answerWithinMs?: number
  /** Pause between an answer and the next request. */
  minIntervalMs?: number
}

type Send = (client: ModbusClient, done: (error: unknown, result: unknown) => void) => void

interface Request {
  unit: number
  send: Send
  resolve(result: unknown): void
  reject(error: ModbusError): void
}

interface InFlight {
  request: Request
  deadline: Timer
}

const firstRetryMs = 200
const longestRetryMs = 10_000
/** So many requests in a row without any answer: the stream itself may be out of step, so it is opened anew. */
const silentRequestsBeforeReopen = 10
/** A late answer of a serial unit carries no number and would be taken for the next one's; it is let pass. */
const quietAfterTimeoutMs = 50

export class ModbusConnection {
  readonly #options: ModbusConnectionOptions
  readonly #queue: Request[] = []
  readonly #listeners = new Set<(connected: boolean, reason: string) => void>()
  #client: ModbusClient | undefined
  #inFlight: InFlight | undefined
  #pause: Timer | undefined
  #retry: Timer | undefined
  #retryMs = firstRetryMs
  #silentRequests = 0
  #state: 'new' | 'open' | 'closed' = 'new'
  #whyClosed = 'it was not opened yet'

  constructor(options: ModbusConnectionOptions) {
    this.#options = options
  }

  get connected(): boolean {
    return this.#client !== undefined
  }

  /** Starts to connect, and connects again after each loss, until {@link close}. */
  open(): void {
    if (this.#state !== 'new') return
    this.#state = 'open'
    void this.#connect()
  }

  /** Ends it for good; whatever waits is refused. */
  close(): void {
    this.#state = 'closed'
    this.#options.clock.clear(this.#retry)
    this.#lose('it was closed')
  }

  /** Tells each time that the connection comes or goes, or could not be made. Returns a function that ends it. */
  onChange(listener: (connected: boolean, reason: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Registers as they stand on the wire, 16 bits each.
   * @throws ModbusError, as every request does
   */
  async readHolding(unit: number, address: number, count: number): Promise<number[]> {
    return this.#ask<number>(unit, (client, done) => client.writeFC3(unit, address, count, done))
  }

  async readInput(unit: number, address: number, count: number): Promise<number[]> {
    return this.#ask<number>(unit, (client, done) => client.writeFC4(unit, address, count, done))
  }

  async readCoils(unit: number, address: number, count: number): Promise<boolean[]> {
    const bits = await this.#ask<boolean>(unit, (client, done) => client.writeFC1(unit, address, count, done))
    return bits.slice(0, count)
  }

  async readDiscreteInputs(unit: number, address: number, count: number): Promise<boolean[]> {
    const bits = await this.#ask<boolean>(unit, (client, done) => client.writeFC2(unit, address, count, done))
    return bits.slice(0, count)
  }

  async writeCoil(unit: number, address: number, on: boolean): Promise<void> {
    await this.#request(unit, (client, done) => client.writeFC5(unit, address, on, done))
  }

  /** Function 6. */
  async writeRegister(unit: number, address: number, value: number): Promise<void> {
    await this.#request(unit, (client, done) => client.writeFC6(unit, address, value, done))
  }

  /** Function 16. */
  async writeRegisters(unit: number, address: number, values: number[]): Promise<void> {
    await this.#request(unit, (client, done) => client.writeFC16(unit, address, values, done))
  }

  async #ask<T>(unit: number, send: Send): Promise<T[]> {
    return ((await this.#request(unit, send)) as { data: T[] }).data
  }

  #request(unit: number, send: Send): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // Never kept for a later connection: an order to a door must not be carried out when nobody expects it.
      if (!this.#client) return reject(this.#closedError())
      this.#queue.push({ unit, send, resolve, reject })
      this.#sendNext()
    })
  }

  #sendNext(): void {
    const client = this.#client
    if (!client || this.#inFlight || this.#pause) return
    const request = this.#queue.shift()
    if (!request) return
    const { clock, answerWithinMs = 200 } = this.#options
    const inFlight = { request, deadline: clock.after(answerWithinMs, () => this.#timedOut(inFlight, answerWithinMs)) }
    this.#inFlight = inFlight
    try {
      request.send(client, (error, result) => this.#answered(inFlight, error, result))
    } catch (cause) {
      this.#answered(inFlight, cause, undefined)
    }
  }

  #answered(inFlight: InFlight, error: unknown, result: unknown): void {
    // Too late: its deadline has passed, and another request may be in flight.
    if (this.#inFlight !== inFlight) return
    this.#options.clock.clear(inFlight.deadline)
    this.#inFlight = undefined
    this.#silentRequests = 0
    const { request } = inFlight
    if (error) request.reject(this.#translate(request.unit, error))
    else request.resolve(result)
    this.#pauseThenNext(this.#options.minIntervalMs ?? 0)
  }

  #timedOut({ request }: InFlight, answerWithinMs: number): void {
    this.#inFlight = undefined
    const message = `Unit ${request.unit} did not answer within ${answerWithinMs} ms.`
    request.reject(new ModbusError('timeout', message, { where: this.#options.name }))
    if (++this.#silentRequests >= silentRequestsBeforeReopen) {
      this.#lose(`${silentRequestsBeforeReopen} requests in a row had no answer`)
      return
    }
    this.#pauseThenNext(this.#options.address.transport === 'modbus-rtu' ? quietAfterTimeoutMs : 0)
  }

  #pauseThenNext(pauseMs: number): void {
    if (pauseMs === 0) {
      this.#sendNext()
      return
    }
    this.#pause = this.#options.clock.after(pauseMs, () => {
      this.#pause = undefined
      this.#sendNext()
    })
  }

  async #connect(): Promise<void> {
    let client: ModbusClient | undefined
    try {
      client = await openPort(this.#options.address, this.#options.clock, (reason) => {
        if (this.#client === client) this.#lose(reason)
      })
    } catch (error) {
      this.#whyClosed = errorSentence(error)
      this.#tell(false)
      this.#connectLater()
      return
    }
    if (this.#state === 'closed') return client.destroy(() => {})
    this.#client = client
    this.#retryMs = firstRetryMs
    this.#silentRequests = 0
    this.#tell(true)
  }

  #connectLater(): void {
    if (this.#state !== 'open') return
    this.#retry = this.#options.clock.after(this.#retryMs, () => void this.#connect())
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs)
  }

  /** Without a connection nothing is in flight or waiting. */
  #lose(reason: string): void {
    const client = this.#client
    const { clock } = this.#options
    this.#whyClosed = reason
    if (!client) return
    this.#client = undefined
    clock.clear(this.#pause)
    this.#pause = undefined
    clock.clear(this.#inFlight?.deadline)
    const unanswered = [...(this.#inFlight ? [this.#inFlight.request] : []), ...this.#queue.splice(0)]
    this.#inFlight = undefined
    for (const request of unanswered) request.reject(this.#closedError())
    client.destroy(() => {})
    this.#tell(false)
    this.#connectLater()
  }

  #closedError(): ModbusError {
    return new ModbusError('closed', `There is no connection: ${this.#whyClosed}.`, { where: this.#options.name })
  }

  #translate(unit: number, error: unknown): ModbusError {
    const where = this.#options.name
    const code = (error as { modbusCode?: unknown } | null)?.modbusCode
    if (typeof code === 'number') {
      const text = exceptionTexts[code] ?? 'for an unknown reason'
      const message = `Unit ${unit} refused with exception ${code}: ${text}.`
      return new ModbusError('exception', message, { where, exceptionCode: code, cause: error })
    }
    const message = `Unit ${unit} sent no proper answer: ${errorSentence(error)}.`
    return new ModbusError('frame', message, { where, cause: error })
  }

  #tell(connected: boolean): void {
    const reason = connected ? 'connected' : this.#whyClosed
    for (const listener of [...this.#listeners]) listener(connected, reason)
  }
}
