/** Who is in the store, each with a basket that changes as they take things. */
import type { JSX } from 'preact'
import { BasketLines } from './basket-lines.tsx'
import type { VisitView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { shopperColor, shortVisitName } from './shopper-color.ts'

const inStore = ['open', 'exited', 'deciding', 'charging']

export const isInStore = ({ state }: VisitView): boolean => inStore.includes(state)

export function Shoppers({ visits }: { visits: VisitView[] }): JSX.Element {
  const { texts } = usePage()
  const present = visits.filter(isInStore)
  return (
    <section class="card" aria-labelledby="shoppers-title">
      <h2 id="shoppers-title">
        {texts.shoppers} <span class="count">{present.length}</span>
      </h2>
      {present.length === 0 && <p class="quiet">{texts.storeIsQuiet}</p>}
      <div class="shoppers">
        {present.map((visit) => (
          <Shopper key={visit.visitId} visit={visit} />
        ))}
      </div>
    </section>
  )
}

function Shopper({ visit }: { visit: VisitView }): JSX.Element {
  const { texts, formats } = usePage()
  const { visitId, role, party, state, openedAtMs, lines, totalMinor } = visit
  return (
    <article class={`shopper ${state}`} style={{ '--shopper': shopperColor(visitId) }}>
      <header>
        <span class="badge" aria-hidden="true">
          {shortVisitName(visitId)}
        </span>
        <h3>
          {texts.roles[role]} <span class="visually-hidden">{shortVisitName(visitId)}</span>
        </h3>
        {party > 1 && <span class="tag">{texts.party(party)}</span>}
        <span class="aside">
          {texts.visitStates[state] ?? state} · {texts.since(formats.time(openedAtMs))}
        </span>
      </header>
      {lines.length === 0 ? <p class="quiet">{texts.basketEmpty}</p> : <BasketLines lines={lines} />}
      {lines.length > 0 && (
        <p class="sum">
          {texts.total} <strong>{formats.money(totalMinor)}</strong>
        </p>
      )}
    </article>
  )
}
