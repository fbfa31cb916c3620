/** The till's client over its HTTP API: sends until acknowledged, follows until ended. */
import { type Clock, SystemClock, sleep } from '../contract/clock.ts'
import { AisleError, errorSentence } from '../contract/errors.ts'
import type { CommandAnswer, TillCommand } from './commands.ts'
import { eventLines } from './event-lines.ts'
import type {
  AccountExport,
  AccountOverview,
  JournalledEvidence,
  PastPurchases,
  TillEvent,
  TillState,
  VisitSnapshot,
} from './events.ts'
import type { KioskState } from './kiosks.ts'
import type {
  AccountsClient,
  EvidenceClient,
  KioskClient,
  KioskFloorClient,
  PurchasesReader,
  TillClient,
  VisitReader,
} from './till-client.ts'

export interface TillClientOptions {
  /** Base address, such as `http://127.0.0.1:1881`. */
  url: string
  token: string
  /** For the pauses between tries. Deadlines on the wire are in real time, however fast a demonstration runs. */
  clock: Clock
}

const firstPauseMs = 100
const longestPauseMs = 5000
const answerWithinMs = 15_000
/** The till sends an empty line every five seconds; a stream that is silent for longer is dead. */
const silenceMs = 15_000
/** What a later try may be answered differently; all other refusals are final. */
const passing = new Set([408, 425, 429])

export function createTillClient({
  url,
  token,
  clock,
}: TillClientOptions): TillClient &
  AccountsClient &
  EvidenceClient &
  VisitReader &
  KioskFloorClient &
  KioskClient &
  PurchasesReader {
  const authorization = `Bearer ${token}`
  const wire = new SystemClock()

  /** One try. Resolves with the answer's body, or throws: `AisleError` is final, anything else is not. */
  async function ask(path: string, body: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const late = new AbortController()
    const timer = wire.after(answerWithinMs, () => late.abort())
    try {
      const response = await fetch(new URL(path, url), {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([late.signal, signal]) : late.signal,
      })
      await refuse(response, path)
      return await response.json()
    } finally {
      wire.clear(timer)
    }
  }

  async function askUntilAnswered<T>(path: string, body: unknown, signal: AbortSignal | undefined): Promise<T> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      let cause: unknown
      try {
        if (!signal?.aborted) return (await ask(path, body, signal)) as T
      } catch (error) {
        if (error instanceof AisleError) throw error
        cause = error
        await sleep(clock, pauseMs, signal)
      }
      if (signal?.aborted) throw unreachable(cause)
    }
  }

  const unreachable = (cause: unknown) =>
    new AisleError('till-unreachable', `The till did not answer${cause ? ` (${errorSentence(cause)})` : ''}.`, {
      where: url,
      action: 'Look at the log of the till; it is started again by itself.',
      cause,
    })

  async function followUntil(end: AbortSignal, after: number, onEvent: (event: TillEvent) => void | Promise<void>) {
    let last = after
    let pauseMs = firstPauseMs
    while (!end.aborted) {
      const dead = new AbortController()
      let timer = wire.after(silenceMs, () => dead.abort())
      const heard = () => {
        wire.clear(timer)
        timer = wire.after(silenceMs, () => dead.abort())
      }
      try {
        const response = await fetch(new URL(`/v1/events?after=${last}`, url), {
          headers: { authorization },
          signal: AbortSignal.any([dead.signal, end]),
        })
        await refuse(response, '/v1/events')
        if (!response.body) throw new Error('The event stream has no body.')
        for await (const event of eventLines(response.body, heard)) {
          if (end.aborted) return
          if (event.sequence <= last) continue
          // While the handler works nothing is read, and silence says nothing about the till.
          wire.clear(timer)
          await onEvent(event)
          heard()
          last = event.sequence
          pauseMs = firstPauseMs
        }
      } catch {
        // Whatever broke, the stream or the handler: the next try starts with the first event not yet handled.
      } finally {
        wire.clear(timer)
        dead.abort()
      }
      await sleep(clock, pauseMs, end)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }

  return {
    send: (command: TillCommand, signal) => askUntilAnswered<CommandAnswer>('/v1/commands', command, signal),
    state: (signal) => askUntilAnswered<TillState>('/v1/state', undefined, signal),
    async evidence(visitId, signal) {
      const path = `/v1/visits/${encodeURIComponent(visitId)}/evidence`
      return (await askUntilAnswered<JournalledEvidence>(path, undefined, signal)).evidence
    },
    async visit(visitId, signal) {
      const path = `/v1/visits/${encodeURIComponent(visitId)}`
      return await askUntilAnswered<VisitSnapshot>(path, undefined, signal).catch((error: unknown) => {
        if (error instanceof AisleError && error.code === 'visit-unknown') return null
        throw error
      })
    },
    pastPurchases: (visitId, signal) =>
      askUntilAnswered<PastPurchases>(`/v1/visits/${encodeURIComponent(visitId)}/past-purchases`, undefined, signal),
    account: (id, signal) => askUntilAnswered<AccountOverview>(`${accountPath(id)}/overview`, undefined, signal),
    exportAccount: (id, signal) => askUntilAnswered<AccountExport>(accountPath(id), undefined, signal),
    kiosk: (id, signal) => askUntilAnswered<KioskState>(kioskPath(id), undefined, signal),
    async press(id, button, body, signal) {
      await askUntilAnswered(`${kioskPath(id)}/${button}`, body, signal)
    },
    async present(id, presence, signal) {
      await askUntilAnswered(`${kioskPath(id)}/present`, presence, signal)
    },
    follow(after, onEvent) {
      const end = new AbortController()
      void followUntil(end.signal, after, onEvent)
      return () => end.abort()
    },
  }
}

const kioskPath = (id: string) => `/v1/kiosks/${encodeURIComponent(id)}`
const accountPath = (id: string) => `/v1/accounts/${encodeURIComponent(id)}`

/** @throws AisleError what the till said, when it refused for good; Error when trying again may help */
async function refuse(response: Response, where: string): Promise<void> {
  if (response.ok) return
  const told = (await response.json().catch(() => ({}))) as Partial<
    Record<'code' | 'message' | 'where' | 'action', string>
  >
  if (response.status >= 500 || passing.has(response.status)) {
    throw new Error(told.message ?? `The till answered ${response.status}.`)
  }
  throw new AisleError(told.code ?? 'till-refused', told.message ?? `The till answered ${response.status}.`, {
    where: told.where ?? where,
    action: told.action ?? 'Look at the log of the till.',
  })
}
