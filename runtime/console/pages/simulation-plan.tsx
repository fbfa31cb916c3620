/** A shopper's plan: steps picked from a form, kept as JSON that one may also write by hand. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { usePage } from './page-context.ts'
import type { ActFieldView, ActView, SimulationChoices } from './simulation-view.ts'
import { useRequest } from './use-request.ts'

type Values = Record<string, string>

export function ShopperPlan({ choices }: { choices: SimulationChoices }): JSX.Element {
  const { texts } = usePage()
  const says = texts.simulation
  const [plan, setPlan] = useState(() => example(choices))
  const [problem, setProblem] = useState('')
  const [told, setTold] = useState('')
  const [send, busy, failure] = useRequest()

  function parsed(): unknown[] | undefined {
    setTold('')
    setProblem('')
    try {
      const steps: unknown = JSON.parse(plan.trim() || '[]')
      if (Array.isArray(steps)) return steps
      setProblem(says.noJson('[ … ]'))
    } catch (error) {
      setProblem(says.noJson(error instanceof Error ? error.message : String(error)))
    }
    return undefined
  }

  async function sendIn() {
    const steps = parsed()
    if (!steps) return
    if (steps.length === 0) setProblem(says.planIsEmpty)
    else if (await send('/api/simulation/shopper', { plan: steps })) setTold(says.onTheWay(says.withPlan))
  }

  return (
    <div class="plan-form">
      <p class="aside">{says.planLead}</p>
      <StepForm
        choices={choices}
        onAdd={(step) => {
          const steps = parsed()
          if (steps) setPlan(planText([...steps, step]))
        }}
      />
      <label class="plan-text">
        {says.plan}
        <textarea
          rows={6}
          spellcheck={false}
          value={plan}
          aria-invalid={problem !== '' || failure !== ''}
          onInput={(event) => setPlan(event.currentTarget.value)}
        />
      </label>
      {(problem || failure) && (
        <p class="failure" role="alert">
          {problem || failure}
        </p>
      )}
      <div class="choices">
        <button type="button" class="primary" disabled={busy} onClick={() => void sendIn()}>
          {says.sendIn}
        </button>
        <span role="status" class="aside">
          {told}
        </span>
      </div>
    </div>
  )
}

/** One step a line: a plan reads as a list. */
const planText = (steps: unknown[]) => `[\n${steps.map((step) => `  ${JSON.stringify(step)}`).join(',\n')}\n]`

function example({ names }: SimulationChoices): string {
  const [plate = ''] = names.plates
  return planText([{ act: 'take', plate, item: 'first' }, { act: 'look', durationMs: 1500 }, { act: 'stow' }])
}

function StepForm({ choices, onAdd }: { choices: SimulationChoices; onAdd(step: object): void }): JSX.Element {
  const { texts, language } = usePage()
  const says = texts.simulation
  const [actName, setActName] = useState(choices.acts[0]?.act ?? '')
  const [values, setValues] = useState<Values>({})
  const act = choices.acts.find((one) => one.act === actName)
  const others = act?.fields.filter(({ kind }) => kind === 'other') ?? []

  function add(event: Event) {
    event.preventDefault()
    if (act) onAdd(stepOf(act, values))
  }

  return (
    <form class="step" onSubmit={add}>
      <div class="fields">
        <label>
          {says.act}
          <select value={actName} onChange={(event) => setActName(event.currentTarget.value)}>
            {choices.acts.map((one) => (
              <option key={one.act} value={one.act}>
                {says.acts[one.act] ?? one.act}
              </option>
            ))}
          </select>
        </label>
        {act?.fields.map((field) => (
          <StepField
            key={`${actName} ${field.name}`}
            field={field}
            choices={choices}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        <button type="submit">{says.addStep}</button>
      </div>
      <p class="aside">
        {language === 'en' && act?.description}{' '}
        {others.length > 0 && `${says.onlyInJson} ${others.map(({ name }) => name).join(', ')}`}
      </p>
    </form>
  )
}

interface StepFieldProps {
  field: ActFieldView
  choices: SimulationChoices
  value: string
  onChange(value: string): void
}

function StepField({ field, choices, value, onChange }: StepFieldProps): JSX.Element | null {
  const { texts } = usePage()
  const { name, title, description, kind, required } = field
  if (kind === 'other') return null
  const known = namesFor(name, choices)
  const change = (event: Event) => onChange((event.currentTarget as HTMLInputElement | HTMLSelectElement).value)
  const options = kind === 'choice' ? field.choices : ['true', 'false']
  return (
    <label htmlFor={`step-${name}`} title={description}>
      <span>
        {texts.simulation.fields[name] ?? title} {!required && <span class="aside">({texts.simulation.optional})</span>}
      </span>
      {kind === 'choice' || kind === 'yes-no' ? (
        <select id={`step-${name}`} value={value} required={required} onChange={change}>
          <option value="" />
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={`step-${name}`}
          {...(kind === 'number' ? { type: 'number' as const, step: 'any' } : { type: 'text' as const })}
          list={known ? `names-${name}` : undefined}
          required={required}
          value={value}
          onInput={change}
        />
      )}
      {known && (
        <datalist id={`names-${name}`}>
          {known.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </datalist>
      )}
    </label>
  )
}

/** Fields are called after what they name. */
function namesFor(field: string, { names }: SimulationChoices): { value: string; text: string }[] | undefined {
  if (field === 'sku') return names.products.map(({ sku, name }) => ({ value: sku, text: name }))
  const known = { plate: names.plates, fixture: names.fixtures }[field]
  return known?.map((value) => ({ value, text: value }))
}

function stepOf({ act, fields }: ActView, values: Values): object {
  const given = fields.flatMap(({ name, kind }): [string, unknown][] => {
    const value = values[name] ?? ''
    if (value === '' || kind === 'other') return []
    if (kind === 'number') return [[name, Number(value)]]
    return [[name, kind === 'yes-no' ? value === 'true' : value]]
  })
  return { act, ...Object.fromEntries(given) }
}
