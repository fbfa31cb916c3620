import { useState } from 'preact/hooks'
import { failureText } from '../../console/pages/server-api.ts'
import { usePhone } from './phone-context.ts'

/** Something that a button does: whether it is under way, and what it said when it failed. */
export function useAction(action: () => Promise<void>): { busy: boolean; failure: string; run(): void } {
  const { texts } = usePhone()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  return {
    busy,
    failure,
    run() {
      setBusy(true)
      setFailure('')
      action()
        .catch((error: unknown) => setFailure(failureText(error, texts)))
        .finally(() => setBusy(false))
    },
  }
}
