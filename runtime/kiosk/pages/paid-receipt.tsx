/** The receipt of what was paid here, and lines with their sum. */
import type { JSX } from 'preact'
import { CallStaff } from './call-staff.tsx'
import { useKiosk } from './kiosk-context.ts'
import type { KioskVisitView } from './kiosk-view.ts'

export function PaidReceipt({ visit: { receipt, since } }: { visit: KioskVisitView }): JSX.Element {
  const { texts, formats } = useKiosk()
  return (
    <section class="card" aria-labelledby="receipt-title">
      <h2 id="receipt-title">{texts.receipt}</h2>
      <p class="large" role="status">
        {texts.thanks}
      </p>
      {receipt && (
        <>
          <Priced {...receipt} />
          {receipt.tax && (
            <p class="aside">
              {texts.contains} {receipt.tax.name} {receipt.tax.percent}% {formats.money(receipt.tax.taxMinor)}
            </p>
          )}
          <p class="aside">
            {receipt.receiptId} · <time>{formats.time(receipt.issuedAtMs)}</time>
          </p>
        </>
      )}
      {since > 0 && (
        <>
          <p class="failure" role="alert">
            {texts.since}
          </p>
          <CallStaff />
        </>
      )}
    </section>
  )
}

export function Priced({
  lines,
  discounts,
  totalMinor,
}: Pick<KioskVisitView, 'lines' | 'discounts' | 'totalMinor'>): JSX.Element | null {
  const { texts, formats } = useKiosk()
  if (lines.length === 0) return null
  return (
    <>
      <ul class="lines">
        {lines.map((line) => (
          <li key={line.lineId} class="line">
            <span class="quantity">{formats.quantity(line)}</span>
            <span class="name">{line.name}</span>
            <span class="amount">{formats.money(line.amountMinor)}</span>
          </li>
        ))}
        {discounts.map(({ name, amountMinor }) => (
          <li key={`${name} ${amountMinor}`} class="line quiet">
            <span class="quantity" />
            <span class="name">{name}</span>
            <span class="amount">{formats.money(-amountMinor)}</span>
          </li>
        ))}
      </ul>
      <p class="sum">
        {texts.total} <strong class="amount">{formats.money(totalMinor)}</strong>
      </p>
    </>
  )
}
