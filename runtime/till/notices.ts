/** What the console of whoever started the store shows of the till's events: one plain line each. */
import type { Receipt } from '../contract/messages.ts'
import type { TillEvent } from '../till-api/events.ts'
import type { LedgerThread } from './ledger/ledger-thread.ts'

export interface NoticeStyle {
  timeZone: string
  currency: string
  /** SKUs whose quantities are grams. */
  byWeight: ReadonlySet<string>
}

/** The lines for an event; most are not worth one. */
export function noticeWriter({ timeZone, currency, byWeight }: NoticeStyle): (event: TillEvent) => string[] {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' })
  const money = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
  const perUnit = 10 ** (money.resolvedOptions().maximumFractionDigits ?? 0)
  const amount = (minor: number) => money.format(minor / perUnit)
  const line = (atMs: number, what: string, visitId: string | null, ...rest: string[]) =>
    [`${time.format(atMs)} ${what.padEnd(8)}`, ...(visitId ? [visitName(visitId)] : []), ...rest].join(' ').trimEnd()

  return ({ atMs, ...event }) => {
    switch (event.type) {
      case 'refused':
        return [line(atMs, 'refused', null, `at ${event.data.gate}: ${event.data.reason}`)]
      case 'gate-pass': {
        const { direction, visitId, gate } = event.data
        return direction === 'in' && visitId ? [line(atMs, 'entry', visitId, ` ${gate}`)] : []
      }
      case 'gate-alarm':
        return [line(atMs, 'alarm', null, `${event.data.gate}: ${event.data.text}`)]
      case 'payment': {
        const { state, visitId } = event.data
        // A charge is told with its receipt, which knows the lines.
        return state === 'paid' || state === 'debt' ? [] : [line(atMs, state, visitId)]
      }
      case 'receipt': {
        const { visitId, receiptId, lines, totalMinor, reason, refunds } = event.data
        if (refunds) {
          const given = refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
          return [line(atMs, 'refund', visitId, ` ${amount(given)} in all, ${amount(totalMinor)} `, 'paid')]
        }
        const bill = ` ${lines.length === 1 ? '1 item' : `${lines.length} items`}  ${amount(totalMinor)} `
        return [
          line(atMs, 'charge', visitId, bill, reason ? 'debt' : 'paid'),
          line(atMs, 'receipt', visitId, ` ${receiptId} `, itemsText(lines, byWeight), reason ? ` ${reason}` : ''),
        ]
      }
      default:
        return []
    }
  }
}

const mostItems = 4

/** "2 × cola, chips and 3 more". */
function itemsText(lines: Receipt['lines'], byWeight: ReadonlySet<string>): string {
  const items = lines.map(({ sku, name, quantity }) => {
    if (byWeight.has(sku)) return `${Math.round(quantity)} g ${name}`
    return quantity === 1 ? name : `${quantity} × ${name}`
  })
  const more = items.length - mostItems
  return more > 0 ? `${items.slice(0, mostItems).join(', ')} and ${more} more` : items.join(', ')
}

/** "visit 12"; the rest of its id only keeps databases apart. */
const visitName = (visitId: string) => `visit ${visitId.slice(visitId.lastIndexOf('-') + 1)}`

const pageSize = 100

/** Calls `notice` for what happens from now on. Returns a function that ends it. */
export function tellNotices(
  ledger: Pick<LedgerThread, 'events' | 'onAppended'>,
  from: number,
  write: (event: TillEvent) => string[],
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
      for (const text of page.events.flatMap(write)) notice(text)
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
