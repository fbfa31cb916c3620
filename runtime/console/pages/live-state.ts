/** The page's copy of what goes on in the store, kept up to date by the server's events. */
import type { LiveEvent, LiveSnapshot, NoticeView, PersonView, PlateView, VisitView } from './live-view.ts'
import { ask, RefusedError } from './server-api.ts'

/** What changes seldom enough to be drawn anew as a whole; people and plates go straight to the floor plan. */
export interface LiveState extends Omit<LiveSnapshot, 'people' | 'plates'> {
  connected: boolean
}

export const nothingYet: LiveState = {
  connected: true,
  sources: { till: true, sensing: true },
  gates: [],
  visits: [],
  notices: [],
  simulation: null,
}

const maxNotices = 30
const endedStates = ['paid', 'empty', 'void', 'debt']
const maxEndedVisits = 40
const retryMs = 3000

/** The state after `event`. */
export function afterEvent(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case 'snapshot': {
      const { type: _type, people: _people, plates: _plates, ...facts } = event
      return { connected: true, ...facts }
    }
    case 'sources':
      return { ...state, sources: event.sources }
    case 'gates':
      return { ...state, gates: event.gates }
    case 'visit':
      return { ...state, visits: withVisit(state.visits, event.visit) }
    case 'notice':
      return { ...state, notices: withNotice(state.notices, event.notice) }
    case 'simulation':
      return { ...state, simulation: event.simulation }
    default:
      return state
  }
}

function withVisit(visits: VisitView[], visit: VisitView): VisitView[] {
  const known = visits.some(({ visitId }) => visitId === visit.visitId)
  if (known) return visits.map((other) => (other.visitId === visit.visitId ? visit : other))
  const ended = visits.filter(({ state }) => endedStates.includes(state))
  const forgotten = new Set(ended.slice(maxEndedVisits))
  return [visit, ...visits.filter((other) => !forgotten.has(other))]
}

const withNotice = (notices: NoticeView[], notice: NoticeView) => [notice, ...notices].slice(0, maxNotices)

/** What changes many times a second, or of hundreds of plates, comes beside the events. */
export interface LiveHandlers {
  onEvent(event: LiveEvent): void
  onPeople(people: PersonView[]): void
  /** Those that changed. */
  onPlates(plates: PlateView[]): void
  onWeight(plates: { plate: string; deltaG: number }[]): void
  onConnection(connected: boolean): void
}

const eventTypes: LiveEvent['type'][] = [
  'snapshot',
  'sources',
  'people',
  'plates',
  'gates',
  'weight',
  'visit',
  'notice',
  'simulation',
]

/** Follows the server's events until the returned function is called; goes to the login when that is over. */
export function followLive(handlers: LiveHandlers): () => void {
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined

  function connect() {
    source = new EventSource('/api/live')
    source.onopen = () => handlers.onConnection(true)
    source.onerror = () => {
      handlers.onConnection(false)
      // The browser tries again by itself unless the server refused.
      if (source.readyState === EventSource.CLOSED) void afterRefusal()
    }
    for (const type of eventTypes) {
      source.addEventListener(type, ({ data }) => handle({ type, ...JSON.parse(data) } as LiveEvent))
    }
  }

  function handle(event: LiveEvent) {
    if (event.type === 'people' || event.type === 'snapshot') handlers.onPeople(event.people)
    if (event.type === 'plates' || event.type === 'snapshot') handlers.onPlates(event.plates)
    if (event.type === 'weight') handlers.onWeight(event.plates)
    if (!['people', 'plates', 'weight'].includes(event.type)) handlers.onEvent(event)
  }

  async function afterRefusal() {
    const refused = await ask('/api/store').catch((error: unknown) => error)
    if (refused instanceof RefusedError && refused.status === 401) location.assign('/login')
    else retry = setTimeout(connect, retryMs)
  }

  connect()
  return () => {
    clearTimeout(retry)
    source.close()
  }
}
