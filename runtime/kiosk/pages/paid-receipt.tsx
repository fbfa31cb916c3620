/** The receipt of what was paid here, and lines with their sum. */
import type { JSX } from 'preact'
import { DiscountLines, PricedLines, Sum, TaxNote } from '../../console/pages/priced-lines.tsx'
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
          {receipt.tax && <TaxNote tax={receipt.tax} contains={texts.contains} formats={formats} />}
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
        <PricedLines lines={lines} formats={formats} />
        <DiscountLines discounts={discounts} formats={formats} />
      </ul>
      <Sum text={texts.total} amountMinor={totalMinor} formats={formats} />
    </>
  )
}
