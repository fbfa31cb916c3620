/** Receipts: each line with its "why?", and with a word for what was not taken. */
import type { JSX } from 'preact'
import { DiscountLines, TaxNote } from '../../console/pages/priced-lines.tsx'
import { ask } from '../../console/pages/server-api.ts'
import { Failure } from './failure.tsx'
import { usePhone } from './phone-context.ts'
import type { PhoneVisit } from './phone-view.ts'
import { ReceiptLine } from './receipt-line.tsx'
import { useAction } from './use-action.ts'

export function ReceiptList({ visits, onChanged }: { visits: PhoneVisit[]; onChanged(): void }): JSX.Element {
  const { texts } = usePhone()
  const issued = visits.filter(({ receipt }) => receipt !== null)
  return (
    <section class="card" aria-labelledby="receipts-title">
      <h2 id="receipts-title">{texts.receipts}</h2>
      {issued.length === 0 && <p class="quiet">{texts.noReceipts}</p>}
      {issued.map((visit) => (
        <Receipt key={visit.visitId} visit={visit} onChanged={onChanged} />
      ))}
    </section>
  )
}

function Receipt({ visit, onChanged }: { visit: PhoneVisit; onChanged(): void }): JSX.Element | null {
  const { texts, formats } = usePhone()
  const { receipt } = visit
  if (!receipt) return null
  return (
    <article class="receipt">
      <header>
        <time dateTime={new Date(receipt.issuedAtMs).toISOString()}>{formats.time(receipt.issuedAtMs)}</time>
        {visit.owed && <span class="tag bad">{texts.unpaid}</span>}
        <strong class="amount">{formats.money(receipt.totalMinor)}</strong>
      </header>
      <ul class="lines">
        {receipt.lines.map((line) => (
          <ReceiptLine key={line.lineId} visit={visit} line={line} onChanged={onChanged} />
        ))}
        <DiscountLines discounts={receipt.discounts} formats={formats} />
      </ul>
      {receipt.tax && <TaxNote tax={receipt.tax} contains={texts.contains} formats={formats} />}
      {visit.owed && <PayDebt visitId={visit.visitId} onChanged={onChanged} />}
    </article>
  )
}

function PayDebt({ visitId, onChanged }: { visitId: string; onChanged(): void }): JSX.Element {
  const { texts } = usePhone()
  const paying = useAction(async () => {
    await ask('/api/pay-debt', { visitId, requestId: crypto.randomUUID() })
    onChanged()
  })
  return (
    <>
      <Failure text={paying.failure} />
      <button type="button" class="primary" disabled={paying.busy} onClick={paying.run}>
        {paying.busy ? texts.paying : texts.pay}
      </button>
    </>
  )
}
