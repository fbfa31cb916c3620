/** A line of a receipt: what was seen of it, and how its buyer says that it is wrong. */
import type { JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import { ask } from '../../console/pages/server-api.ts'
import { Failure } from './failure.tsx'
import { usePhone } from './phone-context.ts'
import type { PhoneVisit, ReasonView } from './phone-view.ts'
import { useAction } from './use-action.ts'

type Line = NonNullable<PhoneVisit['receipt']>['lines'][number]

export interface ReceiptLineProps {
  visit: PhoneVisit
  line: Line
  onChanged(): void
}

export function ReceiptLine({ visit, line, onChanged }: ReceiptLineProps): JSX.Element {
  const { texts, formats } = usePhone()
  const [asked, setAsked] = useState<'why' | 'dispute' | null>(null)
  const { lineId, name } = line
  const dispute = visit.disputes[lineId]
  const refund = visit.refunds[lineId]
  const state = refund ? texts.refunds[refund.state] : dispute && texts.disputes[dispute]
  const question = (what: 'why' | 'dispute', text: string) => (
    <button
      type="button"
      class="link"
      aria-expanded={asked === what}
      aria-label={`${asked === what ? texts.hide : text} ${name}`}
      onClick={() => setAsked(asked === what ? null : what)}
    >
      {asked === what ? texts.hide : text}
    </button>
  )
  return (
    <li>
      <div class="line">
        <span class="quantity">{formats.quantity(line)}</span>
        <span class="name">{name}</span>
        <span class="amount">{formats.money(line.amountMinor)}</span>
      </div>
      <div class="questions">
        {question('why', texts.why)}
        {visit.paid && !dispute && !refund && line.amountMinor > 0 && question('dispute', texts.dispute)}
        {state && (
          <span class="tag" role="status">
            {state}
          </span>
        )}
      </div>
      {asked === 'why' && <Reasons reasons={visit.reasons[lineId] ?? []} />}
      {asked === 'dispute' && (
        <DisputeForm
          {...{ visitId: visit.visitId, lineId }}
          onDone={() => {
            setAsked(null)
            onChanged()
          }}
        />
      )}
    </li>
  )
}

function Reasons({ reasons }: { reasons: ReasonView[] }): JSX.Element {
  const { texts } = usePhone()
  if (reasons.length === 0) return <p class="quiet">{texts.noReasons}</p>
  return (
    <ul class="evidence">
      {reasons.map(({ kind, speaksFor }) => (
        <li key={kind} class={speaksFor ? 'for' : 'against'}>
          <span class="sign" role="img" aria-label={speaksFor ? texts.speaksFor : texts.speaksAgainst}>
            {speaksFor ? '+' : '−'}
          </span>
          {texts.reasons[kind][speaksFor ? 0 : 1]}
        </li>
      ))}
    </ul>
  )
}

function DisputeForm({ onDone, ...line }: { visitId: string; lineId: string; onDone(): void }): JSX.Element {
  const { texts } = usePhone()
  const [reason, setReason] = useState('')
  const id = useId()
  const sending = useAction(async () => {
    await ask('/api/dispute', { ...line, reason })
    onDone()
  })
  return (
    <form
      class="dispute"
      onSubmit={(event) => {
        event.preventDefault()
        sending.run()
      }}
    >
      <label for={id}>{texts.disputeReason}</label>
      <input id={id} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      <Failure text={sending.failure} />
      <button type="submit" class="primary" disabled={sending.busy}>
        {texts.send}
      </button>
    </form>
  )
}
