import { decideEntry, type EntryRulesPolicy } from '../../runtime/policy/entry-rules.ts'
import { policyHash } from '../../runtime/policy/policy-hash.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'
import { StoreWatch } from './store-watch.ts'

export default (context: NodeContext<EntryRulesPolicy>): Controller<'scan'> => {
  const { settings: policy, store } = context
  const watch = new StoreWatch(context)
  const hash = policyHash(policy)

  return {
    async onMessage({ scanId, gate, account, seenAtMs }, send) {
      const now = { atMs: store.clock.nowMs(), timeZone: store.timeZone }
      const { decision, reason, rule } = decideEntry(account, policy, now, await watch.condition())
      context.status(decision === 'admit' ? 'green' : 'yellow', `${decision}: ${rule}`)
      const { party, role } = account
      send(
        {
          type: 'admission',
          ...context.stamp(seenAtMs),
          ...{ scanId, gate, decision, party, role, reason, rule, policyHash: hash },
        },
        decision,
      )
    },
  }
}
