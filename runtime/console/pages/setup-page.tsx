/** The first page of a new store: whoever has the console's one-time code becomes its owner. */
import { type JSX, render } from 'preact'
import { AccountForm } from './account-form.tsx'
import { useLanguage } from './language-switch.tsx'
import { textsOf } from './texts.ts'

const code = new URLSearchParams(location.search).get('code') ?? ''
// The code works once and briefly; all the same it need not stay in the address bar and the history.
history.replaceState(null, '', '/setup')

function SetupPage(): JSX.Element {
  const [language, onChoose] = useLanguage()
  const texts = textsOf(language)
  return (
    <AccountForm
      {...{ language, onChoose }}
      title={texts.setup.title}
      submit={texts.setup.submit}
      newPassword
      path="/api/setup"
      facts={{ code }}
    >
      <p>{code ? texts.setup.lead : texts.setup.codeMissing}</p>
    </AccountForm>
  )
}

const place = document.getElementById('page')
if (place) render(<SetupPage />, place)
