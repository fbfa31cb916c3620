/** Why a line is on the bill: what was seen, strongest first, and what else it may have been. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Certainty } from './basket-lines.tsx'
import { EventPlot } from './event-plot.tsx'
import { EvidencePictures } from './evidence-pictures.tsx'
import type { EventPlotView, VisitEvidence } from './live-view.ts'
import { usePage } from './page-context.ts'
import { ask } from './server-api.ts'

type LineEvidence = VisitEvidence['lines'][number]

/** @param lineId only this line, or all of the visit's */
export function Evidence({ visitId, lineId }: { visitId: string; lineId?: string }): JSX.Element | null {
  const { texts } = usePage()
  const [evidence, setEvidence] = useState<VisitEvidence | 'gone' | null>(null)
  useEffect(() => {
    ask<VisitEvidence>(`/api/visits/${encodeURIComponent(visitId)}`).then(setEvidence, () => setEvidence('gone'))
  }, [visitId])
  if (evidence === null) return null
  if (evidence === 'gone') return <p class="quiet">{texts.evidenceGone}</p>
  const lines = evidence.lines.filter((line) => lineId === undefined || line.lineId === lineId)
  return (
    <div class="evidence">
      {lines.map((line) => (
        <LineNotes
          key={line.lineId}
          line={line}
          events={evidence.events.filter(({ eventId }) => line.eventIds.includes(eventId))}
          titled={lineId === undefined}
        />
      ))}
      {lineId !== undefined && <EvidencePictures visitId={visitId} lineId={lineId} />}
    </div>
  )
}

interface LineNotesProps {
  line: LineEvidence
  /** Those that the line rests on. */
  events: EventPlotView[]
  titled: boolean
}

function LineNotes({ line, events, titled }: LineNotesProps): JSX.Element {
  const { texts } = usePage()
  const notes = line.notes.toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
  return (
    <div class="line-evidence">
      {titled && (
        <h4>
          {line.name} <Certainty probability={line.probability} />
        </h4>
      )}
      <ul>
        {notes.map((note) => (
          <li key={`${note.kind} ${note.text}`} class={note.logOdds < 0 ? 'against' : 'for'}>
            <span class="sign" role="img" aria-label={note.logOdds < 0 ? texts.speaksAgainst : texts.speaksFor}>
              {note.logOdds < 0 ? '−' : '+'}
            </span>
            {note.text}
          </li>
        ))}
      </ul>
      {events.map((plot) => (
        <EventPlot key={plot.eventId} plot={plot} />
      ))}
      {line.alternatives.length > 0 && (
        <p class="alternatives">
          {texts.orElse}: {line.alternatives.map(({ text }) => text).join(', ')}
        </p>
      )}
    </div>
  )
}
