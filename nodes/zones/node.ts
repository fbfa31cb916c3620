import { ZoneWatch } from '../../runtime/people/zone-watch.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'

export interface ZonesSettings {
  watches: 'zones' | 'shelves' | 'both'
  zone: string
  group: string
  dwellMs: number
  approachM: number
  touchM: number
}

/** What is seen again after a restart was told before. */
const staleAfterMs = 10_000

/** Of the group's plates; empty: all. */
function fixturesOf({ names, layout }: StoreBinding, group: string): string[] {
  const plates = new Set(names.groups.find(({ id }) => id === group)?.plates)
  return [...new Set(layout.plates.filter(({ id }) => plates.has(id)).map(({ fixture }) => fixture))]
}

export default ({ settings, store }: NodeContext<ZonesSettings>): Controller<'people'> => {
  const { watches, zone, group, ...distances } = settings
  const watch = new ZoneWatch(store.layout, {
    zones: watches === 'shelves' ? 'none' : zone === '' ? [] : [zone],
    fixtures: watches === 'zones' ? 'none' : fixturesOf(store, group),
    ...distances,
  })

  return {
    onMessage(people, send) {
      const isOld = store.clock.nowMs() - people.seenAtMs > staleAfterMs
      for (const event of watch.observe(people)) if (!isOld) send(event)
    },
  }
}
