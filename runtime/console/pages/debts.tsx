/** Visits whose charge was refused, and what may be done about each. */
import type { JSX } from 'preact'
import { Choices } from './choices.tsx'
import type { VisitView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { ask } from './server-api.ts'
import { WaitingItem } from './waiting-item.tsx'

export function Debts({ visits }: { visits: VisitView[] }): JSX.Element | null {
  const { texts } = usePage()
  const owed = visits.filter((visit) => visit.owed)
  if (owed.length === 0) return null
  return (
    <section class="card" aria-labelledby="debts-title">
      <h2 id="debts-title">
        {texts.debts} <span class="count">{owed.length}</span>
      </h2>
      {owed.map((visit) => (
        <Debt key={visit.visitId} visit={visit} />
      ))}
    </section>
  )
}

function Debt({ visit: { visitId, receipt, totalMinor, openedAtMs } }: { visit: VisitView }): JSX.Element {
  const { texts, formats } = usePage()
  const decide = (how: string) => () => ask('/api/debt', { visitId, how, requestId: crypto.randomUUID() })
  return (
    <WaitingItem
      visitId={visitId}
      title={<time dateTime={new Date(openedAtMs).toISOString()}>{formats.time(openedAtMs)}</time>}
      amountMinor={receipt?.totalMinor ?? totalMinor}
    >
      <Choices
        choices={[
          { text: texts.debtCollect, done: texts.debtAsked, again: true, decide: decide('collect') },
          { text: texts.debtPaid, done: texts.decided, decide: decide('paid-elsewhere') },
          { text: texts.debtForgive, done: texts.decided, decide: decide('forgiven') },
        ]}
      />
    </WaitingItem>
  )
}
