/** The terms, and one button: the phone makes its key and is registered. */
import type { JSX } from 'preact'
import { ask } from '../../console/pages/server-api.ts'
import type { Phone } from './device-key.ts'
import { Failure } from './failure.tsx'
import { usePhone } from './phone-context.ts'
import type { PhoneStore } from './phone-view.ts'
import { useAction } from './use-action.ts'

export interface JoinFormProps {
  store: PhoneStore
  phone: Phone
  invitation: string
  onJoined(): void
}

export function JoinForm({ store, phone, invitation, onJoined }: JoinFormProps): JSX.Element {
  const { texts, language } = usePhone()
  const { version, text } = store.terms
  const joining = useAction(async () => {
    const { deviceId, publicKey } = phone
    const { accountId } = await ask<{ accountId: string }>('/api/join', { invitation, deviceId, publicKey, version })
    await phone.register(store.storeId, accountId)
    onJoined()
  })
  return (
    <section class="card">
      <h2>{texts.joinTitle(store.name)}</h2>
      {text[language].map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <p class="aside">{texts.termsVersion(version)}</p>
      <Failure text={joining.failure} />
      <button type="button" class="primary wide" disabled={joining.busy} onClick={joining.run}>
        {texts.agree}
      </button>
    </section>
  )
}
