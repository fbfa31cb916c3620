import { Type } from 'typebox'
import { oneOf, strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Who enters, leaves, dwells in, approaches or touches a zone or a shelf. */
export default {
  type: 'aisle-zones',
  kind: 'node',
  version: 1,
  color: '#DCE3B4',
  input: { name: 'people', types: ['people'] },
  outputs: [{ name: 'events', types: ['zone-event'] }],
  settings: strictObject({
    watches: oneOf(['zones', 'shelves', 'both'], {
      title: 'Watches',
      description: 'Zones as they are drawn on the floor, or shelves as the profile has them.',
      default: 'zones',
    }),
    zone: Type.String({ title: 'Zone', description: 'The zone to watch.', format: 'profile-zone', default: '' }),
    group: Type.String({
      title: 'Shelves',
      description: 'Where shelves are watched: those of this group.',
      format: 'profile-group',
      default: '',
    }),
    dwellMs: Type.Integer({
      title: 'Dwell (ms)',
      description: 'Somebody who stays this long dwells.',
      minimum: 500,
      maximum: 600000,
      default: 5000,
    }),
    approachM: Type.Number({
      title: 'Approach (m)',
      description: 'Nearer than this to the zone, from outside, or to the front of a shelf is an approach.',
      minimum: 0,
      maximum: 10,
      default: 0.5,
    }),
    touchM: Type.Number({
      title: 'Touch (m)',
      description: 'A wrist nearer than this touches the zone, or what is on the shelf.',
      minimum: 0,
      maximum: 2,
      default: 0.1,
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
