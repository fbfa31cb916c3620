/** The thread that the ledger runs in; started by `ledger-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { toTold } from '../../contract/errors.ts'
import { inBatches } from './in-batches.ts'
import { Ledger } from './ledger.ts'
import type { LedgerReply, LedgerRequest, LedgerStart } from './ledger-thread.ts'

const { path, shop, nowMs } = workerData as LedgerStart
const tell = inBatches((replies: LedgerReply[]) => parentPort?.postMessage(replies))

async function serve(): Promise<void> {
  let ledger: Ledger
  try {
    ledger = await Ledger.open(path, shop, nowMs)
  } catch (error) {
    return tell({ error: toTold(error) })
  }
  const answer = ({ id, call, args }: LedgerRequest) => {
    const method = ledger[call] as (...args: unknown[]) => Promise<unknown>
    method.apply(ledger, args).then(
      (result) => tell({ id, sequence: ledger.sequence, result }),
      (error: unknown) => tell({ id, sequence: ledger.sequence, error: toTold(error) }),
    )
  }
  parentPort?.on('message', (requests: LedgerRequest[]) => requests.forEach(answer))
  tell({ opened: ledger.identity })
}

void serve()
