/** What a node's controller gets to work with, and what it is. */
import type { NodeStatusFill } from 'node-red'
import type { AnyMessage, envelope, MessageOf, MessageType } from '../../runtime/contract/messages.ts'
import type { SensedMessage, SensedType } from '../../runtime/sensing-api/sensing-client.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import type { CommandAnswer, TillCommand } from '../../runtime/till-api/commands.ts'
import type { TillEvent, TillEventType, TillState } from '../../runtime/till-api/events.ts'

/** Sends a message to `port`, or to the one port that carries its type. */
export type Send = (message: AnyMessage, port?: string) => void

export interface NodeContext<S> {
  readonly id: string
  readonly settings: S
  readonly store: StoreBinding
  /** Aborted when the node closes. */
  readonly signal: AbortSignal
  /** Runs `task` in turn before everything else, when all nodes of this deploy exist. */
  begin(task: () => void | Promise<void>): void
  /** Sends what no incoming message caused. */
  readonly send: Send
  /** The fields that a message of this node starts with; without `seenAtMs` it happened now. */
  stamp(seenAtMs?: number): ReturnType<typeof envelope>
  status(fill: NodeStatusFill, text: string): void
  /** Tells a problem that no incoming message caused: in the log, at Catch nodes and under the node. */
  report(error: unknown): void
  /** Sends a command until the till has acknowledged it, or the node closes. */
  tell(command: TillCommand): Promise<CommandAnswer>
  /** Runs `task` once after `delayMs` of the store's time, in turn with the messages. Returns its cancellation. */
  after(delayMs: number, task: () => void | Promise<void>): () => void
  /** Runs `task` every `periodMs` of the store's time, in turn with the messages, until the node closes. */
  every(periodMs: number, task: () => void | Promise<void>): void
  /** Handles what sensing says, in turn with the messages; a message counts as taken when `handle` has resolved. */
  followSensing<T extends SensedType>(
    types: readonly T[],
    handle: (message: Extract<SensedMessage, { type: T }>) => void | Promise<void>,
    options?: { keepMs?: number },
  ): void
  /**
   * Handles what the till tells, in turn with the messages: `onState` first, with the state at the start, then
   * each event after `from` (the state's sequence if not given); after a redeploy also what was told in between.
   */
  followTill<T extends TillEventType>(
    types: readonly T[],
    handle: (event: Extract<TillEvent, { type: T }>) => void | Promise<void>,
    options?: { onState?: (state: TillState) => void | Promise<void>; from?: (state: TillState) => number },
  ): void
  /** Something that outlives a redeploy (not the program): what `key` held last for this node, or `initial`. */
  kept<T>(key: string, initial: T): { value: T }
}

export interface Controller<T extends MessageType = MessageType> {
  /** One message at a time; what it throws goes to the message's error path. */
  onMessage?(message: MessageOf<T>, send: Send): void | Promise<void>
  /** Timers, followings and the queue are ended by the kit. */
  close?(): void | Promise<void>
}

export type ControllerFactory<S> = (context: NodeContext<S>) => Controller
