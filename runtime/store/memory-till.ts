/**
 * A till in memory for replays. It takes the flows' commands and tells what the real one would, but opens no door
 * and charges nobody. Most recordings say nothing of who was admitted, so everybody gets a visit at first sight.
 */
import { AisleError } from '../contract/errors.ts'
import { isLikely } from '../contract/likely-line.ts'
import { type BasketChange, type DecidedLine, envelope, type People, type PricedLine } from '../contract/messages.ts'
import { PersonTracker } from '../people/person-tracker.ts'
import { moreOfItRule, otherReadingRule } from '../policy/line-rules.ts'
import type { Product, StoreLayout } from '../profile/layout.ts'
import type { CommandAnswer, CommandOf, TillCommand } from '../till-api/commands.ts'
import type { TillEvent, TillState, VisitSnapshot } from '../till-api/events.ts'
import type { TillClient } from '../till-api/till-client.ts'
import type { Answer, GateObservation, ReplayInput } from './recorded-store.ts'

type News = TillEvent extends infer E ? (E extends TillEvent ? Omit<E, 'sequence' | 'atMs'> : never) : never

type Opening = Pick<
  VisitSnapshot,
  'visitId' | 'state' | 'role' | 'party' | 'gate' | 'openedAtMs' | 'enteredAtMs' | 'personIds'
>

interface Follower {
  next: number
  onEvent: (event: TillEvent) => void | Promise<void>
  busy: boolean
}

export class MemoryTill implements TillClient {
  readonly #layout: StoreLayout
  readonly #admission: ReplayInput['admission']
  readonly #tracker: PersonTracker
  readonly #products: Map<string, Product>
  readonly #visits = new Map<string, VisitSnapshot>()
  readonly #visitOfPerson = new Map<string, VisitSnapshot>()
  readonly #answers = new Map<string, { command: string; answer: CommandAnswer }>()
  readonly #events: TillEvent[] = []
  readonly #followers = new Set<Follower>()
  #nowMs = 0

  constructor(layout: StoreLayout, admission: ReplayInput['admission'] = 'at-first-sight') {
    this.#layout = layout
    this.#admission = admission
    this.#tracker = new PersonTracker(layout)
    this.#products = new Map(layout.products.map((product) => [product.sku, product]))
  }

  // ---- what the recording says ------------------------------------------------------------------------

  /** Opens a visit for whoever is seen for the first time, unless visits come by scans. */
  observePeople(people: People): void {
    this.#nowMs = Math.max(this.#nowMs, people.seenAtMs)
    if (this.#admission === 'by-scan') return
    for (const { personId } of this.#tracker.observe(people).persons) {
      if (this.#visitOfPerson.has(personId)) continue
      const visitId = `visit-${this.#visits.size + 1}`
      this.#open({
        ...{ visitId, state: 'open', role: 'shopper', party: 1, gate: this.#layout.gates[0]?.id ?? 'none' },
        ...{ openedAtMs: people.seenAtMs, enteredAtMs: people.seenAtMs, personIds: [personId] },
      })
    }
  }

  observeGate(observation: GateObservation): void {
    this.#nowMs = Math.max(this.#nowMs, observation.atMs)
    if (observation.event === 'pass') this.#pass(observation)
    else if (this.#admission === 'by-scan') this.#admit(observation)
  }

  #admit({ visitId, role = 'shopper', party, gate, atMs }: GateObservation): void {
    if (visitId === undefined || this.#visits.has(visitId)) return
    const opened = { openedAtMs: atMs, enteredAtMs: null, personIds: [] }
    this.#open({ visitId, state: 'admitted', role, party, gate, ...opened })
  }

  #pass({ atMs, gate, direction, visitId }: GateObservation): void {
    const visit = direction === 'in' && visitId !== undefined ? this.#visits.get(visitId) : undefined
    if (visit?.state === 'admitted') this.#change(visit.visitId, { state: 'open', enteredAtMs: atMs })
    const sequence = this.#events.length + 1
    const data = {
      type: 'gate-pass' as const,
      ...envelope(this.#layout.storeId, sequence, this.#nowMs, atMs),
      passId: `pass-${sequence}`,
      gate,
      direction,
      visitId: visit?.visitId ?? null,
    }
    this.#tell({ type: 'gate-pass', data })
  }

  /** The recording is over: whoever is still inside leaves. */
  endAll(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs)
    for (const { visitId, state } of [...this.#visits.values()]) {
      if (state === 'open') this.#end(visitId, atMs, null)
    }
  }

  /** Whether every visit has been decided. */
  get settled(): boolean {
    return [...this.#visits.values()].every(({ decision }) => decision !== null)
  }

  /** A receipt for every visit with lines that are charged or wait for review, in the order of the first sight. */
  answer(): Answer {
    const receipts = [...this.#visits.values()].flatMap(({ personIds, decision }) => {
      const lines = (decision?.lines ?? []).filter(
        ({ outcome, rule }) => outcome !== 'let-go' && rule !== otherReadingRule && rule !== moreOfItRule,
      )
      const items = lines.map(({ sku, quantity }) => ({ sku, quantity }))
      return items.length === 0 ? [] : [{ person: personIds[0] as string, items }]
    })
    return { receipts }
  }

  /** Every visit as it stands, for a report. */
  get visits(): VisitSnapshot[] {
    return [...this.#visits.values()]
  }

  eventsAfter(sequence: number): TillEvent[] {
    return this.#events.slice(sequence)
  }

  // ---- TillClient -------------------------------------------------------------------------------------

  async send(command: TillCommand): Promise<CommandAnswer> {
    return this.take(command)
  }

  async state(): Promise<TillState> {
    return {
      storeId: this.#layout.storeId,
      sequence: this.#events.length,
      visits: [...this.#visits.values()].map((visit) => ({ ...visit })),
      gates: this.#layout.gates.map(({ id }) => ({ gate: id, state: 'closed', online: true })),
      recoverAfter: 0,
    }
  }

  follow(after: number, onEvent: Follower['onEvent']): () => void {
    const follower: Follower = { next: after, onEvent, busy: false }
    this.#followers.add(follower)
    void this.#serve(follower)
    return () => this.#followers.delete(follower)
  }

  /**
   * Takes a command at once.
   * @throws AisleError `command-conflict` when its id was used for another one, `command-invalid` for an unknown visit
   */
  take(command: TillCommand): CommandAnswer {
    const text = JSON.stringify(command)
    const known = this.#answers.get(command.commandId)
    if (known && known.command !== text) {
      throw new AisleError('command-conflict', `The id ${command.commandId} was used for another command.`, {
        action: 'Give each command an id of its own.',
      })
    }
    if (known) return { ...known.answer, repeated: true }
    this.#carryOut(command)
    const answer = { sequence: this.#events.length, repeated: false }
    this.#answers.set(command.commandId, { command: text, answer })
    return answer
  }

  #carryOut(command: TillCommand): void {
    switch (command.type) {
      case 'add-evidence':
        for (const data of command.evidence) this.#tell({ type: 'evidence', data })
        break
      case 'bind-visit':
        this.#change(command.visitId, { personIds: command.personIds })
        break
      case 'walk-in':
        this.#walkIn(command)
        break
      case 'set-lines':
        this.#setLines(command)
        break
      case 'end-visit':
        this.#end(command.visitId, command.exitedAtMs, command.gate)
        break
      case 'decide':
        this.#decide(command)
        break
      case 'resolve-review':
        this.#resolve(command)
        break
      case 'move-stock': {
        const { reason, plate, sku, quantity, eventId } = command
        this.#tell({ type: 'stock-moved', data: { reason, plate, sku, quantity, eventId } })
        break
      }
      default:
      // Scans, accounts and doors: a replay has none.
    }
  }

  #open(opening: Opening): void {
    const none = { accountId: null, exitedAtMs: null, basket: null, decision: null, payment: null, receipt: null }
    const visit: VisitSnapshot = { ...opening, ...none }
    for (const personId of visit.personIds) this.#visitOfPerson.set(personId, visit)
    this.#visits.set(visit.visitId, visit)
    this.#tell({ type: 'visit-changed', data: { ...visit } })
  }

  #walkIn({ gate, personId, seenAtMs }: CommandOf<'walk-in'>): void {
    if (this.#visitOfPerson.get(personId)?.state === 'open') return
    this.#open({
      ...{ visitId: `visit-${this.#visits.size + 1}`, state: 'open', role: 'unknown', party: 1, gate },
      ...{ openedAtMs: seenAtMs, enteredAtMs: seenAtMs, personIds: [personId] },
    })
  }

  #setLines({ visitId, revision, final, lines }: CommandOf<'set-lines'>): void {
    const visit = this.#visit(visitId)
    if (visit.basket && visit.basket.revision >= revision) return
    const priced = lines.map((line) => this.#priced(line))
    const basket: BasketChange = {
      type: 'basket-change',
      ...envelope(this.#layout.storeId, this.#events.length + 1, this.#nowMs),
      ...{ visitId, revision, final, currency: this.#layout.currency, lines: priced },
      totalMinor: priced.filter(isLikely).reduce((total, { amountMinor }) => total + amountMinor, 0),
    }
    visit.basket = basket
    this.#tell({ type: 'basket-change', data: basket })
  }

  /** For showing: nobody pays in a replay. */
  #priced(line: CommandOf<'set-lines'>['lines'][number]): PricedLine {
    const product = this.#products.get(line.sku)
    const unitPriceMinor = product?.priceMinor ?? 0
    const pieces = product?.soldBy === 'weight' ? line.quantity / 1000 : line.quantity
    return {
      ...line,
      name: product?.name ?? line.sku,
      unitPriceMinor,
      amountMinor: Math.round(unitPriceMinor * pieces),
    }
  }

  #end(visitId: string, atMs: number, gate: string | null): void {
    const visit = this.#visit(visitId)
    if (visit.state !== 'open') return
    this.#tracker.leave(visit.personIds)
    this.#change(visitId, { state: 'exited', exitedAtMs: atMs, ...(gate === null ? {} : { gate }) })
  }

  #decide({ visitId, lines, policyHash }: CommandOf<'decide'>): void {
    if (this.#visit(visitId).decision !== null) return
    const outcome = outcomeOf(lines)
    this.#change(visitId, { decision: { lines, outcome, policyHash } })
    this.#close(visitId, outcome)
  }

  #resolve({ visitId, lineId, outcome }: CommandOf<'resolve-review'>): void {
    const { decision } = this.#visit(visitId)
    if (!decision) return
    const lines = decision.lines.map((line) => (line.lineId === lineId ? { ...line, outcome } : line))
    const decided = outcomeOf(lines)
    this.#change(visitId, { decision: { ...decision, lines, outcome: decided } })
    if (decided !== 'review') this.#close(visitId, decided)
  }

  #close(visitId: string, outcome: 'charge' | 'review' | 'empty'): void {
    const state = ({ charge: 'paid', review: 'review', empty: 'empty' } as const)[outcome]
    const { basket } = this.#visit(visitId)
    const payment = {
      type: 'payment' as const,
      ...envelope(this.#layout.storeId, this.#events.length + 1, this.#nowMs),
      ...{ visitId, state, amountMinor: basket?.totalMinor ?? 0, currency: this.#layout.currency },
    }
    this.#change(visitId, { state, payment })
    this.#tell({ type: 'payment', data: payment })
  }

  #change(visitId: string, change: Partial<VisitSnapshot>): void {
    const visit = Object.assign(this.#visit(visitId), change)
    for (const personId of change.personIds ?? []) this.#visitOfPerson.set(personId, visit)
    this.#tell({ type: 'visit-changed', data: { ...visit } })
  }

  #visit(visitId: string): VisitSnapshot {
    const visit = this.#visits.get(visitId)
    if (visit) return visit
    throw new AisleError('command-invalid', `There is no visit ${visitId}.`, {
      action: 'Send commands only for visits that the till has opened.',
    })
  }

  #tell(news: News): void {
    this.#events.push({ sequence: this.#events.length + 1, atMs: this.#nowMs, ...news } as TillEvent)
    for (const follower of this.#followers) void this.#serve(follower)
  }

  /** One event at a time, in order; a handler that rejects gets the same event again. */
  async #serve(follower: Follower): Promise<void> {
    if (follower.busy) return
    follower.busy = true
    while (this.#followers.has(follower) && follower.next < this.#events.length) {
      const event = this.#events[follower.next] as TillEvent
      await follower.onEvent(event)
      follower.next = event.sequence
    }
    follower.busy = false
  }
}

function outcomeOf(lines: readonly Pick<DecidedLine, 'outcome'>[]): 'charge' | 'review' | 'empty' {
  if (lines.some(({ outcome }) => outcome === 'review')) return 'review'
  return lines.some(({ outcome }) => outcome === 'charge') ? 'charge' : 'empty'
}
