import { LineRulesPolicy } from '../../runtime/policy/line-rules.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Decides what happens with the lines of a visit that has ended. */
export default {
  type: 'aisle-line-rules',
  kind: 'node',
  version: 1,
  color: '#D3D3EA',
  input: { name: 'basket', types: ['basket-change', 'visit'] },
  outputs: [
    { name: 'charge', types: ['decision'] },
    { name: 'review', types: ['decision'] },
    { name: 'let-go', types: ['decision'] },
  ],
  settings: LineRulesPolicy,
  migrations: [],
} satisfies NodeDefinition
