/** Card, e-mail, and what a person may ask of the shop: everything that is kept of them, and to be forgotten. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ask } from '../../console/pages/server-api.ts'
import { Failure } from './failure.tsx'
import { usePhone } from './phone-context.ts'
import type { PhoneAccount } from './phone-view.ts'
import { useAction } from './use-action.ts'

export interface AccountSettingsProps {
  account: PhoneAccount
  sendsMail: boolean
  onForgotten(): void
}

export function AccountSettings({ account, sendsMail, onForgotten }: AccountSettingsProps): JSX.Element {
  const { texts } = usePhone()
  return (
    <section class="card settings" aria-labelledby="settings-title">
      <h2 id="settings-title">{texts.settings}</h2>
      {account.canPay && (
        <p>
          {texts.cardRegistered} {account.cardUrl && <a href={account.cardUrl}>{texts.changeCard}</a>}
        </p>
      )}
      {sendsMail && <EmailForm email={account.email} />}
      <p>
        <a href="/api/export" download>
          {texts.exportAll}
        </a>
      </p>
      <ForgetMe onForgotten={onForgotten} />
    </section>
  )
}

function EmailForm({ email }: { email: string | null }): JSX.Element {
  const { texts, language } = usePhone()
  const [address, setAddress] = useState(email ?? '')
  const [saved, setSaved] = useState(false)
  const saving = useAction(async () => {
    await ask('/api/email', { requestId: crypto.randomUUID(), address: address === '' ? null : address, language })
    setSaved(true)
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        saving.run()
      }}
    >
      <label for="email">{texts.email}</label>
      <span class="together">
        <input
          id="email"
          type="email"
          autocomplete="email"
          value={address}
          onInput={(event) => {
            setAddress(event.currentTarget.value)
            setSaved(false)
          }}
        />
        <button type="submit" disabled={saving.busy}>
          {texts.save}
        </button>
      </span>
      <p class="aside" role="status">
        {saved ? texts.saved : ''}
      </p>
      <Failure text={saving.failure} />
    </form>
  )
}

function ForgetMe({ onForgotten }: { onForgotten(): void }): JSX.Element {
  const { texts } = usePhone()
  const [asked, setAsked] = useState(false)
  const forgetting = useAction(async () => {
    await ask('/api/forget', { requestId: crypto.randomUUID() })
    onForgotten()
  })
  if (!asked) {
    return (
      <button type="button" class="link" onClick={() => setAsked(true)}>
        {texts.forget}
      </button>
    )
  }
  return (
    <div role="alertdialog" aria-label={texts.forget}>
      <p>{texts.forgetQuestion}</p>
      <Failure text={forgetting.failure} />
      <span class="together">
        <button type="button" disabled={forgetting.busy} onClick={forgetting.run}>
          {texts.forgetYes}
        </button>
        <button type="button" class="link" onClick={() => setAsked(false)}>
          {texts.cancel}
        </button>
      </span>
    </div>
  )
}
