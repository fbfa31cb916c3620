/** `aisle learn`: what reviews and refunds say of the goods, as a new version; and back to the one before. */
import { SystemClock } from '../../runtime/contract/clock.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { learnNow } from '../../runtime/learning/learn-now.ts'
import { LearnedFolder } from '../../runtime/learning/learned-folder.ts'
import { acceptProposed, goBack } from '../../runtime/learning/versions.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import type { AddCommand } from '../command.ts'
import { historyText, learnedText, takenText } from '../learn/learned-text.ts'
import { runningTill } from '../running-till.ts'
import { dataOption, profileOption, type StoreOptions, storeDirectories } from '../store-options.ts'

interface LearnCommandOptions extends StoreOptions {
  accept?: true
  back?: true
  history?: true
  anew?: true
}

const addLearn: AddCommand = (program) => {
  program
    .command('learn')
    .description('learn what goods weigh from what people confirmed, corrected and gave back')
    .option('--accept', 'take up the version that was only proposed')
    .option('--back', 'take up the version before the one that holds')
    .option('--history', 'every version, what it is made of, and which one holds')
    .option('--anew', 'from the catalogue and the whole journal, also what was gone back from')
    .addOption(profileOption)
    .addOption(dataOption)
    .action(async (options: LearnCommandOptions) => {
      const { profileDirectory, dataDirectory } = storeDirectories(options)
      const store = await loadStore(profileDirectory)
      const folder = new LearnedFolder(dataDirectory, store.layout.storeId)
      for (const line of await carryOut(options, store, folder)) console.log(line)
    })
}
export default addLearn

async function carryOut(options: LearnCommandOptions, store: LoadedStore, folder: LearnedFolder): Promise<string[]> {
  const { layout, profile } = store
  const chosen = (['accept', 'back', 'history'] as const).filter((name) => options[name])
  if (chosen.length > 1 || (chosen.length === 1 && options.anew)) throw notTogether()
  const nowMs = new SystemClock().nowMs()
  if (options.history) return historyText(folder.history(), folder.inForce().number, profile.timeZone)
  if (options.accept || options.back) {
    const before = folder.inForce()
    const version = options.back ? goBack(folder, nowMs) : acceptProposed(folder, nowMs)
    return takenText(version, before.content, layout)
  }
  const { client } = await runningTill(options, generatedSecrets.tillTokenConsole)
  const anew = options.anew ?? false
  return learnedText(await learnNow({ till: client, folder, layout, nowMs, anew }), layout)
}

const notTogether = () =>
  new AisleError('options-conflict', '--accept, --back, --history and --anew are four different things.', {
    action: 'Give one of them, or none to learn.',
  })
