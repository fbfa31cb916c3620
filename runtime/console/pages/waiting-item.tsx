/** Something of a visit that waits for somebody's decision: whose it is, what it is worth, and what they decide by. */
import type { ComponentChildren, JSX } from 'preact'
import { usePage } from './page-context.ts'
import { shopperColor, shortVisitName } from './shopper-color.ts'

export interface WaitingItemProps {
  visitId: string
  title: JSX.Element
  /** Not known of a line that the receipt does not have. */
  amountMinor: number | undefined
  children: ComponentChildren
}

export function WaitingItem({ visitId, title, amountMinor, children }: WaitingItemProps): JSX.Element {
  const { formats } = usePage()
  return (
    <article class="review-item" style={{ '--shopper': shopperColor(visitId) }}>
      <header>
        <span class="badge small" aria-hidden="true">
          {shortVisitName(visitId)}
        </span>
        {title}
        {amountMinor !== undefined && <strong class="amount">{formats.money(amountMinor)}</strong>}
      </header>
      {children}
    </article>
  )
}
