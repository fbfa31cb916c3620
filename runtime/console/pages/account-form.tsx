/** The one form of set-up and login: a name and a password. */
import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { LanguageSwitch, type LanguageSwitchProps } from './language-switch.tsx'
import { ask, failureText } from './server-api.ts'
import { type Texts, textsOf } from './texts.ts'

export interface AccountFormProps extends LanguageSwitchProps {
  title: string
  submit: string
  newPassword: boolean
  /** Where it is sent, and what goes with it. */
  path: string
  facts: Record<string, string>
  children?: ComponentChildren
}

export function AccountForm(props: AccountFormProps): JSX.Element {
  const { title, submit, newPassword, path, facts, children, ...choice } = props
  const texts: Texts = textsOf(choice.language)
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')

  async function send(event: Event) {
    event.preventDefault()
    setBusy(true)
    setFailure('')
    try {
      const { next } = await ask<{ next: string }>(path, { ...facts, user, password })
      location.assign(next)
    } catch (error) {
      setFailure(failureText(error, texts))
      setBusy(false)
    }
  }

  return (
    <main class="account">
      <form class="card" onSubmit={(event) => void send(event)}>
        <h1>{title}</h1>
        {children}
        <label>
          {texts.user}
          <input
            name="username"
            autocomplete="username"
            required
            maxLength={64}
            value={user}
            onInput={(event) => setUser(event.currentTarget.value)}
          />
        </label>
        <label>
          {texts.password}
          <span class="password">
            <input
              name="password"
              {...(shown ? { type: 'text' as const } : { type: 'password' as const })}
              autocomplete={newPassword ? 'new-password' : 'current-password'}
              required
              minLength={newPassword ? 12 : 1}
              aria-describedby={newPassword ? 'password-hint' : undefined}
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
            <button type="button" class="link" aria-pressed={shown} onClick={() => setShown(!shown)}>
              {texts.show}
            </button>
          </span>
        </label>
        {newPassword && (
          <p id="password-hint" class="aside">
            {texts.setup.passwordHint}
          </p>
        )}
        {failure && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {submit}
        </button>
      </form>
      <LanguageSwitch {...choice} />
    </main>
  )
}
