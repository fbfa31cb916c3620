/** What the till does for its clients: commands in, state and events out. */
import type { ServerResponse } from 'node:http'
import { type Clock, SystemClock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import {
  type CommandAnswer,
  type CommandOf,
  commandsOfRole,
  type TillCommand,
  type TillRole,
} from '../till-api/commands.ts'
import type {
  AccountExport,
  AccountOverview,
  JournalledEvidence,
  PastPurchases,
  TillState,
  VisitSnapshot,
} from '../till-api/events.ts'
import { streamEvents } from './api/event-stream.ts'
import { hashCredential } from './credential-hash.ts'
import type { Doors } from './doors/doors.ts'
import type { KioskDesk } from './kiosks/kiosk-desk.ts'
import type { ChainReport } from './ledger/journal.ts'
import type { LedgerThread } from './ledger/ledger-thread.ts'
import type { StockLevel } from './ledger/stock.ts'
import type { PaymentProvider } from './payments/payment-provider.ts'

export interface TillServiceOptions {
  ledger: LedgerThread
  doors: Doors
  clock: Clock
  provider: Pick<PaymentProvider, 'hinted' | 'issueKey'>
  kiosks: KioskDesk
  publicJournalKey: string
  /** Called when there may be a charge to make. */
  onDecided: () => void
}

/** In real time: how long a shopper stands at the door for it. */
const reservedWithinMs = 3000
/** In real time: how long a shopper looks at a phone for it. */
const issuedWithinMs = 15_000
const mostHints = 100
const mostVisitsAPage = 1000
const verifyPageSize = 1000

export interface JournalReport {
  ok: boolean
  entries: number
  headHash: string
  broken?: ChainReport['broken']
  /** What is wrong with a head that was signed. */
  headFault?: string
}

export class TillService {
  readonly #options: TillServiceOptions
  readonly #end = new AbortController()

  constructor(options: TillServiceOptions) {
    this.#options = options
  }

  get kiosks(): KioskDesk {
    return this.#options.kiosks
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
      case 'register-card':
        return this.#registerCard(command)
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
    if (answer.visitId) await this.#reserved(answer.visitId)
    const visit = answer.visitId ? await ledger.visit(answer.visitId) : undefined
    // Also when it is repeated: the first answer, and the opening with it, may have been lost in a crash.
    if (visit?.state === 'admitted') doors.authorise(visit.gate, visit.visitId, visit.party)
    return answer
  }

  /**
   * Waits a moment for what the provider reserves. While it does not answer the shopper is let in all the same:
   * the caps on what may wait for it have been looked at.
   * @throws AisleError `payment-declined`
   */
  async #reserved(visitId: string): Promise<void> {
    const { ledger, onDecided } = this.#options
    const state = () => ledger.holdState(visitId)
    if ((await state()) === undefined) return
    onDecided()
    const ended = await this.#until(async () => ['done', 'declined', 'mismatch'].includes((await state()) ?? ''))
    if (ended && (await state()) !== 'done') {
      throw new AisleError('payment-declined', 'The means of payment was refused at the door.', {
        where: visitId,
        action: 'Ask the shopper for another one.',
      })
    }
  }

  /** Looks with every change of the ledger, for as long as somebody waits at a door. Says whether it came true. */
  #until(cameTrue: () => Promise<boolean>): Promise<boolean> {
    const { ledger } = this.#options
    const wire = new SystemClock()
    const over = new AbortController()
    return new Promise<boolean>((resolve, reject) => {
      const look = () => void cameTrue().then((came) => came && resolve(true), reject)
      const stop = ledger.onAppended(look)
      const timer = wire.after(reservedWithinMs, () => resolve(false))
      this.#end.signal.addEventListener('abort', () => resolve(false), { signal: over.signal })
      over.signal.addEventListener('abort', () => {
        stop()
        wire.clear(timer)
      })
      look()
    }).finally(() => over.abort())
  }

  /** A provider said that something changed: what waits for it is asked for now. Anything else is not our business. */
  async hint(body: unknown): Promise<{ asked: number }> {
    const { ledger, clock, provider, onDecided } = this.#options
    let asked = 0
    for (const orderId of provider.hinted(body).slice(0, mostHints)) {
      if (await ledger.hurryPayment(orderId, clock.nowMs())) asked++
    }
    if (asked > 0) onDecided()
    return { asked }
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
    if (command.credential === null) return this.#take(command)
    const credential = await hashCredential(command.credential, this.#options.ledger.identity.credentialSalt)
    return this.#take({ ...command, credential })
  }

  /** @throws AisleError `card-refused`, `provider-away`, `card-unsupported` */
  async #registerCard(command: CommandOf<'register-card'>): Promise<CommandAnswer> {
    const { commandId, customerKey, authKey } = command
    const { provider } = this.#options
    if (!provider.issueKey) {
      throw new AisleError('card-unsupported', 'This provider has no page for cards here.', {
        action: "Let the shop's app register the card.",
      })
    }
    const issued = await provider.issueKey(
      { idempotencyKey: commandId, customerKey, authKey },
      AbortSignal.any([this.#end.signal, AbortSignal.timeout(issuedWithinMs)]),
    )
    if (issued.outcome === 'issued') return this.#take({ ...command, authKey: issued.billingKey })
    throw issued.outcome === 'declined'
      ? new AisleError('card-refused', 'The payment provider did not register this card.', {
          action: 'Register it again, or take another card.',
        })
      : new AisleError('provider-away', 'The payment provider does not answer.', { action: 'Try again in a while.' })
  }

  #take(command: TillCommand): Promise<CommandAnswer> {
    const { ledger, clock, doors } = this.#options
    return ledger.take(command, clock.nowMs(), doors.now())
  }

  async state(): Promise<TillState> {
    return { ...(await this.#options.ledger.state()), gates: this.#options.doors.states() }
  }

  /** @throws AisleError `visit-unknown` */
  visit(visitId: string): Promise<VisitSnapshot> {
    return this.#options.ledger.visit(visitId)
  }

  async evidence(visitId: string): Promise<JournalledEvidence> {
    return { evidence: await this.#options.ledger.evidence(visitId) }
  }

  /** @throws AisleError `visit-unknown` */
  pastPurchases(visitId: string): Promise<PastPurchases> {
    return this.#options.ledger.pastPurchases(visitId)
  }

  /** Newest first; go on with the `openedAtMs` of the last one. */
  async history(beforeMs: number | undefined, limit: number): Promise<{ visits: VisitSnapshot[] }> {
    const before = beforeMs ?? Number.MAX_SAFE_INTEGER
    return { visits: await this.#options.ledger.history(before, Math.min(limit, mostVisitsAPage)) }
  }

  /** Checks the whole journal, in pages, so that commands and doors go on meanwhile. */
  async verifyJournal(): Promise<JournalReport> {
    let report: ChainReport | undefined
    let entries = 0
    do {
      report = await this.#options.ledger.verify(report?.head, verifyPageSize)
      entries += report.checked
    } while (!report.complete)
    const { ledger, publicJournalKey } = this.#options
    const headFault = await ledger.verifyHeads(publicJournalKey)
    return {
      ...{ ok: report.ok && headFault === undefined, entries, headHash: report.head.hash },
      ...(report.broken ? { broken: report.broken } : {}),
      ...(headFault === undefined ? {} : { headFault }),
    }
  }

  exportAccount(accountId: string): Promise<AccountExport> {
    return this.#options.ledger.exportAccount(accountId)
  }

  /** @throws AisleError `account-unknown` */
  account(accountId: string): Promise<AccountOverview> {
    return this.#options.ledger.account(accountId)
  }

  async stock(): Promise<{ stock: StockLevel[] }> {
    return { stock: await this.#options.ledger.stock() }
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
