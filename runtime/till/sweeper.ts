import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import { errorSentence } from '../contract/errors.ts'
import { regularly } from '../program/regularly.ts'
import type { LedgerMethods } from './ledger/ledger-thread.ts'

const intervalMs = 1000
const dayMs = 86_400_000

/** Moves overdue visits on, once a second, and forgets what is kept too long, once a day. Their deadlines are in the tables, so a restart forgets none. */
export function sweepRegularly(
  ledger: Pick<LedgerMethods, 'sweep' | 'forgetOld'>,
  clock: Clock,
  log: Logger,
  onMoved: () => void,
): { stop(): Promise<void> } {
  let forgetAtMs = clock.nowMs() + dayMs
  return regularly(clock, intervalMs, async () => {
    try {
      const moved = await ledger.sweep(clock.nowMs())
      if (moved > 0) onMoved()
      if (clock.nowMs() >= forgetAtMs) {
        forgetAtMs = clock.nowMs() + dayMs
        const forgotten = await ledger.forgetOld(clock.nowMs())
        if (forgotten > 0) log.info({ forgotten }, 'accounts that nobody used were forgotten')
      }
    } catch (error) {
      log.error({ error: errorSentence(error) }, 'overdue visits could not be moved on')
    }
  })
}
