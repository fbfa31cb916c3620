import { strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** The running store; it names no profile, so that one flow runs in every store. */
export default {
  type: 'aisle-store',
  kind: 'config',
  version: 1,
  color: '#C8DCCB',
  input: null,
  outputs: [],
  settings: strictObject({}),
  migrations: [],
} satisfies NodeDefinition
