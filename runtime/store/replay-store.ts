/**
 * The stages joined as the shipped flow joins them, run over a recording: weighing, persons and visits, fusion,
 * basket, line rules. The same recording and policy give the same answer, whenever and wherever it is run.
 */
import { type Attribution, envelope, type Visit } from '../contract/messages.ts'
import { Fusion } from '../fusion/fusion.ts'
import type { FusionMemory } from '../fusion/fusion-memory.ts'
import { PersonTracker } from '../people/person-tracker.ts'
import { VisitBinding, type VisitStep } from '../people/visit-binding.ts'
import { decideLines, defaultLineRules, type LineRulesPolicy } from '../policy/line-rules.ts'
import { policyHash } from '../policy/policy-hash.ts'
import type { Product, StoreLayout } from '../profile/layout.ts'
import type { Evidence } from '../till-api/commands.ts'
import type { TillEvent, VisitSnapshot } from '../till-api/events.ts'
import { Weighing } from '../weighing/weighing.ts'
import { MemoryTill } from './memory-till.ts'
import type { Answer, Arrival, ReplayInput } from './recorded-store.ts'
import { replaySteps } from './replay-steps.ts'

export interface ReplayResult {
  answer: Answer
  /** Every visit with its basket and decision. */
  visits: VisitSnapshot[]
}

export interface ReplayOptions {
  policy?: LineRulesPolicy
  /** Told of every attribution, also of those that no visit's basket shows: what lies on the shelves now. */
  onAttribution?: (attribution: Attribution) => void
  /** What the store knows of its goods and places from before; it goes on with what this replay tells of them. */
  memory?: FusionMemory
  /** Told of all evidence before it counts. */
  onEvidence?: (evidence: Evidence) => void
}

export function replayStore(input: ReplayInput, options: ReplayOptions = {}): ReplayResult {
  const store = new ReplayedStore(input, options)
  for (const step of replaySteps(input)) {
    if (step.kind === 'end') store.end(step.arrivedAtMs)
    else store.take(step)
  }
  store.close()
  return store.result
}

class ReplayedStore {
  readonly #layout: StoreLayout
  readonly #policy: LineRulesPolicy
  readonly #products: Map<string, Product>
  readonly #till: MemoryTill
  readonly #weighing: Weighing
  readonly #tracker: PersonTracker
  readonly #binding: VisitBinding
  readonly #fusion: Fusion
  readonly #onAttribution: (attribution: Attribution) => void
  readonly #onEvidence: (evidence: Evidence) => void
  #commands = 0
  #toldUpTo = 0

  constructor({ layout, admission }: ReplayInput, { policy, memory, onAttribution, onEvidence }: ReplayOptions) {
    this.#layout = layout
    this.#policy = policy ?? defaultLineRules
    this.#onAttribution = onAttribution ?? (() => {})
    this.#onEvidence = onEvidence ?? (() => {})
    this.#products = new Map(layout.products.map((product) => [product.sku, product]))
    this.#till = new MemoryTill(layout, admission)
    this.#weighing = new Weighing({ storeId: layout.storeId, plates: layout.plates })
    this.#tracker = new PersonTracker(layout)
    this.#binding = new VisitBinding(layout)
    this.#fusion = new Fusion(layout, {}, memory)
  }

  get result(): ReplayResult {
    return { answer: this.#till.answer(), visits: this.#till.visits }
  }

  close(): void {
    this.#fusion.close()
  }

  take(arrival: Arrival): void {
    switch (arrival.kind) {
      case 'samples':
        for (const event of this.#weighing.push(arrival.batch, arrival.arrivedAtMs)) this.#fusion.observeWeight(event)
        break
      case 'weighed':
        for (const event of arrival.events) this.#fusion.observeWeight(event)
        break
      case 'people':
        this.#till.observePeople(arrival.people)
        this.#hear(arrival.arrivedAtMs)
        this.#carryOut(this.#binding.onPeople(this.#tracker.observe(arrival.people)))
        for (const { atMs, ...walkIn } of this.#binding.walkIns()) {
          this.#send({ type: 'walk-in', ...walkIn, seenAtMs: atMs })
        }
        this.#fusion.observePeople(arrival.people)
        break
      case 'sighting':
        this.#fusion.observeSighting(arrival.sighting)
        break
      case 'gate':
        this.#till.observeGate(arrival.observation)
        break
    }
    this.#goOn(arrival.arrivedAtMs)
  }

  end(atMs: number): void {
    this.#till.endAll(atMs)
    this.#goOn(atMs)
  }

  #goOn(nowMs: number): void {
    this.#hear(nowMs)
    for (const evidence of this.#fusion.advance(nowMs)) {
      this.#onEvidence(evidence)
      for (const attribution of this.#fusion.addEvidence(evidence)) {
        this.#onAttribution(attribution)
        const { visitId, revision, final, lines } = attribution
        if (visitId !== null) this.#send({ type: 'set-lines', visitId, revision, final, lines })
      }
    }
    for (const visitId of this.#fusion.finishable(nowMs)) this.#finish(visitId)
  }

  #finish(visitId: string): void {
    for (const attribution of this.#fusion.finish(visitId)) {
      this.#onAttribution(attribution)
      const { revision, final, lines } = attribution
      this.#send({ type: 'set-lines', visitId, revision, final, lines })
      const decided = decideLines(lines, this.#policy, { products: this.#products, isFinal: final })
      this.#send({
        type: 'decide',
        ...{ visitId, basketRevision: revision, lines: decided.lines },
        ...{ policyHash: policyHash(this.#policy), profileHash: 'recording' },
      })
    }
  }

  /** What the till told since the last time. */
  #hear(nowMs: number): void {
    const events = this.#till.eventsAfter(this.#toldUpTo)
    this.#toldUpTo += events.length
    for (const event of events) this.#onEvent(event, nowMs)
  }

  #onEvent(event: TillEvent, nowMs: number): void {
    if (event.type === 'gate-pass') this.#carryOut(this.#binding.onPass(event.data))
    if (event.type !== 'visit-changed') return
    const { state, personIds } = event.data
    if (state === 'open' || state === 'exited') this.#fusion.observeVisit(this.#visitMessage(event.data, nowMs))
    if (state === 'exited') this.#tracker.leave(personIds)
    this.#carryOut(this.#binding.onVisit(event.data))
  }

  #carryOut(steps: VisitStep[]): void {
    for (const step of steps) {
      const { visitId, personIds } = step
      if (step.step === 'bind') this.#send({ type: 'bind-visit', visitId, personIds })
      else this.#send({ type: 'end-visit', visitId, exitedAtMs: step.atMs, gate: step.gate })
    }
  }

  #visitMessage(
    { visitId, state, gate, personIds, role, openedAtMs, exitedAtMs }: VisitSnapshot,
    nowMs: number,
  ): Visit {
    return {
      type: 'visit',
      ...envelope(this.#layout.storeId, 0, nowMs, exitedAtMs ?? openedAtMs),
      ...{ visitId, gate, personIds, role },
      state: state === 'exited' ? 'exited' : 'opened',
    }
  }

  #send(command: OwnCommand): void {
    this.#till.take({ ...command, commandId: `replay-${++this.#commands}` })
  }
}

type OwnCommand = Parameters<MemoryTill['take']>[0] extends infer C
  ? C extends { commandId: string }
    ? Omit<C, 'commandId'>
    : never
  : never
