/** One node of a running flow: the queue before its controller, its sources, and everything that it owns. */
import type { Node, NodeMessageInFlow, NodeStatusFill } from 'node-red'
import { sleep } from '../../runtime/contract/clock.ts'
import { errorSentence } from '../../runtime/contract/errors.ts'
import { type AnyMessage, envelope, type MessageType, readMessage } from '../../runtime/contract/messages.ts'
import type { SensedMessage, SensedType } from '../../runtime/sensing-api/sensing-client.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import type { TillCommand } from '../../runtime/till-api/commands.ts'
import type { TillEvent, TillEventType, TillState } from '../../runtime/till-api/events.ts'
import type { NodeDefinition } from './definition.ts'
import { keptOf } from './kept.ts'
import type { Controller, ControllerFactory, NodeContext, Send } from './node-context.ts'
import { SerialQueue } from './serial-queue.ts'
import { StatusLine } from './status-line.ts'
import { type Work, workOf } from './work.ts'

/** Messages that may wait before one node. */
const queueLimit = 1000
/** How long a closing node may finish what it has in hand; Node-RED gives up on it after 15 s. */
const closeWithinMs = 5000
/** The next of these tells the same again, only newer. */
const expendable: ReadonlySet<unknown> = new Set<MessageType>(['people'])

type NodeMessage = Record<string, unknown>

export class RunningNode<S> implements NodeContext<S> {
  readonly settings: S
  readonly store: StoreBinding
  readonly #node: Node
  readonly #definition: NodeDefinition
  readonly #queue = new SerialQueue(queueLimit)
  readonly #status: StatusLine
  readonly #work: Work
  readonly #closing = new AbortController()
  readonly #stops = new Set<() => void>()
  readonly #starts: (() => void)[] = []
  #controller: Controller = {}
  #started = false
  #ending = false
  #sequence = 0
  #dropped = 0

  constructor(node: Node, definition: NodeDefinition, store: StoreBinding, settings: S) {
    this.#node = node
    this.#definition = definition
    this.store = store
    this.settings = settings
    this.#work = workOf(store)
    this.#status = new StatusLine(store.clock, (status) => node.status(status))
  }

  start(factory: ControllerFactory<S>, onFlowsStarted: (action: () => void) => () => void): void {
    this.#controller = factory(this)
    this.#stops.add(
      onFlowsStarted(() => {
        this.#started = true
        for (const begin of this.#starts.splice(0)) begin()
      }),
    )
    if (this.#definition.input) this.#node.on('input', (msg, _send, done) => this.#receive(msg, done))
    // Node-RED waits only for listeners that declare `done`.
    this.#node.on('close', (done: () => void) => void this.#close().then(done, done))
  }

  // ---- NodeContext -----------------------------------------------------------------------------------

  get id(): string {
    return this.#node.id
  }

  get signal(): AbortSignal {
    return this.#closing.signal
  }

  begin(task: () => void | Promise<void>): void {
    this.#whenStarted(() => void this.#turn(task).catch((error: unknown) => this.report(error)))
  }

  readonly send: Send = (message, port) => this.#send({}, message, port)

  stamp(seenAtMs?: number) {
    const nowMs = this.store.clock.nowMs()
    // Following the clock, the numbers grow across restarts too.
    this.#sequence = Math.max(this.#sequence + 1, Math.floor(nowMs))
    return envelope(this.store.layout.storeId, this.#sequence, nowMs, seenAtMs)
  }

  status(fill: NodeStatusFill, text: string): void {
    this.#status.show({ fill, shape: 'dot', text })
  }

  report(error: unknown): void {
    if (this.#closing.signal.aborted) return
    const sentence = errorSentence(error)
    this.#status.fail(sentence)
    // A message as second argument is what makes Node-RED hand the error to Catch nodes.
    this.#node.error(sentence, {})
  }

  tell(command: TillCommand) {
    return this.store.till.send(command, this.#closing.signal)
  }

  after(delayMs: number, task: () => void | Promise<void>): () => void {
    if (this.#ending) return () => {}
    const timer = this.store.clock.after(delayMs, () => {
      this.#stops.delete(cancel)
      void this.#turn(task).catch((error: unknown) => this.report(error))
    })
    const cancel = () => this.store.clock.clear(timer)
    this.#stops.add(cancel)
    return () => {
      cancel()
      this.#stops.delete(cancel)
    }
  }

  every(periodMs: number, task: () => void | Promise<void>): void {
    this.after(periodMs, async () => {
      try {
        await task()
      } finally {
        this.every(periodMs, task)
      }
    })
  }

  followSensing<T extends SensedType>(
    types: readonly T[],
    handle: (message: Extract<SensedMessage, { type: T }>) => void | Promise<void>,
    options?: { keepMs?: number },
  ): void {
    const consumer = `${this.#definition.type}-${this.id}`
    const take = async (message: SensedMessage) => {
      await this.#turn(() => handle(message as Extract<SensedMessage, { type: T }>)).catch((error: unknown) => {
        // Sensing gives it again to the node's successor.
        if (this.#closing.signal.aborted) throw error
        this.report(error)
      })
      await this.#work.room(this.#closing.signal)
    }
    this.#whenStarted(() => this.#stops.add(this.store.sensing.follow(consumer, types, take, options)))
  }

  followTill<T extends TillEventType>(
    types: readonly T[],
    handle: (event: Extract<TillEvent, { type: T }>) => void | Promise<void>,
    options: { onState?: (state: TillState) => void | Promise<void>; from?: (state: TillState) => number } = {},
  ): void {
    const taken = this.kept<number | undefined>('till-sequence', undefined)
    const take = async (event: TillEvent) => {
      if ((types as readonly string[]).includes(event.type)) {
        await this.#turn(() => handle(event as Extract<TillEvent, { type: T }>)).catch((error: unknown) => {
          if (this.#closing.signal.aborted) throw error
          this.report(error)
        })
      }
      taken.value = event.sequence
    }
    this.begin(async () => {
      const state = await this.store.till.state(this.#closing.signal)
      if (options.onState) await options.onState(state)
      if (this.#ending) return
      const from = options.from?.(state) ?? taken.value ?? state.sequence
      this.#stops.add(this.store.till.follow(from, take))
    })
  }

  kept<T>(key: string, initial: T): { value: T } {
    return keptOf(this.store, `${this.id} ${key}`, initial)
  }

  // ---- the way of a message --------------------------------------------------------------------------

  #receive(msg: NodeMessageInFlow, done: (error?: Error) => void): void {
    this.#work.begin()
    const finish = (error?: unknown) => {
      this.#work.end()
      if (error === undefined) return done()
      const sentence = errorSentence(error)
      this.#status.fail(sentence)
      // As text: of an Error, Node-RED shows its class before the sentence.
      done(sentence as unknown as Error)
    }
    this.#queue.add({
      expendable: expendable.has((msg.payload as { type?: unknown } | null)?.type),
      handle: async () => {
        try {
          await this.#handle(msg)
        } catch (error) {
          return finish(error)
        }
        this.#status.succeed()
        finish()
      },
      dropped: (reason) => finish(reason === 'closed' ? undefined : this.#tooMany(msg)),
    })
  }

  async #handle(msg: NodeMessageInFlow): Promise<void> {
    const types = this.#definition.input?.types ?? []
    const message = readMessage(msg.payload, types, this.#node.name || this.#definition.type)
    await this.#controller.onMessage?.(message, (answer, port) => this.#send(msg, answer, port))
  }

  #tooMany(msg: NodeMessageInFlow): Error {
    this.#dropped++
    return new Error(
      `A ${msg.topic ?? 'message'} was dropped (${this.#dropped} so far): more than ${queueLimit} wait here. ` +
        'Send less to this node, or look at why the till or the node is slow.',
    )
  }

  /** What came in travels on, with our message in place of its payload. */
  #send(from: NodeMessage, message: AnyMessage, port?: string): void {
    if (this.#closing.signal.aborted) return
    const { outputs } = this.#definition
    const index = outputs.findIndex(({ name, types }) => (port ? name === port : types.includes(message.type)))
    if (index < 0) throw new Error(`${this.#definition.type} has no port for ${port ?? message.type}.`)
    const messages: (NodeMessage | null)[] = outputs.map(() => null)
    messages[index] = { ...from, topic: message.type, payload: message }
    this.#node.send(messages)
  }

  // ---- what it owns ----------------------------------------------------------------------------------

  #whenStarted(begin: () => void): void {
    if (this.#started) begin()
    else this.#starts.push(begin)
  }

  async #turn<T>(task: () => T | Promise<T>): Promise<T> {
    this.#work.begin()
    try {
      const result = await this.#queue.run(task)
      this.#status.succeed()
      return result
    } finally {
      this.#work.end()
    }
  }

  async #close(): Promise<void> {
    this.#ending = true
    for (const stop of this.#stops) stop()
    const patience = new AbortController()
    await Promise.race([this.#queue.idle(), sleep(this.store.clock, closeWithinMs, patience.signal)])
    patience.abort()
    this.#closing.abort()
    await this.#queue.close()
    await this.#controller.close?.()
    this.#status.close()
  }
}
