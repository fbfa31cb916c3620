/** What the till does for its clients: commands in, state and events out. */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import {
  type CommandAnswer,
  type CommandOf,
  commandsOfRole,
  type TillCommand,
  type TillRole,
} from '../till-api/commands.ts'
import type { TillState, VisitSnapshot } from '../till-api/events.ts'
import { streamEvents } from './api/event-stream.ts'
import { hashCredential } from './credential-hash.ts'
import type { Doors } from './doors/doors.ts'
import type { ChainReport } from './ledger/journal.ts'
import type { LedgerThread } from './ledger/ledger-thread.ts'

export interface TillServiceOptions {
  ledger: LedgerThread
  doors: Doors
  clock: Clock
  /** Called when there may be a charge to make. */
  onDecided: () => void
}

const mostVisitsAPage = 1000
const verifyPageSize = 1000

export class TillService {
  readonly #options: TillServiceOptions
  readonly #end = new AbortController()

  constructor(options: TillServiceOptions) {
    this.#options = options
  }

  /** @throws AisleError `command-not-allowed`, `command-conflict`, or what refuses this command */
  async execute(command: TillCommand, role: TillRole): Promise<CommandAnswer> {
    if (!(commandsOfRole[role] as readonly string[]).includes(command.type)) {
      throw new AisleError('command-not-allowed', `The role ${role} may not send "${command.type}".`, {
        action: 'See commandsOfRole in runtime/till-api/commands.ts.',
      })
    }
    switch (command.type) {
      case 'admit':
        return this.#admit(command)
      case 'register-account':
        return this.#register(command)
      case 'open-gate':
        return this.#openGate(command)
      case 'reset-gate': {
        this.#options.doors.checkReset(command.gate)
        const answer = await this.#take(command)
        this.#options.doors.reset(command.gate)
        return answer
      }
      default: {
        const answer = await this.#take(command)
        this.#options.onDecided()
        return answer
      }
    }
  }

  async #admit(command: CommandOf<'admit'>): Promise<CommandAnswer> {
    const { ledger, doors } = this.#options
    const answer = await this.#take(command)
    const visit = answer.visitId ? await ledger.visit(answer.visitId) : undefined
    // Also when it is repeated: the first answer, and the opening with it, may have been lost in a crash.
    if (visit?.state === 'admitted') doors.authorise(visit.gate, visit.visitId, visit.party)
    return answer
  }

  async #openGate(command: CommandOf<'open-gate'>): Promise<CommandAnswer> {
    const { doors } = this.#options
    // The exit first: nobody waits behind a door for a disk, and opening it twice does no harm.
    if (command.direction === 'out') doors.open(command.gate, 'out')
    else doors.checkGate(command.gate)
    const answer = await this.#take(command)
    if (command.direction === 'in' && !answer.repeated) doors.open(command.gate, 'in')
    return answer
  }

  /** From here on the credential is known by its hash alone. */
  async #register(command: CommandOf<'register-account'>): Promise<CommandAnswer> {
    const credential = await hashCredential(command.credential, this.#options.ledger.identity.credentialSalt)
    return this.#take({ ...command, credential })
  }

  #take(command: TillCommand): Promise<CommandAnswer> {
    const { ledger, clock, doors } = this.#options
    return ledger.take(command, clock.nowMs(), doors.closedGates())
  }

  async state(): Promise<TillState> {
    return { ...(await this.#options.ledger.state()), gates: this.#options.doors.states() }
  }

  /** @throws AisleError `visit-unknown` */
  visit(visitId: string): Promise<VisitSnapshot> {
    return this.#options.ledger.visit(visitId)
  }

  /** Newest first; go on with the `openedAtMs` of the last one. */
  async history(beforeMs: number | undefined, limit: number): Promise<{ visits: VisitSnapshot[] }> {
    const before = beforeMs ?? Number.MAX_SAFE_INTEGER
    return { visits: await this.#options.ledger.history(before, Math.min(limit, mostVisitsAPage)) }
  }

  /** Checks the whole journal, in pages, so that commands and doors go on meanwhile. */
  async verifyJournal(): Promise<{ ok: boolean; entries: number; headHash: string; broken?: ChainReport['broken'] }> {
    let report: ChainReport | undefined
    let entries = 0
    do {
      report = await this.#options.ledger.verify(report?.head, verifyPageSize)
      entries += report.checked
    } while (!report.complete)
    return { ok: report.ok, entries, headHash: report.head.hash, ...(report.broken ? { broken: report.broken } : {}) }
  }

  async health(): Promise<{ state: 'running'; gates: TillState['gates'] }> {
    return { state: 'running', gates: this.#options.doors.states() }
  }

  stream(response: ServerResponse, after: number): Promise<void> {
    return streamEvents(this.#options.ledger, response, after, this.#end.signal)
  }

  /** Ends the streams. */
  end(): void {
    this.#end.abort()
  }
}
