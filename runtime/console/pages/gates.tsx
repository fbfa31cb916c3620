/** The gates, and the buttons that open them by hand. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { gateText } from './floor-plan-drawing.ts'
import type { GateView, StoreView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { ask, failureText } from './server-api.ts'

type GatePlace = StoreView['floorPlan']['gates'][number]

export function Gates({ places, gates }: { places: GatePlace[]; gates: GateView[] }): JSX.Element {
  return (
    <div class="gates">
      {places.map((place) => (
        <Gate key={place.id} place={place} gate={gates.find(({ gate }) => gate === place.id)} />
      ))}
    </div>
  )
}

function Gate({ place: { id, kind }, gate }: { place: GatePlace; gate: GateView | undefined }): JSX.Element {
  const { texts } = usePage()
  const [answer, setAnswer] = useState('')

  async function send(route: string, order: object, done: string) {
    setAnswer('')
    try {
      await ask(route, { requestId: crypto.randomUUID(), gate: id, ...order })
      setAnswer(done)
    } catch (error) {
      setAnswer(failureText(error, texts))
    }
  }
  const open = (direction: 'in' | 'out') => send('/api/open-gate', { direction }, texts.opened)

  return (
    <div class="gate-row">
      <span class={`dot ${gate?.online ? 'good' : 'bad'}`} aria-hidden="true" />
      <strong>{id}</strong>
      <span class="aside">{gate ? gateText(gate, texts.plan) : texts.plan.gateOffline}</span>
      <span role="status" class="aside">
        {answer}
      </span>
      {gate?.latched && (
        <button type="button" class="primary" onClick={() => void send('/api/reset-gate', {}, texts.wasReset)}>
          {texts.resetGate}
        </button>
      )}
      {kind !== 'exit' && (
        <button type="button" onClick={() => void open('in')}>
          {texts.openIn}
        </button>
      )}
      {kind !== 'entry' && (
        <button type="button" onClick={() => void open('out')}>
          {texts.openOut}
        </button>
      )}
    </div>
  )
}
