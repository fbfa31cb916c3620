import { Type } from 'typebox'
import { oneOf, strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** What is shown at the doors. */
export default {
  type: 'aisle-entry',
  kind: 'node',
  version: 1,
  color: '#F0D8AE',
  input: null,
  outputs: [{ name: 'scans', types: ['scan'] }],
  settings: strictObject({
    gate: Type.String({
      title: 'Gate',
      description: 'The gate that this is about.',
      format: 'profile-gate',
      default: '',
    }),
    method: oneOf(['any', 'qr', 'card', 'badge', 'other'], {
      title: 'Shown',
      description: 'What shoppers show at the door.',
      default: 'any',
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
