import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Receipts of the visits that were paid. */
export default {
  type: 'aisle-receipt',
  kind: 'node',
  version: 1,
  color: '#F0C9C2',
  input: { name: 'payment', types: ['payment'] },
  outputs: [
    { name: 'sent', types: ['receipt'] },
    { name: 'failed', types: ['receipt'] },
  ],
  settings: strictObject({}),
  migrations: [],
} satisfies NodeDefinition
