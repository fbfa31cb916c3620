import { ZoneWatch } from '../../runtime/people/zone-watch.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'

export interface ZonesSettings {
  zone: string
  dwellMs: number
  approachM: number
  touchM: number
}

/** What is seen again after a restart was told before. */
const staleAfterMs = 10_000

export default ({ settings, store }: NodeContext<ZonesSettings>): Controller<'people'> => {
  const { zone, ...distances } = settings
  const watch = new ZoneWatch(store.layout, { zones: zone === '' ? [] : [zone], ...distances })

  return {
    onMessage(people, send) {
      const isOld = store.clock.nowMs() - people.seenAtMs > staleAfterMs
      for (const event of watch.observe(people)) if (!isOld) send(event)
    },
  }
}
