/** What a simulated shopper really did, beside the receipt: shown for learning, known only in a simulation. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ReceiptView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { ask, failureText } from './server-api.ts'
import type { VisitTruthView } from './simulation-view.ts'

export function VisitTruth({ visitId, receipt }: { visitId: string; receipt: ReceiptView }): JSX.Element | null {
  const { texts, formats } = usePage()
  const says = texts.simulation
  const [truth, setTruth] = useState<VisitTruthView | null>(null)
  const [failure, setFailure] = useState('')
  useEffect(() => {
    ask<VisitTruthView>(`/api/simulation/visits/${encodeURIComponent(visitId)}`).then(setTruth, (error: unknown) =>
      setFailure(failureText(error, texts)),
    )
  }, [visitId, texts])
  if (!truth) return failure ? <p class="quiet">{failure}</p> : null
  const same = isSame(truth, receipt)
  const items = truth.items.map(({ name, quantity }) => `${quantity} ${name}`).join(', ')
  return (
    <div class="evidence truth">
      <p class={same ? 'right' : 'wrong'}>
        <span aria-hidden="true">{same ? '✓' : '✗'}</span> {same ? says.asBilled : says.notAsBilled}
      </p>
      {!same && (
        <p>
          {says.reallyTook}: {items || says.nothing}
        </p>
      )}
      <ol>
        {truth.moves.map((move, i) => (
          <li key={i}>
            <time>{formats.time(move.atMs)}</time>
            <span>
              {move.quantity > 0 ? says.took : says.putBack} {Math.abs(move.quantity)} {move.name}{' '}
              <span class="aside">{move.plate}</span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** What is sold by weight is compared by what it is: its pieces are not on the receipt. */
function isSame({ items }: VisitTruthView, { lines }: ReceiptView): boolean {
  const billed = new Map<string, number>()
  for (const { sku, quantity } of lines) billed.set(sku, (billed.get(sku) ?? 0) + quantity)
  const byWeight = new Set(lines.filter(({ soldBy }) => soldBy === 'weight').map(({ sku }) => sku))
  const agrees = items.every(
    ({ sku, quantity }) => billed.has(sku) && (byWeight.has(sku) || billed.get(sku) === quantity),
  )
  return agrees && billed.size === items.length
}
