/** `aisle refund VISIT [LINE]`: gives a paid line back; without a line it lists what can be given back. */
import { userInfo } from 'node:os'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { AddCommand } from '../command.ts'
import { runningTill } from '../running-till.ts'
import { dataOption, profileOption, type StoreOptions } from '../store-options.ts'

const addRefund: AddCommand = (program) => {
  program
    .command('refund <visit> [line]')
    .description('give a paid line back at the payment provider, once; without a line: what there is')
    .option('--reason <text>', 'why, for the journal', 'asked for by the shopper')
    .addOption(profileOption)
    .addOption(dataOption)
    .action(async (visitId: string, lineId: string | undefined, options: StoreOptions & { reason: string }) => {
      const till = await runningTill(options, generatedSecrets.tillTokenConsole)
      if (lineId === undefined) {
        const visit = (await till.get(`/v1/visits/${encodeURIComponent(visitId)}`)) as VisitSnapshot
        for (const line of visit.receipt?.lines ?? []) {
          const refund = visit.refunds?.find((one) => one.lineId === line.lineId)
          console.log([line.lineId, line.quantity, line.name, line.amountMinor, refund?.state ?? ''].join('\t'))
        }
        return
      }
      const { reason } = options
      const ordered = { visitId, lineId, reason, decidedBy: userInfo().username }
      await till.client.send({ type: 'refund-line', commandId: `refund-${visitId}-${lineId}`, ...ordered })
      console.log(`Line ${lineId} of ${visitId} is given back as soon as the provider answers; it is carried out once.`)
    })
}
export default addRefund
