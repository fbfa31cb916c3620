import { EntryRulesPolicy } from '../../runtime/policy/entry-rules.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Answers a scan by the store's policy. */
export default {
  type: 'aisle-entry-rules',
  kind: 'node',
  version: 1,
  color: '#F0D8AE',
  input: { name: 'scan', types: ['scan'] },
  outputs: [
    { name: 'admit', types: ['admission'] },
    { name: 'refuse', types: ['admission'] },
  ],
  settings: EntryRulesPolicy,
  migrations: [],
} satisfies NodeDefinition
