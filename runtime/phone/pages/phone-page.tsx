/** The shoppers' page: the code for the door, the basket as it fills, the receipts afterwards. */
import { type ComponentChildren, type JSX, render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { LanguageSwitch, useLanguage } from '../../console/pages/language-switch.tsx'
import { ask, failureText } from '../../console/pages/server-api.ts'
import { AccountSettings } from './account-settings.tsx'
import { CurrentVisit, isCurrent } from './current-visit.tsx'
import { Phone } from './device-key.ts'
import { EntryCode } from './entry-code.tsx'
import { Failure } from './failure.tsx'
import { JoinForm } from './join-form.tsx'
import { PhoneContext, phoneContextOf, usePhone } from './phone-context.ts'
import { phoneTextsOf } from './phone-texts.ts'
import type { PhoneStore } from './phone-view.ts'
import { ReceiptList } from './receipt-list.tsx'
import { useAccount } from './use-account.ts'

/** What the address brought along: an invitation, or the provider's word for a card. It is taken out of it at once. */
const arrival = {
  invitation: location.pathname === '/join' ? location.hash.slice(1) : '',
  authKey: location.pathname === '/card' ? (new URLSearchParams(location.search).get('authKey') ?? '') : '',
}
history.replaceState(null, '', '/')

function PhonePage({ store, phone }: { store: PhoneStore; phone: Phone }): JSX.Element {
  const [language, onChoose] = useLanguage()
  const [registered, setRegistered] = useState(phone.isRegistered)
  const [forgotten, setForgotten] = useState(false)
  const context = useMemo(() => phoneContextOf(language, store), [language, store])
  const { texts } = context
  const place = () => {
    if (forgotten) return <p class="card">{texts.forgotten}</p>
    if (registered) {
      return <Shopper store={store} phone={phone} onForgotten={() => setForgotten(true)} />
    }
    if (arrival.invitation === '') return <p class="card">{texts.needsInvitation}</p>
    return <JoinForm {...{ store, phone }} invitation={arrival.invitation} onJoined={() => setRegistered(true)} />
  }
  return (
    <PhoneContext.Provider value={context}>
      <header class="top">
        <h1>{store.name}</h1>
        <LanguageSwitch {...{ language, onChoose }} />
      </header>
      <main class="phone">{place()}</main>
    </PhoneContext.Provider>
  )
}

interface ShopperProps {
  store: PhoneStore
  phone: Phone
  onForgotten(): void
}

function Shopper({ store, phone, onForgotten }: ShopperProps): JSX.Element {
  const { texts } = usePhone()
  const { account, connected, unknown, askAgain } = useAccount(phone)
  const cardFailure = useCard(askAgain)
  const current = account?.visits.filter(isCurrent) ?? []
  const forget = async () => {
    await Phone.forget()
    onForgotten()
  }
  if (unknown) return <p class="card">{texts.needsInvitation}</p>
  return (
    <>
      {!connected && <Trouble>{texts.offline}</Trouble>}
      <Failure text={cardFailure} />
      {current.map((visit) => (
        <CurrentVisit key={visit.visitId} visit={visit} />
      ))}
      {account && !account.canPay && (
        <section class="card">
          <p>{account.cardUrl ? texts.cardFirst : texts.cardElsewhere}</p>
          {account.cardUrl && (
            <a class="button primary wide" href={account.cardUrl}>
              {texts.registerCard}
            </a>
          )}
        </section>
      )}
      {current.length === 0 && (account?.canPay ?? true) && <EntryCode phone={phone} />}
      {account && (
        <>
          <ReceiptList visits={account.visits} onChanged={askAgain} />
          <AccountSettings account={account} sendsMail={store.sendsMail} onForgotten={() => void forget()} />
        </>
      )}
    </>
  )
}

/** Hands on what the provider's page for cards gave, once. */
function useCard(onRegistered: () => void): string {
  const { texts } = usePhone()
  const [failure, setFailure] = useState('')
  // Once: it came with the address.
  useEffect(() => {
    const { authKey } = arrival
    arrival.authKey = ''
    if (authKey === '') return
    ask('/api/card', { authKey }).then(onRegistered, (error: unknown) => setFailure(failureText(error, texts)))
  }, [])
  return failure
}

function Trouble({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <p class="trouble" role="status">
      {children}
    </p>
  )
}

/** Before anything is known of the store. */
function Opening(): JSX.Element {
  const [language] = useLanguage()
  const texts = phoneTextsOf(language)
  const [opened, setOpened] = useState<{ store: PhoneStore; phone: Phone } | null>(null)
  const [failure, setFailure] = useState('')
  useEffect(() => {
    if (!isSecureContext) return setFailure(texts.needsHttps)
    Promise.all([ask<PhoneStore>('/api/store'), Phone.open()]).then(
      async ([store, phone]) => {
        await phone.learnTime(store.nowMs)
        setOpened({ store, phone })
      },
      (error: unknown) => setFailure(failureText(error, texts)),
    )
  }, [texts])
  if (opened) return <PhonePage {...opened} />
  return (
    <main class="phone">
      <p role="status">{failure || texts.opening}</p>
    </main>
  )
}

const place = document.getElementById('page')
if (place) render(<Opening />, place)
