/**
 * What is going on in the store, kept from what till and sensing tell. Either may be away: what it says is then
 * old, the pages are told so, and everything goes on.
 */
import { type Clock, sleep } from '../contract/clock.ts'
import type { People } from '../contract/messages.ts'
import { contains } from '../people/geometry.ts'
import type { Point3DM, Product, Zone } from '../profile/layout.ts'
import type { SensedMessage, SensingClient } from '../sensing-api/sensing-client.ts'
import type { TillEvent, VisitSnapshot } from '../till-api/events.ts'
import type { TillClient } from '../till-api/till-client.ts'
import { HealthNews, type Notice, noticeOfTill } from './notices.ts'
import type { GateView, LiveEvent, LiveSnapshot, NoticeView, PersonView, PlateView } from './pages/live-view.ts'
import type { SimulationView } from './pages/simulation-view.ts'
import { simulationOf } from './simulation-view.ts'
import { VisitViews, waitsForStaff } from './store-view.ts'
import type { TwinClient } from './twin-client.ts'

const peopleEveryMs = 200
const askEveryMs = 1000
const answerWithinMs = 2000
/** A tracker that is silent for longer no longer says where anybody is. */
const peopleLastMs = 2000
const maxNotices = 30
const maxEndedVisits = 40
const endedStates = ['paid', 'empty', 'void', 'debt']

export interface LiveStoreOptions {
  till: TillClient
  sensing: SensingClient
  /** The name under which it takes from sensing: each that follows needs its own. */
  consumer: string
  products: readonly Product[]
  /** Of the store, to tell who stands in which. */
  zones?: readonly Zone[]
  /** The wall clock: pages are paced by it, however fast the store's time runs. */
  wallClock: Clock
  /** Where the store is simulated, and the pages show that. */
  twin?: TwinClient | null
}

export class LiveStore {
  readonly #options: LiveStoreOptions
  readonly #views: VisitViews
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #end = new AbortController()
  readonly #endings: (() => void)[] = []
  /** By id, in the order in which they opened. */
  readonly #visits = new Map<string, VisitSnapshot>()
  readonly #people = new Map<string, { message: People; heardAtMs: number }>()
  readonly #plates = new Map<string, PlateView>()
  readonly #healthNews = new HealthNews()
  #gates: GateView[] = []
  #notices: NoticeView[] = []
  #lastNotice = 0
  #sources = { till: false, sensing: false }
  #simulation: SimulationView | null = null
  #peopleShown = '[]'
  #following = false

  constructor(options: LiveStoreOptions) {
    this.#options = options
    this.#views = new VisitViews(options.products)
  }

  start(): void {
    const { sensing, consumer } = this.#options
    const types = ['people', 'weight-event', 'device-health'] as const
    this.#endings.push(sensing.follow(consumer, types, (message) => this.#onSensed(message)))
    void this.#everyUntilEnd(peopleEveryMs, async () => this.#showPeople())
    void this.#everyUntilEnd(askEveryMs, () => this.#askSensing())
    void this.#everyUntilEnd(askEveryMs, () => this.#askTill())
    void this.#everyUntilEnd(askEveryMs, async () => this.#tellHealth())
    if (this.#options.twin) void this.#everyUntilEnd(askEveryMs, () => this.askTwin())
  }

  stop(): void {
    this.#end.abort()
    for (const end of this.#endings) end()
    this.#listeners.clear()
  }

  /** Calls `listener` with each change; returns a function that ends it. */
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot(): LiveSnapshot {
    return {
      sources: this.#sources,
      people: this.#peopleNow(),
      plates: [...this.#plates.values()],
      gates: this.#gates,
      visits: [...this.#visits.values()].reverse().map((visit) => this.#views.view(visit)),
      notices: this.#notices,
      simulation: this.#simulation,
    }
  }

  /** One of those that the pages show. */
  visit(visitId: string): VisitSnapshot | undefined {
    return this.#visits.get(visitId)
  }

  // ---- the till ---------------------------------------------------------------------------------------

  /** The state is asked for again and again: it tells whether the till answers, and how the gates are. */
  async #askTill(): Promise<void> {
    const state = await this.#answer((signal) => this.#options.till.state(signal))
    this.#setSource('till', state !== undefined)
    if (!state) return
    if (JSON.stringify(this.#gates) !== JSON.stringify(state.gates)) {
      this.#gates = state.gates
      this.#tell({ type: 'gates', gates: state.gates })
    }
    if (this.#following) return
    this.#following = true
    for (const visit of state.visits) this.#onVisit(visit)
    this.#endings.push(this.#options.till.follow(state.sequence, (event) => this.#onTillEvent(event)))
  }

  #onTillEvent(event: TillEvent): void {
    if (event.type === 'visit-changed') this.#onVisit(event.data)
    if (event.type === 'basket-change') this.#changeVisit(event.data.visitId, { basket: event.data })
    if (event.type === 'payment') this.#changeVisit(event.data.visitId, { payment: event.data })
    if (event.type === 'receipt') this.#changeVisit(event.data.visitId, { receipt: event.data })
    this.#tellNotice(noticeOfTill(event))
  }

  #changeVisit(visitId: string, change: Partial<VisitSnapshot>): void {
    const visit = this.#visits.get(visitId)
    if (visit) this.#onVisit({ ...visit, ...change })
  }

  #onVisit(visit: VisitSnapshot): void {
    this.#visits.set(visit.visitId, visit)
    const ended = [...this.#visits.values()].filter((one) => endedStates.includes(one.state) && !waitsForStaff(one))
    for (const { visitId } of ended.slice(0, -maxEndedVisits)) this.#visits.delete(visitId)
    this.#tell({ type: 'visit', visit: this.#views.view(visit) })
  }

  // ---- sensing ----------------------------------------------------------------------------------------

  async #askSensing(): Promise<void> {
    const readings = await this.#answer((signal) => this.#options.sensing.plates(signal))
    this.#setSource('sensing', readings !== undefined)
    const plates = readings
      ? readings.map(({ plate, weightG, health }): PlateView => {
          // Nobody reads tenths of a gram, and noise in them would be told each second.
          return { plate, weightG: weightG === null ? null : Math.round(weightG), health }
        })
      : [...this.#plates.keys()].map((plate): PlateView => ({ plate, weightG: null, health: 'unknown' }))
    this.#tellPlates(plates.filter((plate) => isOther(plate, this.#plates.get(plate.plate))))
  }

  #tellPlates(changed: PlateView[]): void {
    if (changed.length === 0) return
    for (const plate of changed) this.#plates.set(plate.plate, plate)
    this.#tell({ type: 'plates', plates: changed })
  }

  #onSensed(message: SensedMessage): void {
    if (message.type === 'people') {
      this.#people.set(message.source, { message, heardAtMs: this.#options.wallClock.nowMs() })
    }
    if (message.type === 'weight-event' && message.kind !== 'withdrawn') {
      this.#tell({ type: 'weight', kind: message.kind, plates: message.plates })
    }
    if (message.type === 'device-health') this.#healthNews.gather(message, this.#options.wallClock.nowMs())
  }

  #tellHealth(): void {
    for (const notice of this.#healthNews.take(this.#options.wallClock.nowMs())) this.#tellNotice(notice)
  }

  #peopleNow(): PersonView[] {
    const oldestMs = this.#options.wallClock.nowMs() - peopleLastMs
    const visitOf = new Map<string, string>()
    for (const { visitId, personIds } of this.#visits.values()) for (const id of personIds) visitOf.set(id, visitId)
    return [...this.#people.values()]
      .filter(({ heardAtMs }) => heardAtMs >= oldestMs)
      .flatMap(({ message }) => message.people)
      .map(({ trackId, headM, handsM }) => {
        const visitId = visitOf.get(trackId) ?? null
        return { trackId, headM, handsM, visitId, ...this.#zonesAt(headM) }
      })
  }

  #zonesAt(headM: Point3DM): { zones?: string[] } {
    const zones = (this.#options.zones ?? []).filter(({ polygonM }) => contains(polygonM, headM)).map(({ id }) => id)
    return zones.length > 0 ? { zones } : {}
  }

  #showPeople(): void {
    const people = this.#peopleNow()
    const shown = JSON.stringify(people)
    if (shown === this.#peopleShown) return
    this.#peopleShown = shown
    this.#tell({ type: 'people', people })
  }

  // ---- the simulation ---------------------------------------------------------------------------------

  /** Tells what it answers; asked each second, and when somebody has just changed something. */
  async askTwin(): Promise<void> {
    const { twin } = this.#options
    if (!twin) return
    const simulation = await this.#answer(async (signal) => {
      const [state, things] = await Promise.all([twin.state(signal), twin.things(signal)])
      return simulationOf(state, things)
    })
    if (!simulation && !this.#simulation) return
    this.#simulation = simulation ?? null
    this.#tell({ type: 'simulation', simulation: this.#simulation })
  }

  // ---- telling ----------------------------------------------------------------------------------------

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #tellNotice(text: Notice | null): void {
    if (!text) return
    const notice = { id: ++this.#lastNotice, ...text }
    this.#notices = [notice, ...this.#notices].slice(0, maxNotices)
    this.#tell({ type: 'notice', notice })
  }

  #setSource(name: 'till' | 'sensing', answers: boolean): void {
    if (this.#sources[name] === answers) return
    this.#sources = { ...this.#sources, [name]: answers }
    this.#tell({ type: 'sources', sources: this.#sources })
  }

  /** What `ask` answers in time, or undefined. */
  async #answer<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const late = new AbortController()
    const timer = this.#options.wallClock.after(answerWithinMs, () => late.abort())
    try {
      return await ask(late.signal)
    } catch {
      return undefined
    } finally {
      this.#options.wallClock.clear(timer)
    }
  }

  async #everyUntilEnd(pauseMs: number, action: () => Promise<void>): Promise<void> {
    while (!this.#end.signal.aborted) {
      await action()
      await sleep(this.#options.wallClock, pauseMs, this.#end.signal)
    }
  }
}

const isOther = (now: PlateView, before: PlateView | undefined) =>
  now.weightG !== before?.weightG || now.health !== before.health
