import type { ServerResponse } from 'node:http'
import { SystemClock, sleep } from '../../contract/clock.ts'
import type { LedgerThread } from '../ledger/ledger-thread.ts'

const pageSize = 200
/** In real time: what is kept alive is a connection. */
const keepAliveMs = 5000

/**
 * Writes every event after `after`, then what happens, as lines of JSON, until the client goes or `end` aborts.
 * The client's pace is the pace: what it has not read waits in the journal, not in memory.
 */
export async function streamEvents(
  ledger: Pick<LedgerThread, 'events' | 'onAppended'>,
  response: ServerResponse,
  after: number,
  end: AbortSignal,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.on('error', () => gone.abort())
  const over = AbortSignal.any([gone.signal, end])
  const wire = new SystemClock()
  let appended = false
  let wake = () => {}
  const stopListening = ledger.onAppended(() => {
    appended = true
    wake()
  })

  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  response.flushHeaders()
  let cursor = after
  try {
    while (!over.aborted) {
      appended = false
      const { events, next } = await ledger.events(cursor, pageSize)
      for (const event of events) {
        if (over.aborted) return
        if (!response.write(`${JSON.stringify(event)}\n`)) await drained(response, over)
      }
      if (next > cursor || appended) {
        cursor = next
        continue
      }
      const idle = new AbortController()
      wake = () => idle.abort()
      await sleep(wire, keepAliveMs, AbortSignal.any([idle.signal, over]))
      if (!idle.signal.aborted && !over.aborted) response.write('\n')
    }
  } finally {
    stopListening()
    response.end()
  }
}

function drained(response: ServerResponse, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      over.removeEventListener('abort', done)
      resolve()
    }
    response.once('drain', done)
    over.addEventListener('abort', done)
  })
}
