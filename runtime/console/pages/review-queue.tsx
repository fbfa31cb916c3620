/** What waits for a person: what was seen, and whether a line is charged; of two readings of one event, which. */
import type { JSX } from 'preact'
import { Certainty } from './basket-lines.tsx'
import { Choices } from './choices.tsx'
import { Evidence } from './evidence.tsx'
import type { LineView, VisitView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { type Question, questionsOf } from './review-questions.ts'
import { ask } from './server-api.ts'
import { WaitingItem } from './waiting-item.tsx'

export function ReviewQueue({ visits }: { visits: VisitView[] }): JSX.Element {
  const { texts } = usePage()
  const waiting = visits.flatMap(questionsOf)
  return (
    <section class="card" aria-labelledby="review-title">
      <h2 id="review-title">
        {texts.review} <span class={waiting.length > 0 ? 'count urgent' : 'count'}>{waiting.length}</span>
      </h2>
      {waiting.length === 0 && <p class="quiet">{texts.nothingToReview}</p>}
      {waiting.map((question) => {
        const { visitId, line, others } = question
        const Item = others.length > 0 ? WhichOne : WhetherOne
        return <Item key={`${visitId} ${line.lineId}`} {...question} />
      })}
    </section>
  )
}

const resolve = (visitId: string, { lineId }: LineView, outcome: 'charge' | 'let-go') =>
  ask('/api/review', { visitId, lineId, outcome })

/** How a line is called in a question. */
function useName(): (line: LineView) => string {
  const { texts, formats } = usePage()
  return (line) =>
    line.isMore ? texts.moreOf(formats.quantity(line), line.name) : `${formats.quantity(line)} ${line.name}`
}

function WhetherOne({ visitId, line }: Question): JSX.Element {
  const { texts } = usePage()
  const named = useName()
  const choice = (outcome: 'charge' | 'let-go', text: string) => {
    return { text, done: texts.decided, decide: () => resolve(visitId, line, outcome) }
  }
  return (
    <WaitingItem visitId={visitId} title={<h3>{named(line)}</h3>} amountMinor={line.amountMinor}>
      <Certainty probability={line.probability} />
      <Evidence visitId={visitId} lineId={line.lineId} />
      <p class="question">{texts.reviewQuestion}</p>
      <Choices choices={[choice('charge', texts.charge), choice('let-go', texts.letGo)]} />
    </WaitingItem>
  )
}

/** One event, and several products that it may have been: at most one of them is charged. */
function WhichOne({ visitId, line, others }: Question): JSX.Element {
  const { texts, formats } = usePage()
  const named = useName()
  const readings = [line, ...others]
  const chargeOne = (one: LineView) => ({
    text: `${texts.charge}: ${named(one)}, ${formats.money(one.amountMinor)}`,
    done: texts.decided,
    // The till lets the others go with it.
    decide: () => resolve(visitId, one, 'charge'),
  })
  const none = {
    text: texts.noneOfThem,
    done: texts.decided,
    async decide() {
      for (const one of readings) await resolve(visitId, one, 'let-go')
    },
  }
  return (
    <WaitingItem visitId={visitId} title={<h3>{readings.map(named).join(` ${texts.or} `)}</h3>} amountMinor={undefined}>
      {readings.map((one) => (
        <div key={one.lineId} class="reading">
          <h4>
            {named(one)} <Certainty probability={one.probability} />
          </h4>
          <Evidence visitId={visitId} lineId={one.lineId} />
        </div>
      ))}
      <p class="question">{texts.whichQuestion}</p>
      <Choices choices={[...readings.map(chargeOne), none]} />
    </WaitingItem>
  )
}
