/** One visit before the kiosk: its list, the wait for the card, its receipt. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ask, failureText } from '../../console/pages/server-api.ts'
import { CallStaff } from './call-staff.tsx'
import { useKiosk } from './kiosk-context.ts'
import type { KioskView, KioskVisitView } from './kiosk-view.ts'
import { PaidReceipt, Priced } from './paid-receipt.tsx'

export interface VisitListProps {
  visit: KioskVisitView
  view: KioskView
  onChanged(): void
  /** Back to the choice, where there is one. */
  onOther: (() => void) | undefined
}

export function VisitList({ visit, view, onChanged, onOther }: VisitListProps): JSX.Element {
  const { texts } = useKiosk()
  if (visit.paid === 'paid') return <PaidReceipt visit={visit} />
  if (visit.paid === 'due' || view.confirmed?.paying) return <p class="card large">{texts.paying}</p>
  if (visit.paid === 'mismatch') {
    return (
      <section class="card">
        <p class="large">{texts.paidOtherwise}</p>
        <CallStaff />
      </section>
    )
  }
  return <Unpaid {...{ visit, view, onChanged, onOther }} />
}

function Unpaid({ visit, view, onChanged, onOther }: VisitListProps): JSX.Element {
  const { texts, formats } = useKiosk()
  const [failure, setFailure] = useState('')
  const { visitId, revision, lines, totalMinor, needsStaff } = visit
  const confirmed = view.confirmed?.visitId === visitId ? view.confirmed : null
  const press = (path: string, body: object) => {
    setFailure('')
    ask(path, body).then(onChanged, (error: unknown) => setFailure(failureText(error, texts)))
  }
  const trouble = view.trouble ? texts.troubles[view.trouble] : visit.paid === 'declined' ? texts.declined : ''
  return (
    <section class="card" aria-labelledby="list-title">
      <h2 id="list-title">{lines.length > 0 ? texts.yourList : texts.nothingTaken}</h2>
      <div aria-live="polite">
        <Priced {...visit} />
      </div>
      {!confirmed && (failure || trouble) && (
        <p class="failure" role="alert">
          {failure || trouble}
        </p>
      )}
      {confirmed ? (
        <>
          <p class="large" role="status">
            {texts.showCard(formats.money(confirmed.totalMinor))}
          </p>
          <button type="button" onClick={() => press('/api/cancel', {})}>
            {texts.cancel}
          </button>
        </>
      ) : needsStaff ? (
        <p class="large">{texts.adults}</p>
      ) : (
        totalMinor > 0 && (
          <button
            type="button"
            class="primary large"
            onClick={() => press('/api/confirm', { visitId, basketRevision: revision })}
          >
            {texts.pay(formats.money(totalMinor))}
          </button>
        )
      )}
      {onOther && (
        <button type="button" onClick={onOther}>
          {texts.notMine}
        </button>
      )}
      {!confirmed && <CallStaff />}
    </section>
  )
}
