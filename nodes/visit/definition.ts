import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Binds visits to the persons on the floor, and tells when they have left. */
export default {
  type: 'aisle-visit',
  kind: 'node',
  version: 1,
  color: '#F0D8AE',
  input: { name: 'movement', types: ['gate-pass', 'people'] },
  outputs: [
    { name: 'opened', types: ['visit'] },
    { name: 'exited', types: ['visit'] },
  ],
  settings: strictObject({}),
  migrations: [],
} satisfies NodeDefinition
