import { oneOf, strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** How the devices are. */
export default {
  type: 'aisle-device-health',
  kind: 'node',
  version: 1,
  color: '#C8DCCB',
  input: null,
  outputs: [{ name: 'changes', types: ['device-health'] }],
  settings: strictObject({
    tell: oneOf(['changes', 'outages'], {
      title: 'Tell',
      description: 'Every change of state, or only when something goes offline and comes back.',
      default: 'changes',
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
