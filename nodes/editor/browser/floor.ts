/** The store page's floor plan, fed by the flows program while the sidebar shows it. */
import { FloorPlan } from '../../../runtime/console/pages/floor-plan.ts'
import type { FloorPlanLayout, LiveEvent } from '../../../runtime/console/pages/live-view.ts'
import { textsOf } from '../../../runtime/console/pages/texts.ts'
import { ask } from './ask.ts'
import type { Say } from './form/check.ts'
import { languageOf } from './reasons.ts'

export function floorPlan(say: Say): HTMLElement {
  const plan = new FloorPlan()
  plan.texts = textsOf(languageOf(say)).plan
  const offline = document.createElement('p')
  offline.className = 'aisle-none'
  offline.hidden = true
  offline.textContent = say('sidebar.offline')
  const element = document.createElement('div')
  element.append(plan, offline)

  let stream: EventSource | undefined
  const hear = (type: LiveEvent['type'], take: (data: never) => void) =>
    stream?.addEventListener(type, (event: MessageEvent<string>) => take(JSON.parse(event.data) as never))
  const takeSources = ({ sources }: Extract<LiveEvent, { type: 'sources' }>) => {
    offline.hidden = sources.till && sources.sensing
  }

  const start = () => {
    if (stream) return
    stream = new EventSource(`${RED.settings.apiRootUrl}open-aisle/live`)
    hear('snapshot', (now: Extract<LiveEvent, { type: 'snapshot' }>) => {
      plan.plates = now.plates
      plan.gates = now.gates
      plan.people = now.people
      takeSources({ type: 'sources', sources: now.sources })
    })
    hear('sources', takeSources)
    hear('people', ({ people }: Extract<LiveEvent, { type: 'people' }>) => {
      plan.people = people
    })
    hear('plates', ({ plates }: Extract<LiveEvent, { type: 'plates' }>) => {
      plan.plates = plates
    })
    hear('gates', ({ gates }: Extract<LiveEvent, { type: 'gates' }>) => {
      plan.gates = gates
    })
    hear('weight', ({ plates }: Extract<LiveEvent, { type: 'weight' }>) => plan.highlight(plates))
  }
  const stop = () => {
    stream?.close()
    stream = undefined
  }
  // Nobody looks at a hidden tab; its stream would keep the store being followed for nothing.
  new IntersectionObserver(([entry]) => (entry?.isIntersecting ? start() : stop())).observe(element)
  void ask<FloorPlanLayout>('open-aisle/floor-plan').then((layout) => {
    plan.layout = layout
  })
  return element
}
