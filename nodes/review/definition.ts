import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Waits until a person has decided what the rules would not. */
export default {
  type: 'aisle-review',
  kind: 'node',
  version: 1,
  color: '#F0C9C2',
  input: { name: 'decision', types: ['decision'] },
  outputs: [{ name: 'decided', types: ['decision'] }],
  settings: strictObject({}),
  migrations: [],
} satisfies NodeDefinition
