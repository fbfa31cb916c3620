/** Which of the things that happen are worth a line under "what happened". */
import type { DeviceHealth } from '../contract/messages.ts'
import type { TillEvent } from '../till-api/events.ts'
import type { NoticeView } from './pages/live-view.ts'

export type Notice = Omit<NoticeView, 'id'>

/** null: nothing to say. */
export function noticeOfTill(event: TillEvent): Notice | null {
  const { atMs } = event
  switch (event.type) {
    case 'refused':
      return { atMs, kind: 'refused', where: event.data.gate, text: event.data.reason }
    case 'gate-pass': {
      const kind = event.data.direction === 'in' ? 'passed-in' : 'passed-out'
      return { atMs, kind, where: event.data.gate, text: '' }
    }
    case 'gate-alarm':
      return { atMs, kind: 'alarm', where: event.data.gate, text: event.data.text }
    case 'payment':
      return event.data.state === 'debt' ? { atMs, kind: 'debt', where: event.data.visitId, text: '' } : null
    case 'receipt': {
      const { state, visitId, reason = '' } = event.data
      return state === 'failed' ? { atMs, kind: 'receipt-failed', where: visitId, text: reason } : null
    }
    default:
      return null
  }
}

/** At a start everything is silent for a moment, and a busy line is late now and then. */
const patienceMs = 10_000

/**
 * Makes few lines of what is said of devices' health: whatever befalls many plates of one device at once, as when its
 * line breaks, is one piece of news. That a device comes up at the start, or was late for a moment, is none.
 */
export class HealthNews {
  #news: DeviceHealth[] = []
  /** What may yet turn out to be nothing, and since when. */
  readonly #waiting = new Map<string, { message: DeviceHealth; sinceMs: number }>()
  readonly #troubled = new Set<string>()

  gather(message: DeviceHealth, nowMs: number): void {
    const { device, plate, state, previous } = message
    const subject = JSON.stringify([device, plate])
    const waiting = this.#waiting.get(subject)
    if (state === 'online') {
      this.#waiting.delete(subject)
      if (this.#troubled.delete(subject)) this.#news.push(message)
    } else if (state === 'late' || (state === 'offline' && (previous === null || waiting))) {
      this.#waiting.set(subject, { message, sinceMs: waiting?.sinceMs ?? nowMs })
    } else this.#tell(subject, message)
  }

  /** The news since the last call. */
  take(nowMs: number): Notice[] {
    for (const [subject, { message, sinceMs }] of this.#waiting) {
      if (nowMs >= sinceMs + patienceMs) this.#tell(subject, message)
    }
    const alike = Map.groupBy(this.#news, ({ device, state, reason }) => JSON.stringify([device, state, reason]))
    this.#news = []
    return [...alike.values()].map(noticeOf)
  }

  #tell(subject: string, message: DeviceHealth): void {
    this.#waiting.delete(subject)
    this.#troubled.add(subject)
    this.#news.push(message)
  }
}

const namedAtMost = 3

function noticeOf(messages: readonly DeviceHealth[]): Notice {
  const { receivedAtMs, device, state, reason } = messages[0] as DeviceHealth
  const names = messages.map(({ plate }) => plate ?? device)
  const more = names.length - namedAtMost
  const where = more > 1 ? `${names.slice(0, namedAtMost).join(', ')} +${more}` : names.join(', ')
  const kind = state === 'online' ? 'recovered' : 'health'
  return { atMs: receivedAtMs, kind, where, text: reason }
}
