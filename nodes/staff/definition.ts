import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Sessions of staff: what they move is stock, not a basket. */
export default {
  type: 'aisle-staff',
  kind: 'node',
  version: 1,
  color: '#DCE3B4',
  input: { name: 'work', types: ['visit', 'attribution'] },
  outputs: [{ name: 'sessions', types: ['staff-session'] }],
  settings: strictObject({}),
  migrations: [],
} satisfies NodeDefinition
