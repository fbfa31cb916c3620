/** What somebody decides with a button of a few: once, unless it fails. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { usePage } from './page-context.ts'
import { failureText } from './server-api.ts'

export interface Choice {
  text: string
  /** What is said once it is done. */
  done: string
  /** It may be chosen again. */
  again?: boolean
  decide(): Promise<unknown>
}

/** @param choices the first is the one that is offered first */
export function Choices({ choices }: { choices: readonly Choice[] }): JSX.Element {
  const { texts } = usePage()
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState('')
  const [failure, setFailure] = useState('')

  async function choose({ decide, done: said, again }: Choice) {
    setBusy(true)
    setFailure('')
    try {
      await decide()
      setDone(said)
      if (again) setBusy(false)
    } catch (error) {
      setFailure(failureText(error, texts))
      setBusy(false)
    }
  }

  return (
    <>
      <div class="choices">
        {choices.map((choice, i) => (
          <button
            key={choice.text}
            type="button"
            class={i === 0 ? 'primary' : ''}
            disabled={busy}
            onClick={() => void choose(choice)}
          >
            {choice.text}
          </button>
        ))}
        {done && (
          <span class="tag" role="status">
            {done}
          </span>
        )}
      </div>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </>
  )
}
