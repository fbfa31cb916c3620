import { Type } from 'typebox'
import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** What somebody else's vision box publishes. */
export default {
  type: 'aisle-vision-appliance',
  kind: 'node',
  version: 1,
  color: '#C8DCCB',
  input: null,
  outputs: [
    { name: 'people', types: ['people'] },
    { name: 'sightings', types: ['sighting'] },
  ],
  settings: strictObject({
    appliance: Type.String({
      title: 'Appliance',
      description: 'The box that publishes people and sightings.',
      format: 'profile-appliance',
      default: '',
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
