import { Type } from 'typebox'
import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Opens a gate for whoever is admitted, and tells who passed. */
export default {
  type: 'aisle-gate',
  kind: 'node',
  version: 1,
  color: '#F0D8AE',
  input: { name: 'admission', types: ['admission'] },
  outputs: [
    { name: 'passes', types: ['gate-pass'] },
    { name: 'alarms', types: ['gate-alarm'] },
  ],
  settings: strictObject({
    gate: Type.String({
      title: 'Gate',
      description: 'The gate that this is about.',
      format: 'profile-gate',
      default: '',
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
