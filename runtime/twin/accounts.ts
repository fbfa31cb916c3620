/** Registers customers at the till, as the backend of a shop's app does. */
import { type Clock, sleep } from '../contract/clock.ts'
import type { Customer } from './shoppers/customer.ts'

export interface AccountsOptions {
  /** Base address of the till's API. */
  url: string
  token: string
  clock: Clock
  /** Different for each start of the twin, so that its commands are never taken for those of an earlier one. */
  run: string
}

const firstPauseMs = 200
const longestPauseMs = 3000
const answerWithinMs = 10_000

export interface Accounts {
  /** Resolves when the till has taken down the customer, whose present code admits `party`; false: it refused. */
  register(customer: Customer, party: number, signal: AbortSignal): Promise<boolean>
}

export function createAccounts({ url, token, clock, run }: AccountsOptions): Accounts {
  let count = 0
  return {
    async register({ accountId, role, credential, payment }, party, signal) {
      const commandId = `twin-${run}-${++count}`
      const body = JSON.stringify({
        type: 'register-account',
        commandId,
        accountId,
        role,
        credential,
        party,
        payment,
      })
      for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
        const status = await post(body, signal)
        if (status >= 200 && status < 300) return true
        if (status >= 400 && status < 500 && status !== 429) return false
        await sleep(clock, pauseMs, signal)
      }
      return false
    },
  }

  /** 0: no answer. */
  async function post(body: string, signal: AbortSignal): Promise<number> {
    const late = new AbortController()
    const timer = clock.after(answerWithinMs, () => late.abort())
    try {
      const response = await fetch(new URL('/v1/commands', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([signal, late.signal]),
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    } finally {
      clock.clear(timer)
    }
  }
}
