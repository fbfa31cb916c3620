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

/** null for a device that came up at the start: that is no news. */
export function noticeOfHealth({ receivedAtMs, device, plate, state, previous, reason }: DeviceHealth): Notice | null {
  if (previous === null && state === 'online') return null
  const kind = state === 'online' ? 'recovered' : 'health'
  return { atMs: receivedAtMs, kind, where: plate ?? device, text: reason }
}
