import type { Logger } from 'pino'
import type { Clock, Timer } from '../contract/clock.ts'
import { errorSentence } from '../contract/errors.ts'
import type { LedgerMethods } from './ledger/ledger-thread.ts'

const intervalMs = 1000

/** Moves overdue visits on, once a second. Their deadlines are in the tables, so a restart forgets none. */
export function sweepRegularly(
  ledger: Pick<LedgerMethods, 'sweep'>,
  clock: Clock,
  log: Logger,
  onMoved: () => void,
): { stop(): Promise<void> } {
  let timer: Timer | undefined
  let stopped = false
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async () => {
    try {
      const moved = await ledger.sweep(clock.nowMs())
      if (moved > 0) onMoved()
    } catch (error) {
      log.error({ error: errorSentence(error) }, 'overdue visits could not be moved on')
    }
    if (!stopped) timer = clock.after(intervalMs, begin)
  }
  const begin = () => {
    sweeping = sweep()
  }
  begin()
  return {
    async stop() {
      stopped = true
      clock.clear(timer)
      await sweeping
    },
  }
}
