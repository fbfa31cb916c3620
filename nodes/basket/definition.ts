import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Baskets as the till has taken them down. */
export default {
  type: 'aisle-basket',
  kind: 'node',
  version: 1,
  color: '#D3D3EA',
  input: { name: 'attributions', types: ['attribution'] },
  outputs: [{ name: 'changes', types: ['basket-change'] }],
  settings: strictObject({}),
  migrations: [],
} satisfies NodeDefinition
