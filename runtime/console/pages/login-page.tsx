/** The login that store page and editor share. `?next=` names the editor's page to go back to. */
import { type JSX, render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { AccountForm } from './account-form.tsx'
import { useLanguage } from './language-switch.tsx'
import { ask } from './server-api.ts'
import { textsOf } from './texts.ts'

const next = new URLSearchParams(location.search).get('next') ?? ''

function LoginPage(): JSX.Element {
  const [language, onChoose] = useLanguage()
  const [hasOwner, setHasOwner] = useState(true)
  useEffect(() => {
    ask<{ exists: boolean }>('/api/owner').then(
      ({ exists }) => setHasOwner(exists),
      () => {},
    )
  }, [])
  const texts = textsOf(language)
  return (
    <AccountForm
      {...{ language, onChoose }}
      title={texts.login.title}
      submit={texts.login.submit}
      newPassword={false}
      path="/api/login"
      facts={{ next }}
    >
      {!hasOwner && <p class="trouble">{texts.login.noOwner}</p>}
    </AccountForm>
  )
}

const place = document.getElementById('page')
if (place) render(<LoginPage />, place)
