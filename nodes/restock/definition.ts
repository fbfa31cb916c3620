import { Type } from 'typebox'
import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Goods in the wrong place, or running low. */
export default {
  type: 'aisle-restock',
  kind: 'node',
  version: 1,
  color: '#DCE3B4',
  input: { name: 'attributions', types: ['attribution'] },
  outputs: [
    { name: 'misplaced', types: ['stock-notice'] },
    { name: 'low-stock', types: ['stock-notice'] },
    { name: 'tidied', types: ['stock-notice'] },
  ],
  settings: strictObject({
    lowAfter: Type.Integer({
      title: 'Low after',
      description: 'So many pieces taken since the shelf was filled are low stock.',
      minimum: 1,
      maximum: 10000,
      default: 5,
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
