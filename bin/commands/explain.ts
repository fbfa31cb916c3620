/** `aisle explain VISIT`: why a visit's basket is what it is. */
import { AisleError } from '../../runtime/contract/errors.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import type { AddCommand } from '../command.ts'
import { explainVisit } from '../explain/explanation.ts'
import { explanationText } from '../explain/explanation-text.ts'
import { type RunningTill, runningTill } from '../running-till.ts'
import { dataOption, profileOption, type StoreOptions, storeDirectories } from '../store-options.ts'

const addExplain: AddCommand = (program) => {
  program
    .command('explain <visit>')
    .description('why each line is in a basket: the evidence, how far it moved the line, and what was seen')
    .option('--json', 'the same as data')
    .addOption(profileOption)
    .addOption(dataOption)
    .action(async (visitId: string, options: StoreOptions & { json?: true }) => {
      const till = await runningTill(options, generatedSecrets.tillTokenConsole)
      const path = `/v1/visits/${encodeURIComponent(visitId)}`
      const visit = (await till.get(path).catch(rethrow(till))) as VisitSnapshot
      const evidence = await till.client.evidence(visitId)
      const store = await loadStore(storeDirectories(options).profileDirectory)
      const explained = explainVisit(visit, evidence, store)
      console.log(
        options.json ? JSON.stringify(explained, undefined, 2) : explanationText(explained, store.profile).join('\n'),
      )
    })
}
export default addExplain

/** Somebody who mistyped an id wants to know which there are. */
const rethrow = (till: RunningTill) => async (error: unknown) => {
  if (!(error instanceof AisleError) || error.code !== 'visit-unknown') throw error
  const { visits } = (await till.get('/v1/visits?limit=5')) as { visits: VisitSnapshot[] }
  const latest = visits.map(({ visitId }) => visitId).join(', ')
  throw new AisleError(error.code, error.message, {
    action: latest ? `The latest visits are ${latest}.` : 'Nobody has visited this store yet.',
    cause: error,
  })
}
