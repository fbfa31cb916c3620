/** One page's stream of what happens, as server-sent events. */
import type { Response } from 'express'
import type { Clock, Timer } from '../contract/clock.ts'
import type { LiveStore } from './live-store.ts'
import type { LiveEvent } from './pages/live-view.ts'

const aliveEveryMs = 3000
/** A page that takes nothing any more; it connects again when it can. */
const maxWaitingBytes = 2_000_000

/** Sends a snapshot and then every change, until the page goes away or may no longer see it. */
export function streamLive(
  live: LiveStore,
  response: Response,
  { clock, isAllowed }: { clock: Clock; isAllowed: () => boolean },
): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  const send = ({ type, ...data }: LiveEvent) => {
    response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
    if (response.writableLength > maxWaitingBytes) response.destroy()
  }

  let timer: Timer
  const stayAlive = () => {
    if (!isAllowed()) return response.end()
    response.write(':\n\n')
    timer = clock.after(aliveEveryMs, stayAlive)
  }

  send({ type: 'snapshot', ...live.snapshot() })
  const unsubscribe = live.subscribe(send)
  timer = clock.after(aliveEveryMs, stayAlive)
  response.on('close', () => {
    clock.clear(timer)
    unsubscribe()
  })
}
