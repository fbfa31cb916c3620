/** The process in which `model-trial.ts` runs a model for the first time. */
import { writeFileSync } from 'node:fs'
import { toTold } from '../../contract/errors.ts'
import { type ModelUse, readModel } from './model-file.ts'
import type { TrialResult } from './model-trial.ts'
import { openModel } from './open-model.ts'

process.on('disconnect', () => process.exit(1))
process.once('message', (use: ModelUse) => {
  void attempt(use).then((result) => process.send?.(result))
})

async function attempt(use: ModelUse): Promise<TrialResult> {
  offerToOutOfMemory()
  try {
    const { definition, file } = use
    await openModel(definition, await readModel(use), file, { providers: ['cpu'], threads: 1 })
    return { ok: true }
  } catch (error) {
    return { ok: false, error: toTold(error) }
  }
}

/** Where memory runs out all the same, this process goes first. */
function offerToOutOfMemory(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Only Linux knows it, and there a process may always make itself the more likely victim.
  }
}
