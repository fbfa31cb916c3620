/** Lines that shoppers dispute and that are too dear to be given back by a rule: what was seen, and two choices. */
import type { JSX } from 'preact'
import { Choices } from './choices.tsx'
import { Evidence } from './evidence.tsx'
import type { VisitView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { ask } from './server-api.ts'
import { WaitingItem } from './waiting-item.tsx'

type Dispute = VisitView['disputes'][number]

/** Nothing where nothing is disputed: unlike a review it is rare. */
export function Disputes({ visits }: { visits: VisitView[] }): JSX.Element | null {
  const { texts } = usePage()
  const open = visits.flatMap((visit) => visit.disputes.map((dispute) => ({ visit, dispute })))
  if (open.length === 0) return null
  return (
    <section class="card" aria-labelledby="disputes-title">
      <h2 id="disputes-title">
        {texts.disputes} <span class="count urgent">{open.length}</span>
      </h2>
      {open.map(({ visit, dispute }) => (
        <DisputeItem key={`${visit.visitId} ${dispute.lineId}`} visit={visit} dispute={dispute} />
      ))}
    </section>
  )
}

function DisputeItem({ visit, dispute }: { visit: VisitView; dispute: Dispute }): JSX.Element {
  const { texts, formats } = usePage()
  const { visitId } = visit
  const { lineId, reason } = dispute
  const line = visit.receipt?.lines.find((one) => one.lineId === lineId)
  const choice = (outcome: 'refund' | 'reject', text: string) => {
    return { text, done: texts.decided, decide: () => ask('/api/dispute', { visitId, lineId, outcome }) }
  }
  return (
    <WaitingItem
      visitId={visitId}
      title={<h3>{line ? `${formats.quantity(line)} ${line.name}` : lineId}</h3>}
      amountMinor={line?.amountMinor}
    >
      {reason && <blockquote>{reason}</blockquote>}
      <Evidence visitId={visitId} lineId={lineId} />
      <Choices choices={[choice('refund', texts.disputeRefund), choice('reject', texts.disputeReject)]} />
    </WaitingItem>
  )
}
