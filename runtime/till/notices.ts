/** What the console of whoever started the store shows of the till's events: one plain line each. */
import type { Payment, Receipt } from '../contract/messages.ts'
import type { TillEvent } from '../till-api/events.ts'
import type { LedgerThread } from './ledger/ledger-thread.ts'

export interface NoticeStyle {
  timeZone: string
  currency: string
}

/** The line for an event, or undefined for one that is not worth a line. */
export function noticeWriter({ timeZone, currency }: NoticeStyle): (event: TillEvent) => string | undefined {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' })
  const money = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
  const perUnit = 10 ** (money.resolvedOptions().maximumFractionDigits ?? 0)
  const amount = (minor: number) => money.format(minor / perUnit)
  const line = (atMs: number, what: string, visitId: string | null, ...rest: string[]) =>
    [`${time.format(atMs)} ${what.padEnd(8)}`, ...(visitId ? [visitName(visitId)] : []), ...rest].join(' ').trimEnd()

  return ({ atMs, ...event }) => {
    switch (event.type) {
      case 'refused':
        return line(atMs, 'refused', null, `at ${event.data.gate}: ${event.data.reason}`)
      case 'gate-pass':
        return event.data.direction === 'in' && event.data.visitId
          ? line(atMs, 'entry', event.data.visitId, ` ${event.data.gate}`)
          : undefined
      case 'gate-alarm':
        return line(atMs, 'alarm', null, `${event.data.gate}: ${event.data.text}`)
      case 'payment':
        return line(atMs, 'charge', event.data.visitId, ` ${paymentText(event.data, amount)}`)
      case 'receipt':
        return line(atMs, 'receipt', event.data.visitId, ` ${receiptText(event.data, amount)}`)
      default:
        return undefined
    }
  }
}

/** "visit 12"; the rest of its id only keeps databases apart. */
const visitName = (visitId: string) => `visit ${visitId.slice(visitId.lastIndexOf('-') + 1)}`

const paymentText = ({ state, amountMinor }: Payment, amount: (minor: number) => string) =>
  state === 'paid' || state === 'debt' ? `${amount(amountMinor)}  ${state}` : state

function receiptText({ lines, totalMinor, reason }: Receipt, amount: (minor: number) => string): string {
  const items = lines.length === 1 ? '1 item' : `${lines.length} items`
  return `${items}  ${amount(totalMinor)}${reason ? `  ${reason}` : ''}`
}

const pageSize = 100

/** Calls `notice` for what happens from now on. Returns a function that ends it. */
export function tellNotices(
  ledger: Pick<LedgerThread, 'events' | 'onAppended'>,
  from: number,
  write: (event: TillEvent) => string | undefined,
  notice: (text: string) => void,
): () => void {
  let cursor = from
  let reading = false
  let again = false
  const read = async () => {
    reading = true
    do {
      again = false
      const page = await ledger.events(cursor, pageSize)
      for (const event of page.events) {
        const text = write(event)
        if (text) notice(text)
      }
      again ||= page.next > cursor
      cursor = page.next
    } while (again)
  }
  return ledger.onAppended(() => {
    again = true
    // A notice is a courtesy: what cannot be read now is read with the next entry.
    if (!reading)
      void read()
        .catch(() => {})
        .finally(() => (reading = false))
  })
}
