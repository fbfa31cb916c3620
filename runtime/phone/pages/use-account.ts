/** The account as the store knows it, asked for again and again while somebody looks. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { ask, RefusedError } from '../../console/pages/server-api.ts'
import type { Phone } from './device-key.ts'
import type { PhoneAccount } from './phone-view.ts'

const whileShoppingMs = 1000
const otherwiseMs = 3000
const endedStates = ['paid', 'empty', 'void', 'debt', 'review']

export interface AccountState {
  /** null: not known yet. */
  account: PhoneAccount | null
  connected: boolean
  /** This phone is not, or no longer, registered. */
  unknown: boolean
}

export function useAccount(phone: Phone): AccountState & { askAgain(): void } {
  const [state, setState] = useState<AccountState>({ account: null, connected: true, unknown: false })
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const look = async () => {
      let pauseMs = otherwiseMs
      // A page that nobody sees asks for nothing.
      if (!document.hidden) {
        try {
          const account = await ask<PhoneAccount>('/api/account')
          await phone.learnTime(account.nowMs)
          if (account.visits.some((visit) => !endedStates.includes(visit.state))) pauseMs = whileShoppingMs
          if (!over) setState({ account, connected: true, unknown: false })
        } catch (error) {
          const unknown = error instanceof RefusedError && error.status === 401
          if (!over) setState((before) => ({ ...before, connected: error instanceof RefusedError, unknown }))
        }
      }
      if (!over) timer = setTimeout(() => void look(), pauseMs)
    }
    void look()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [phone, asked])
  return { ...state, askAgain: useCallback(() => setAsked((count) => count + 1), []) }
}
