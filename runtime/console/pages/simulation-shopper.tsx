/** Sends a shopper into the simulated store: of a known kind, or with a plan. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { usePage } from './page-context.ts'
import { ShopperPlan } from './simulation-plan.tsx'
import type { SimulationChoices } from './simulation-view.ts'
import { useRequest } from './use-request.ts'

export function NewShopper({ choices }: { choices: SimulationChoices }): JSX.Element {
  const { texts } = usePage()
  const [send, busy, failure] = useRequest()
  const [told, setTold] = useState('')
  const says = texts.simulation
  const named = (behaviour: string) => says.behaviours[behaviour] ?? behaviour

  async function add(behaviour: string) {
    if (await send('/api/simulation/shopper', { behaviour })) setTold(says.onTheWay(named(behaviour)))
  }

  return (
    <div class="simulation-part">
      <h3>{says.whoComes}</h3>
      <div class="chips">
        {choices.behaviours.map((behaviour) => (
          <button key={behaviour} type="button" disabled={busy} onClick={() => void add(behaviour)}>
            {named(behaviour)}
          </button>
        ))}
      </div>
      <p role="status" class="aside">
        {told}
      </p>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <details>
        <summary>… {says.withPlan}</summary>
        <ShopperPlan choices={choices} />
      </details>
    </div>
  )
}
