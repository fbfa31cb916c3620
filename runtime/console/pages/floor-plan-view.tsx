/** `<aisle-floor-plan>` as a part of the page. */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { FloorPlan } from './floor-plan.ts'
import type { FloorPlanLayout, GateView } from './live-view.ts'
import type { Texts } from './texts.ts'

export interface FloorPlanViewProps {
  layout: FloorPlanLayout
  gates: GateView[]
  texts: Texts['plan']
  /** Names of what was broken by hand. */
  broken: ReadonlySet<string>
  /** The thing that is being looked at, and what is called when another one is pointed at; null: none can be. */
  chosen: string | null
  onChoose: ((name: string) => void) | null
  /** Gets the element, for what moves too often to pass through properties; null when it is gone. */
  onPlan(plan: FloorPlan | null): void
}

export function FloorPlanView(props: FloorPlanViewProps): JSX.Element {
  const { layout, gates, texts, broken, chosen, onChoose, onPlan } = props
  const place = useRef<HTMLDivElement>(null)
  const plan = useRef<FloorPlan>(null)

  useEffect(() => {
    plan.current = new FloorPlan()
    place.current?.append(plan.current)
    onPlan(plan.current)
    return () => {
      onPlan(null)
      plan.current?.remove()
    }
  }, [onPlan])
  useEffect(() => set('layout', layout), [layout])
  useEffect(() => set('texts', texts), [texts])
  useEffect(() => set('gates', gates), [gates])
  useEffect(() => set('broken', broken), [broken])
  useEffect(() => set('chosen', chosen), [chosen])
  useEffect(() => {
    set('choosable', onChoose !== null)
    const choose = (event: Event) => onChoose?.((event as CustomEvent<string>).detail)
    const element = plan.current
    element?.addEventListener('aisle-choose', choose)
    return () => element?.removeEventListener('aisle-choose', choose)
  }, [onChoose])

  type Settable = 'layout' | 'texts' | 'gates' | 'broken' | 'chosen' | 'choosable'
  function set<K extends Settable>(name: K, value: FloorPlan[K]): void {
    if (plan.current) plan.current[name] = value
  }

  return <div class="plan" ref={place} />
}
