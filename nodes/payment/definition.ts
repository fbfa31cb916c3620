import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Has the till charge a decided visit, once. */
export default {
  type: 'aisle-payment',
  kind: 'node',
  version: 1,
  color: '#F0C9C2',
  input: { name: 'decision', types: ['decision'] },
  outputs: [
    { name: 'paid', types: ['payment'] },
    { name: 'debt', types: ['payment'] },
    { name: 'void', types: ['payment'] },
  ],
  settings: strictObject({}),
  migrations: [],
} satisfies NodeDefinition
