import { HabitsPolicy } from '../../runtime/policy/habits.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Who took what: joins weights, hands and sightings. */
export default {
  type: 'aisle-fusion',
  kind: 'node',
  // Since 2 it has settings; what an older one lacks gets its default.
  version: 2,
  color: '#D3D3EA',
  input: { name: 'seen', types: ['weight-event', 'people', 'sighting', 'visit', 'device-health'] },
  outputs: [{ name: 'attributions', types: ['attribution'] }],
  settings: HabitsPolicy,
  migrations: [],
} satisfies NodeDefinition
