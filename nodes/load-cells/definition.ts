import { Type } from 'typebox'
import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Weight events of a group of shelves, journalled before they leave. */
export default {
  type: 'aisle-load-cells',
  kind: 'node',
  version: 1,
  color: '#C8DCCB',
  input: null,
  outputs: [
    { name: 'weights', types: ['weight-event'] },
    { name: 'health', types: ['device-health'] },
  ],
  settings: strictObject({
    group: Type.String({
      title: 'Shelves',
      description: 'Group of shelves whose weight events come out here.',
      format: 'profile-group',
      default: '',
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
