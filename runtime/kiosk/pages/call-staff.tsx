/** A button that has somebody of the store come. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ask } from '../../console/pages/server-api.ts'
import { useKiosk } from './kiosk-context.ts'

export function CallStaff(): JSX.Element {
  const { texts } = useKiosk()
  const [answer, setAnswer] = useState('')
  const call = () => {
    ask('/api/call', {}).then(
      () => setAnswer(texts.called),
      () => setAnswer(texts.failed),
    )
  }
  return (
    <div class="call">
      <button type="button" onClick={call}>
        {texts.wrong}
      </button>
      <p class="aside" role="status">
        {answer}
      </p>
    </div>
  )
}
