/** The store page: the floor as it is, who has what in the basket, receipts, and what waits for a person. */
import { type JSX, render } from 'preact'
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import { Debts } from './debts.tsx'
import { Disputes } from './disputes.tsx'
import type { FloorPlan } from './floor-plan.ts'
import { FloorPlanView } from './floor-plan-view.tsx'
import { formatsOf } from './formats.ts'
import { Gates } from './gates.tsx'
import { Invitation } from './invitation.tsx'
import { LanguageSwitch, type LanguageSwitchProps, useLanguage } from './language-switch.tsx'
import { afterEvent, followLive, type LiveState, nothingYet } from './live-state.ts'
import type { LiveEvent, PersonView, PlateView, StoreView } from './live-view.ts'
import { Notices } from './notices.tsx'
import { PageContext, usePage } from './page-context.ts'
import { Receipts } from './receipts.tsx'
import { ReviewQueue } from './review-queue.tsx'
import { ask, RefusedError } from './server-api.ts'
import { Shoppers } from './shoppers.tsx'
import { SimulationPanel, type SimulationPart } from './simulation-panel.tsx'
import { textsOf } from './texts.ts'

type Change = LiveEvent | { type: 'connection'; connected: boolean }

const changed = (state: LiveState, change: Change): LiveState =>
  change.type === 'connection' ? { ...state, connected: change.connected } : afterEvent(state, change)

function StorePage({ store }: { store: StoreView }): JSX.Element {
  const [language, chooseLanguage] = useLanguage()
  const [state, dispatch] = useReducer(changed, nothingYet)
  const [opened, setOpened] = useState<SimulationPart | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const onPlan = useLivePlan(dispatch)
  const choose = useCallback((thing: string) => {
    setChosen(thing)
    setOpened('break')
  }, [])
  const brokenNames = state.simulation?.broken.map(({ thing }) => thing).join('\n') ?? ''
  const broken = useMemo(() => new Set(brokenNames.split('\n')), [brokenNames])
  const page = useMemo(() => {
    const texts = textsOf(language)
    return { language, texts, formats: formatsOf(language, texts, store), simulated: store.simulated }
  }, [language, store])

  return (
    <PageContext.Provider value={page}>
      <Header store={store} language={language} onChoose={chooseLanguage} connected={state.connected} />
      <Troubles state={state} />
      {store.simulated && (
        <SimulationPanel
          simulation={state.simulation}
          {...{ opened, chosen }}
          onOpen={setOpened}
          onChoose={setChosen}
        />
      )}
      <main>
        <div class="column">
          <section class="card" aria-label={page.texts.plan.title}>
            <FloorPlanView
              layout={store.floorPlan}
              gates={state.gates}
              texts={page.texts.plan}
              broken={broken}
              chosen={opened === 'break' ? chosen : null}
              onChoose={store.simulated && opened !== 'shopper' ? choose : null}
              onPlan={onPlan}
            />
            <Gates places={store.floorPlan.gates} gates={state.gates} />
          </section>
          <Receipts visits={state.visits} />
        </div>
        <div class="column">
          <Shoppers visits={state.visits} />
          <ReviewQueue visits={state.visits} />
          <Disputes visits={state.visits} />
          <Debts visits={state.visits} />
          <Invitation />
          <Notices notices={state.notices} />
        </div>
      </main>
    </PageContext.Provider>
  )
}

/** Follows the store, and hands the floor plan what changes too often or in too many places to be drawn anew. */
function useLivePlan(dispatch: (change: Change) => void): (element: FloorPlan | null) => void {
  const plan = useRef<FloorPlan | null>(null)
  const people = useRef<PersonView[]>([])
  const plates = useRef(new Map<string, PlateView>())
  useEffect(
    () =>
      followLive({
        onEvent: dispatch,
        onConnection: (connected) => dispatch({ type: 'connection', connected }),
        onWeight: (changes) => plan.current?.highlight(changes),
        onPeople: (seen) => {
          people.current = seen
          if (plan.current) plan.current.people = seen
        },
        onPlates: (changed) => {
          for (const plate of changed) plates.current.set(plate.plate, plate)
          if (plan.current) plan.current.plates = changed
        },
      }),
    [dispatch],
  )
  return useCallback((element: FloorPlan | null) => {
    plan.current = element
    if (!element) return
    element.people = people.current
    element.plates = [...plates.current.values()]
  }, [])
}

function Header({ store, connected, ...choice }: { store: StoreView; connected: boolean } & LanguageSwitchProps) {
  const { texts } = usePage()
  const logOut = (everywhere: boolean) => {
    const leave = () => location.assign('/login')
    ask('/api/logout', { everywhere }).then(leave, leave)
  }
  return (
    <header class="top">
      <h1>
        <span class={`dot ${connected ? 'good live' : 'bad'}`} aria-hidden="true" />
        {store.name}
      </h1>
      <nav>
        <LanguageSwitch {...choice} />
        <a href={store.editorUrl}>{texts.editor}</a>
        <details class="menu">
          <summary>{store.user}</summary>
          <div>
            <button type="button" class="link" onClick={() => logOut(false)}>
              {texts.logOut}
            </button>
            <button type="button" class="link" onClick={() => logOut(true)}>
              {texts.logOutEverywhere}
            </button>
          </div>
        </details>
      </nav>
    </header>
  )
}

function Troubles({ state: { connected, sources } }: { state: LiveState }): JSX.Element {
  const { texts } = usePage()
  const troubles = connected
    ? [!sources.till && texts.tillAway, !sources.sensing && texts.sensingAway]
    : [texts.consoleAway]
  return (
    <div role="status">
      {troubles.filter(Boolean).map((trouble) => (
        <p key={trouble} class="trouble">
          {trouble}
        </p>
      ))}
    </div>
  )
}

function Loading(): JSX.Element | null {
  const [store, setStore] = useState<StoreView | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    ask<StoreView>('/api/store').then(setStore, (error: unknown) => {
      if (error instanceof RefusedError && error.status === 401) location.assign('/login')
      else setFailed(true)
    })
  }, [])
  useEffect(() => {
    if (store) document.title = `${store.name} · Open Aisle`
  }, [store])
  if (store) return <StorePage store={store} />
  return failed ? <p class="trouble">{textsOf('en').consoleAway}</p> : null
}

const place = document.getElementById('page')
if (place) render(<Loading />, place)
