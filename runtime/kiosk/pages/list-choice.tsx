/** Several people stand here, or nobody knows who: they say themselves which list is theirs. */
import type { JSX } from 'preact'
import { CallStaff } from './call-staff.tsx'
import { useKiosk } from './kiosk-context.ts'
import type { KioskVisitView } from './kiosk-view.ts'

export interface ListChoiceProps {
  visits: KioskVisitView[]
  /** Somebody stands here of whom nobody knows which list is theirs. */
  unsure: boolean
  onChoose(visitId: string): void
}

export function ListChoice({ visits, unsure, onChoose }: ListChoiceProps): JSX.Element {
  const { texts, formats } = useKiosk()
  const wanted = visits.filter(({ lines }) => lines.length > 0)
  return (
    <section class="card" aria-labelledby="choice-title">
      <h2 id="choice-title">{texts.choose}</h2>
      {unsure && <p class="aside">{texts.unsure}</p>}
      <div class="choices">
        {wanted.map(({ visitId, lines, totalMinor }) => (
          <button key={visitId} type="button" onClick={() => onChoose(visitId)}>
            {lines.map(({ lineId, name, ...line }) => (
              <span key={lineId}>
                {formats.quantity(line)} × {name}
              </span>
            ))}
            <strong>{formats.money(totalMinor)}</strong>
          </button>
        ))}
      </div>
      {wanted.length === 0 && <p class="quiet">{texts.nothingTaken}</p>}
      <CallStaff />
    </section>
  )
}
