/** Lines that wait for a person: what was seen, and two choices. */
import type { JSX } from 'preact'
import { Certainty } from './basket-lines.tsx'
import { Choices } from './choices.tsx'
import { Evidence } from './evidence.tsx'
import type { LineView, VisitView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { ask } from './server-api.ts'
import { WaitingItem } from './waiting-item.tsx'

export function ReviewQueue({ visits }: { visits: VisitView[] }): JSX.Element {
  const { texts } = usePage()
  const waiting = visits
    .filter(({ state }) => state === 'review')
    .flatMap((visit) => visit.lines.filter(({ outcome }) => outcome === 'review').map((line) => ({ visit, line })))
  return (
    <section class="card" aria-labelledby="review-title">
      <h2 id="review-title">
        {texts.review} <span class={waiting.length > 0 ? 'count urgent' : 'count'}>{waiting.length}</span>
      </h2>
      {waiting.length === 0 && <p class="quiet">{texts.nothingToReview}</p>}
      {waiting.map(({ visit, line }) => (
        <ReviewItem key={`${visit.visitId} ${line.lineId}`} visitId={visit.visitId} line={line} />
      ))}
    </section>
  )
}

function ReviewItem({ visitId, line }: { visitId: string; line: LineView }): JSX.Element {
  const { texts, formats } = usePage()
  const { lineId } = line
  const choice = (outcome: 'charge' | 'let-go', text: string) => {
    return { text, done: texts.decided, decide: () => ask('/api/review', { visitId, lineId, outcome }) }
  }
  return (
    <WaitingItem
      visitId={visitId}
      title={<h3>{`${formats.quantity(line)} ${line.name}`}</h3>}
      amountMinor={line.amountMinor}
    >
      <Certainty probability={line.probability} />
      <Evidence visitId={visitId} lineId={lineId} />
      <p class="question">{texts.reviewQuestion}</p>
      <Choices choices={[choice('charge', texts.charge), choice('let-go', texts.letGo)]} />
    </WaitingItem>
  )
}
