/**
 * A model's first run, in a process of its own. A file that was made to, or that a bug of ONNX Runtime lets, crash,
 * loop for ever or ask for all memory ends that process and nothing else: in a worker thread it would end the
 * program, and a thread that is stuck in native code cannot be ended at all.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { AisleError, fromTold, type ToldError } from '../../contract/errors.ts'
import { largestModelBytes, type ModelUse } from './model-file.ts'

export type TrialResult = { ok: true } | { ok: false; error: ToldError }

/** Address space of the trial: what Node itself reserves, and several times the largest model. */
const limitKiB = Math.ceil((3e9 + 8 * largestModelBytes) / 1024)

/** What passed once passes again: detection that is started anew in the same program does not wait for it. */
const passed = new Set<string>()

/**
 * @param use with its hash, in itself or in its definition: `readModel` takes no other
 * @param deadlineMs of real time, from starting the process to the end of one inference
 * @throws AisleError as `readModel` and `openModel` do, and `model-crashes`, `model-hangs`
 */
export async function tryModel(use: ModelUse, deadlineMs: number): Promise<void> {
  const { definition, sha256 } = use
  const what = JSON.stringify([definition, sha256])
  if (passed.has(what)) return
  await runApart(use, deadlineMs)
  passed.add(what)
}

async function runApart(use: ModelUse, deadlineMs: number): Promise<void> {
  const program = [process.execPath, fileURLToPath(new URL('./model-trial-main.ts', import.meta.url))]
  const [command, ...args] =
    platform() === 'linux' ? ['/bin/sh', '-c', 'ulimit -v "$0"; exec "$@"', String(limitKiB), ...program] : program
  const child = spawn(command as string, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  let result: TrialResult | undefined
  child.on('message', (message) => {
    result = message as TrialResult
    child.kill('SIGKILL')
  })
  let late = false
  const deadline = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, deadlineMs)
  const exited = once(child, 'exit')
  child.send(use)
  const [code, signal] = (await exited.finally(() => clearTimeout(deadline))) as [number | null, string | null]
  if (result?.ok) return
  if (result) throw fromTold(result.error)
  throw late
    ? new AisleError('model-hangs', `Its first run took longer than ${deadlineMs / 1000} s and was ended.`, {
        where: use.file,
        action: 'Use a model that this machine can run many times a second.',
      })
    : new AisleError('model-crashes', `Its first run ended its process (${signal ?? `code ${code}`}).`, {
        where: use.file,
        action: 'Do not use this file; export the model anew.',
      })
}
