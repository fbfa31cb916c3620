import type { Logger } from 'pino'
import type { Clock } from '../contract/clock.ts'
import { errorSentence } from '../contract/errors.ts'
import { learnNow } from '../learning/learn-now.ts'
import { LearnedFolder } from '../learning/learned-folder.ts'
import type { StoreLayout } from '../profile/layout.ts'
import { regularly } from '../program/regularly.ts'
import type { EvidenceClient, TillClient } from '../till-api/till-client.ts'

export interface DailyLearningOptions {
  till: TillClient & EvidenceClient
  layout: StoreLayout
  dataDirectory: string
  clock: Clock
  log: Pick<Logger, 'info' | 'error'>
  /** One line on the console of whoever started the store. */
  notice(text: string): void
}

const dayMs = 86_400_000

/** Learns from what people decided, now and then every day; what is out of the ordinary waits for a person. */
export function learnDaily({ till, layout, dataDirectory, clock, log, notice }: DailyLearningOptions): {
  stop(): Promise<void>
} {
  const folder = new LearnedFolder(dataDirectory, layout.storeId)
  const end = new AbortController()
  const learning = regularly(clock, dayMs, async () => {
    try {
      const nowMs = clock.nowMs()
      const { learning, version } = await learnNow({ till, folder, layout, nowMs, signal: end.signal })
      if (!version) return
      const weights = learning.changes.map(({ sku, before, after }) => ({
        sku,
        from: before.weightG,
        to: after.weightG,
      }))
      log.info({ version: version.number, taken: version.taken, weights }, 'learned')
      const names = weights.map(({ sku }) => layout.products.find((product) => product.sku === sku)?.name ?? sku)
      if (!version.taken) {
        notice(`What was learned waits for a look (version ${version.number}). ${learning.doubts.join(' ')}`)
      } else if (names.length > 0) notice(`Learned other weights than before: ${names.join(', ')}.`)
    } catch (error) {
      if (!end.signal.aborted) log.error({ error: errorSentence(error) }, 'could not learn')
    }
  })
  return {
    stop() {
      end.abort()
      return learning.stop()
    },
  }
}
