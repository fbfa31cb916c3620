/**
 * The ledger in a thread of its own: a slow disk delays answers, never a door. Calls are carried out in the
 * order in which they were made.
 */
import { Worker } from 'node:worker_threads'
import { fromTold, type ToldError } from '../../contract/errors.ts'
import { inBatches } from './in-batches.ts'
import type { Ledger, LedgerIdentity } from './ledger.ts'
import type { Shop } from './step.ts'
import { written } from './written-command.ts'

export const ledgerCalls = [
  'take',
  'takeScan',
  'prepay',
  'recordPass',
  'recordTailgate',
  'recordCount',
  'recordAlarm',
  'lapse',
  'sweep',
  'paymentsDue',
  'nextPaymentDueMs',
  'markSent',
  'postponePayment',
  'settlePayment',
  'hurryPayment',
  'holdState',
  'doorMemory',
  'events',
  'state',
  'visit',
  'evidence',
  'pastPurchases',
  'history',
  'verify',
  'head',
  'signedHeads',
  'keepSignedHead',
  'verifyHeads',
  'stock',
  'account',
  'exportAccount',
  'mailsDue',
  'closeMail',
  'postponeMail',
  'forgetOld',
] as const satisfies readonly (keyof Ledger)[]
export type LedgerCall = (typeof ledgerCalls)[number]

/** What the till does with a ledger, wherever that runs. */
export type LedgerMethods = Pick<Ledger, LedgerCall>

export interface LedgerThread extends LedgerMethods {
  readonly identity: LedgerIdentity
  /** Calls `listener` with the journal's last position after each change of it. Returns a function that ends it. */
  onAppended(listener: (sequence: number) => void): () => void
  close(): Promise<void>
}

export interface LedgerStart {
  path: string
  shop: Shop
  nowMs: number
}

export interface LedgerRequest {
  id: number
  call: LedgerCall | 'close'
  args: unknown[]
}

export type LedgerReply =
  | { opened: LedgerIdentity }
  | { id: number; sequence: number; result: unknown }
  | { id?: number; sequence?: number; error: ToldError }

/**
 * @param onLost called when the thread ends by itself: the till cannot go on without it
 * @throws AisleError as `openDatabase` does
 */
export async function openLedgerThread(start: LedgerStart, onLost: (error: Error) => void): Promise<LedgerThread> {
  const worker = new Worker(new URL('./ledger-worker.ts', import.meta.url), { workerData: start })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const listeners = new Set<(sequence: number) => void>()
  let lastId = 0
  let lastSequence = -1
  let closing = false

  const identity = await new Promise<LedgerIdentity>((resolve, reject) => {
    worker.once('message', ([reply]: LedgerReply[]) => {
      if (reply && 'opened' in reply) resolve(reply.opened)
      else reject(reply && 'error' in reply ? fromTold(reply.error) : new Error('The ledger did not open.'))
    })
    worker.once('error', reject)
  })

  const hear = (reply: LedgerReply) => {
    if ('opened' in reply || reply.id === undefined) return
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.sequence !== undefined && reply.sequence !== lastSequence) {
      lastSequence = reply.sequence
      for (const listener of [...listeners]) listener(lastSequence)
    }
    if ('error' in reply) call?.reject(fromTold(reply.error))
    else call?.resolve(reply.result)
  }
  worker.on('message', (replies: LedgerReply[]) => replies.forEach(hear))
  const lose = (error: Error) => {
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
    if (!closing) onLost(error)
  }
  worker.on('error', lose)
  worker.on('exit', () => lose(new Error('The thread of the ledger has ended.')))

  const send = inBatches((requests: LedgerRequest[]) => worker.postMessage(requests))
  const post = (call: LedgerRequest['call'], args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (closing && call !== 'close') return reject(new Error('The ledger is closed.'))
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      send({ id, call, args })
    })

  const methods = Object.fromEntries(
    ledgerCalls.map((call) => [call, (...args: unknown[]) => post(call, args)]),
  ) as unknown as LedgerMethods
  return {
    ...methods,
    take: (command, ...rest) => methods.take(written(command), ...rest),
    identity,
    onAppended(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closing = true
      await post('close', [])
      await worker.terminate()
    },
  }
}
