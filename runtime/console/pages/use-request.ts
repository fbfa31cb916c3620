/** A request of a form: one at a time, and what was refused as a sentence. */
import { useState } from 'preact/hooks'
import { usePage } from './page-context.ts'
import { ask, failureText } from './server-api.ts'

/** Resolves to whether it was done. */
export type Send = (path: string, body: object) => Promise<boolean>

export function useRequest(): [send: Send, busy: boolean, failure: string] {
  const { texts } = usePage()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const send: Send = async (path, body) => {
    setBusy(true)
    setFailure('')
    try {
      await ask(path, body)
      return true
    } catch (error) {
      setFailure(failureText(error, texts))
      return false
    } finally {
      setBusy(false)
    }
  }
  return [send, busy, failure]
}
