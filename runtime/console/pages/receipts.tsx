/** Receipts as they are issued, each with its "why?". */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Evidence } from './evidence.tsx'
import type { ReceiptView, VisitView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { DiscountLines, PricedLines, QuietLine } from './priced-lines.tsx'
import { shopperColor, shortVisitName } from './shopper-color.ts'
import { VisitTruth } from './visit-truth.tsx'

type VisitWithReceipt = VisitView & { receipt: ReceiptView }
const hasReceipt = (visit: VisitView): visit is VisitWithReceipt => visit.receipt !== null
const shown = 12

export function Receipts({ visits }: { visits: VisitView[] }): JSX.Element {
  const { texts } = usePage()
  const issued = visits.filter(hasReceipt).sort((a, b) => b.receipt.issuedAtMs - a.receipt.issuedAtMs)
  return (
    <section class="card receipts-card" aria-labelledby="receipts-title">
      <h2 id="receipts-title">{texts.receipts}</h2>
      {issued.length === 0 && <p class="quiet">{texts.noReceipts}</p>}
      <ol class="receipts">
        {issued.slice(0, shown).map((visit) => (
          <Receipt key={visit.visitId} visit={visit} />
        ))}
      </ol>
    </section>
  )
}

function Receipt({ visit: { visitId, state, receipt } }: { visit: VisitWithReceipt }): JSX.Element {
  const { texts, formats, simulated } = usePage()
  const [asked, setAsked] = useState<'why' | 'truth' | null>(null)
  const question = (what: 'why' | 'truth', text: string) => (
    <button
      type="button"
      class="link"
      aria-expanded={asked === what}
      onClick={() => setAsked(asked === what ? null : what)}
    >
      {asked === what ? texts.hide : text}
    </button>
  )
  return (
    <li class="receipt" style={{ '--shopper': shopperColor(visitId) }}>
      <header>
        <span class="badge small" aria-hidden="true">
          {shortVisitName(visitId)}
        </span>
        <time dateTime={new Date(receipt.issuedAtMs).toISOString()}>{formats.time(receipt.issuedAtMs)}</time>
        {state === 'debt' && <span class="tag bad">{texts.unpaid}</span>}
        <strong class="amount">{formats.money(receipt.totalMinor)}</strong>
      </header>
      <ul class="lines">
        <PricedLines lines={receipt.lines} formats={formats} />
        <DiscountLines discounts={receipt.discounts} formats={formats} />
        {receipt.tax && (
          <QuietLine
            name={`${texts.contains} ${receipt.tax.name} ${receipt.tax.percent}%`}
            amount={formats.money(receipt.tax.taxMinor)}
          />
        )}
        {receipt.tax && receipt.tax.taxFreeMinor > 0 && (
          <QuietLine name={texts.taxFree} amount={formats.money(receipt.tax.taxFreeMinor)} />
        )}
      </ul>
      <div class="questions">
        {question('why', texts.why)}
        {simulated && question('truth', texts.simulation.truth)}
      </div>
      {asked === 'why' && <Evidence visitId={visitId} />}
      {asked === 'truth' && <VisitTruth visitId={visitId} receipt={receipt} />}
    </li>
  )
}
