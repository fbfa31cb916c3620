/** The bar with which one plays with a simulated store: pause, speed, more shoppers, broken devices. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { usePage } from './page-context.ts'
import { ask } from './server-api.ts'
import { Breakage } from './simulation-breakage.tsx'
import { NewShopper } from './simulation-shopper.tsx'
import type { SimulationChoices, SimulationView } from './simulation-view.ts'
import { useRequest } from './use-request.ts'

export type SimulationPart = 'shopper' | 'break'

export interface SimulationPanelProps {
  simulation: SimulationView | null
  opened: SimulationPart | null
  onOpen(part: SimulationPart | null): void
  /** The thing that is about to be broken. */
  chosen: string | null
  onChoose(thing: string | null): void
}

const usualSpeeds = [1, 2, 5, 10, 20]

export function SimulationPanel({ simulation, opened, onOpen, ...choice }: SimulationPanelProps): JSX.Element {
  const { texts } = usePage()
  const choices = useChoices(simulation !== null)
  const [send, busy, failure] = useRequest()
  const says = texts.simulation
  const opener = (part: SimulationPart, text: string, count = 0) => (
    <button type="button" aria-expanded={opened === part} onClick={() => onOpen(opened === part ? null : part)}>
      {text} {count > 0 && <span class="count urgent">{count}</span>}
    </button>
  )
  const paused = simulation?.paused === true
  return (
    <section class={`card simulation ${paused ? 'paused' : ''}`} aria-labelledby="simulation-title">
      <div class="simulation-bar">
        <div class="simulation-lead">
          <h2 id="simulation-title">{says.title}</h2>
          <p class="aside">{simulation && !paused && `${says.lead} ${says.inside(simulation.inside)}`}</p>
          <p class="aside" role="status">
            {!simulation ? says.away : paused && says.paused}
          </p>
        </div>
        <fieldset class="simulation-controls" disabled={!simulation || busy}>
          <legend class="visually-hidden">{says.title}</legend>
          <button
            type="button"
            class={paused ? 'primary' : ''}
            onClick={() => void send('/api/simulation/run', { running: paused })}
          >
            <span aria-hidden="true">{paused ? '▶' : '❚❚'}</span> {paused ? says.start : says.pause}
          </button>
          <fieldset class="segments">
            <legend class="visually-hidden">{says.speed}</legend>
            {speedsWith(simulation?.speed).map((scale) => (
              <button
                key={scale}
                type="button"
                aria-label={`${says.speed} ${scale}×`}
                aria-pressed={simulation?.speed === scale}
                onClick={() => void send('/api/simulation/speed', { scale })}
              >
                {scale}×
              </button>
            ))}
          </fieldset>
          {opener('shopper', says.addShopper)}
          {opener('break', says.breakSomething, simulation?.broken.length)}
        </fieldset>
      </div>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {opened === 'shopper' && choices && <NewShopper choices={choices} />}
      {opened === 'break' && choices && simulation && (
        <Breakage kinds={choices.kinds} simulation={simulation} {...choice} />
      )}
    </section>
  )
}

/** The one that it runs at is always among them: a store may have been started with any. */
const speedsWith = (speed = 1): number[] => [...new Set([...usualSpeeds, speed])].sort((a, b) => a - b)

/** Asked for once the simulation answers, and again when it has come back: it may have been started anew. */
function useChoices(reachable: boolean): SimulationChoices | null {
  const [choices, setChoices] = useState<SimulationChoices | null>(null)
  useEffect(() => {
    if (reachable) ask<SimulationChoices>('/api/simulation').then(setChoices, () => setChoices(null))
  }, [reachable])
  return choices
}
