import { Type } from 'typebox'
import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** What the cameras of a group see, and how they are. */
export default {
  type: 'aisle-cameras',
  kind: 'node',
  version: 1,
  color: '#C8DCCB',
  input: null,
  outputs: [
    { name: 'people', types: ['people'] },
    { name: 'sightings', types: ['sighting'] },
    { name: 'health', types: ['device-health'] },
  ],
  settings: strictObject({
    group: Type.String({
      title: 'Cameras',
      description: 'Group of cameras; never one node for each.',
      format: 'profile-camera-group',
      default: '',
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
