/** A kiosk's page: the list of whoever stands before it, the card that pays for it, the receipt. */
import { type JSX, render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { LanguageSwitch, useLanguage } from '../../console/pages/language-switch.tsx'
import { ask, RefusedError } from '../../console/pages/server-api.ts'
import { CallStaff } from './call-staff.tsx'
import { KioskContext, kioskContextOf, useKiosk } from './kiosk-context.ts'
import { kioskTextsOf } from './kiosk-texts.ts'
import type { KioskStore, KioskView } from './kiosk-view.ts'
import { ListChoice } from './list-choice.tsx'
import { VisitList } from './visit-list.tsx'

const everyMs = 700

/** Taken out of the address at once: it pairs this screen, and only once does it have to. */
const pairing = location.pathname === '/pair' ? location.hash.slice(1) : ''
history.replaceState(null, '', '/')

function KioskPage({ store }: { store: KioskStore }): JSX.Element {
  const [language, onChoose] = useLanguage()
  const context = useMemo(() => kioskContextOf(language, store), [language, store])
  return (
    <KioskContext.Provider value={context}>
      <header class="top">
        <h1>{store.name}</h1>
        <LanguageSwitch {...{ language, onChoose }} />
      </header>
      <main class="kiosk">
        <Stand />
      </main>
    </KioskContext.Provider>
  )
}

interface Looked {
  view: KioskView | null
  trouble: 'offline' | 'unpaired' | null
}

/** The kiosk as the till has it, asked for again and again. */
function useKioskView(): Looked & { askAgain(): void } {
  const [looked, setLooked] = useState<Looked>({ view: null, trouble: null })
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const look = async () => {
      try {
        const view = await ask<KioskView>('/api/kiosk')
        if (!over) setLooked({ view, trouble: null })
      } catch (error) {
        const code = error instanceof RefusedError ? error.code : ''
        const unpaired = code === 'kiosk-unpaired' || code === 'login-needed'
        // An old list is nobody's any more.
        if (!over) setLooked({ view: null, trouble: unpaired ? 'unpaired' : 'offline' })
      }
      if (!over) timer = setTimeout(() => void look(), everyMs)
    }
    void look()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [asked])
  return { ...looked, askAgain: () => setAsked((count) => count + 1) }
}

function Stand(): JSX.Element {
  const { texts } = useKiosk()
  const { view, trouble, askAgain } = useKioskView()
  const [chosen, setChosen] = useState<string | null>(null)
  if (trouble) return <p class="card">{texts[trouble]}</p>
  if (!view) return <p class="card">{texts.opening}</p>
  const { watched, visits, lost, strangers } = view
  if (!watched) return <Unsure text={texts.blind} />
  const offered = [...visits, ...lost]
  // One list, and nobody else who might be meant.
  const [only] = visits.length === 1 && strangers === 0 ? visits : []
  const visit = only ?? offered.find(({ visitId }) => visitId === (view.confirmed?.visitId ?? chosen))
  if (visit) {
    const onOther = only || view.confirmed ? undefined : () => setChosen(null)
    return <VisitList key={visit.visitId} {...{ visit, view }} onChanged={askAgain} onOther={onOther} />
  }
  if (offered.length > 0) return <ListChoice visits={offered} unsure={strangers > 0} onChoose={setChosen} />
  if (strangers > 0) return <Unsure text={texts.noList} />
  return (
    <section class="card idle">
      <p class="large">{texts.idle}</p>
      <p class="aside">{texts.leaveFreely}</p>
    </section>
  )
}

function Unsure({ text }: { text: string }): JSX.Element {
  return (
    <section class="card">
      <p class="large">{text}</p>
      <CallStaff />
    </section>
  )
}

/** Before anything is known of the store. */
function Opening(): JSX.Element {
  const [language] = useLanguage()
  const texts = kioskTextsOf(language)
  const [store, setStore] = useState<KioskStore | null>(null)
  const [failure, setFailure] = useState('')
  useEffect(() => {
    const paired = pairing === '' ? Promise.resolve({}) : ask('/api/pair', { pairing })
    paired
      .then(() => ask<KioskStore>('/api/store'))
      .then(setStore, (error: unknown) => setFailure(error instanceof RefusedError ? texts.unpaired : texts.offline))
  }, [texts])
  if (store) return <KioskPage store={store} />
  return (
    <main class="kiosk">
      <p role="status">{failure || texts.opening}</p>
    </main>
  )
}

const place = document.getElementById('page')
if (place) render(<Opening />, place)
