/** `<aisle-floor-plan>` as a part of the page. */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { FloorPlan } from './floor-plan.ts'
import type { FloorPlanLayout, GateView, PlateView } from './live-view.ts'
import type { Texts } from './texts.ts'

export interface FloorPlanViewProps {
  layout: FloorPlanLayout
  plates: PlateView[]
  gates: GateView[]
  texts: Texts['plan']
  /** Gets the element, for what moves too often to pass through properties; null when it is gone. */
  onPlan(plan: FloorPlan | null): void
}

export function FloorPlanView({ layout, plates, gates, texts, onPlan }: FloorPlanViewProps): JSX.Element {
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
  useEffect(() => set('plates', plates), [plates])
  useEffect(() => set('gates', gates), [gates])

  function set<K extends 'layout' | 'texts' | 'plates' | 'gates'>(name: K, value: FloorPlan[K]): void {
    if (plan.current) plan.current[name] = value
  }

  return <div class="plan" ref={place} />
}
