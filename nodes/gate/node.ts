import { businessId } from '../kit/business-id.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'

export default (context: NodeContext<{ gate: string }>): Controller<'admission'> => {
  const isOurs = (gate: string) => context.settings.gate === '' || gate === context.settings.gate

  context.followTill(['gate-pass', 'gate-alarm'], ({ data }) => {
    if (!isOurs(data.gate)) return
    if (data.type === 'gate-pass') context.status('green', `passed ${data.direction}`)
    else context.status('red', data.alarm)
    context.send(data)
  })

  return {
    async onMessage({ scanId, gate, decision, party, reason, rule, policyHash = '' }) {
      if (!isOurs(gate)) return
      // One answer for a scan, whatever it is: the till refuses a second that differs.
      const commandId = businessId('answer', scanId)
      if (decision === 'admit') await context.tell({ type: 'admit', commandId, scanId, party, rule, policyHash })
      else await context.tell({ type: 'refuse', commandId, scanId, reason, rule, policyHash })
      context.status(decision === 'admit' ? 'green' : 'yellow', `${decision}: ${rule}`)
    },
  }
}
