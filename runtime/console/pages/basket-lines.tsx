/** The lines of a basket: what, how many, for how much, and how sure. */
import type { JSX } from 'preact'
import { certaintyLevel } from './formats.ts'
import type { LineView } from './live-view.ts'
import { usePage } from './page-context.ts'

export function BasketLines({ lines }: { lines: LineView[] }): JSX.Element {
  return (
    <ul class="lines">
      {lines.map((line) => (
        <BasketLine key={line.lineId} line={line} />
      ))}
    </ul>
  )
}

function BasketLine({ line }: { line: LineView }): JSX.Element {
  const { formats } = usePage()
  return (
    <li class={`line ${line.outcome ?? ''} ${line.isLikely ? '' : 'quiet'}`}>
      <span class="quantity">{formats.quantity(line)}</span>
      <span class="name">{line.name}</span>
      <Certainty probability={line.probability} />
      <span class="amount">{line.isLikely && formats.money(line.amountMinor)}</span>
    </li>
  )
}

export function Certainty({ probability }: { probability: number }): JSX.Element {
  const { formats } = usePage()
  const level = certaintyLevel(probability)
  return (
    <span class={`certainty level-${level}`}>
      <span class="meter" aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <i key={step} class={step <= level ? 'on' : ''} />
        ))}
      </span>
      {formats.certainty(probability)}
    </span>
  )
}
