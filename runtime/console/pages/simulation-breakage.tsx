/** Breaks things of the simulated store, and mends them. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { usePage } from './page-context.ts'
import type { BreakableKindView, BrokenView, FaultView, SimulationView } from './simulation-view.ts'
import { useRequest } from './use-request.ts'

export interface BreakageProps {
  kinds: BreakableKindView[]
  simulation: SimulationView
  chosen: string | null
  onChoose(thing: string | null): void
}

export function Breakage({ kinds, simulation, chosen, onChoose }: BreakageProps): JSX.Element {
  const { texts, language } = usePage()
  const says = texts.simulation
  const kind = kinds.find(({ things }) => chosen !== null && things.includes(chosen))
  return (
    <div class="simulation-part breakage">
      <div>
        <h3>{says.breakSomething}</h3>
        <p class="aside">{says.breakLead}</p>
        <label class="thing">
          {says.thing}
          <select value={kind ? (chosen ?? '') : ''} onChange={(event) => onChoose(event.currentTarget.value || null)}>
            <option value="">{says.chooseThing}</option>
            {kinds.map((one) => (
              <optgroup key={one.kind} label={one.title[language]}>
                {one.things.map((thing) => (
                  <option key={thing} value={thing}>
                    {thing}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
        {kind && chosen && <FaultForm key={kind.kind} kind={kind} thing={chosen} />}
      </div>
      <BrokenNow kinds={kinds} simulation={simulation} />
    </div>
  )
}

const usualSeconds = 600

function FaultForm({ kind, thing }: { kind: BreakableKindView; thing: string }): JSX.Element {
  const { texts, language } = usePage()
  const says = texts.simulation
  const [faultName, setFaultName] = useState(kind.faults[0]?.fault ?? '')
  const [seconds, setSeconds] = useState(usualSeconds)
  const [degree, setDegree] = useState('')
  const [send, busy, failure] = useRequest()
  const fault = kind.faults.find((one) => one.fault === faultName)

  async function breakIt(event: Event) {
    event.preventDefault()
    const value = fault?.degree ? { value: Number(degree || fault.degree.default) } : {}
    await send('/api/simulation/break', { device: thing, fault: faultName, seconds, ...value })
  }

  return (
    <form onSubmit={(event) => void breakIt(event)}>
      <div class="fields">
        <label>
          {says.fault}
          <select
            value={faultName}
            onChange={(event) => {
              setFaultName(event.currentTarget.value)
              setDegree('')
            }}
          >
            {kind.faults.map((one) => (
              <option key={one.fault} value={one.fault}>
                {one.title[language]}
              </option>
            ))}
          </select>
        </label>
        {fault?.degree && <Degree degree={fault.degree} value={degree} onChange={setDegree} />}
        <label title={says.storeTime}>
          {says.forHowLong}
          <select value={seconds} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
            {Object.entries(says.durations).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" disabled={busy}>
          {says.breakIt}
        </button>
      </div>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </form>
  )
}

interface DegreeProps {
  degree: NonNullable<FaultView['degree']>
  value: string
  onChange(value: string): void
}

function Degree({ degree, value, onChange }: DegreeProps): JSX.Element {
  const { language } = usePage()
  const unit = unitText(degree.unit)
  return (
    <label>
      <span>
        {degree.title[language]} {unit && `(${unit})`}
      </span>
      <input
        type="number"
        step="any"
        min={degree.minimum}
        max={degree.maximum}
        placeholder={String(degree.default)}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  )
}

/** An id of a unit on a bus is a number without any. */
const unitText = (unit: string) => (unit === 'unit-id' ? '' : unit)

function BrokenNow({ kinds, simulation }: Pick<BreakageProps, 'kinds' | 'simulation'>): JSX.Element {
  const { texts } = usePage()
  const says = texts.simulation
  const [send, busy, failure] = useRequest()
  const { broken, nowMs } = simulation
  return (
    <section aria-labelledby="broken-title">
      <h3 id="broken-title">
        {says.brokenNow} {broken.length > 0 && <span class="count urgent">{broken.length}</span>}
      </h3>
      {broken.length === 0 && <p class="quiet">{says.allWhole}</p>}
      <ul class="broken-list">
        {broken.map((one) => (
          <li key={`${one.thing} ${one.fault}`}>
            <span>
              <strong>{one.thing}</strong> <FaultName kinds={kinds} broken={one} />{' '}
              <span class="aside">{says.left(timeLeft(one.untilMs - nowMs))}</span>
            </span>
            <button
              type="button"
              disabled={busy}
              aria-label={`${says.mend}: ${one.thing}`}
              onClick={() => void send('/api/simulation/mend', { device: one.thing })}
            >
              {says.mend}
            </button>
          </li>
        ))}
      </ul>
      {broken.length > 1 && (
        <button type="button" class="link" disabled={busy} onClick={() => void send('/api/simulation/mend', {})}>
          {says.mendAll}
        </button>
      )}
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </section>
  )
}

function FaultName({ kinds, broken }: { kinds: BreakableKindView[]; broken: BrokenView }): JSX.Element {
  const { language } = usePage()
  const fault = kinds.find(({ kind }) => kind === broken.kind)?.faults.find(({ fault }) => fault === broken.fault)
  const degree = broken.degree === null ? '' : ` ${broken.degree} ${fault?.degree ? unitText(fault.degree.unit) : ''}`
  return (
    <span>
      {fault?.title[language] ?? broken.fault}
      {degree}
    </span>
  )
}

function timeLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
