/** What somebody in the store has taken so far. */
import type { JSX } from 'preact'
import { PricedLines, Sum } from '../../console/pages/priced-lines.tsx'
import { usePhone } from './phone-context.ts'
import type { PhoneVisit } from './phone-view.ts'

/** Between the door's opening and the receipt. */
export const isCurrent = ({ state, receipt }: PhoneVisit): boolean =>
  receipt === null && ['admitted', 'open', 'exited', 'deciding', 'review', 'charging'].includes(state)

export function CurrentVisit({ visit }: { visit: PhoneVisit }): JSX.Element {
  const { texts, formats } = usePhone()
  const { state, lines, totalMinor } = visit
  const isInside = state === 'admitted' || state === 'open'
  const closing = isInside ? texts.afterwards : state === 'review' ? texts.reviewing : texts.settling
  return (
    <section class="card" aria-labelledby={`visit-${visit.visitId}`}>
      <h2 id={`visit-${visit.visitId}`}>
        {isInside && <span class="dot live" aria-hidden="true" />} {texts.inside}
        {visit.party > 1 && <span class="tag">{texts.people(visit.party)}</span>}
      </h2>
      <div aria-live="polite">
        {lines.length === 0 && <p class="quiet">{state === 'admitted' ? texts.admitted : texts.basketEmpty}</p>}
        <ul class="lines">
          <PricedLines lines={lines} formats={formats} />
        </ul>
      </div>
      {lines.length > 0 && <Sum text={texts.total} amountMinor={totalMinor} formats={formats} />}
      <p class="aside">{closing}</p>
    </section>
  )
}
