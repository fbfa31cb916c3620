import { AisleError } from '../../runtime/contract/errors.ts'
import type { PastPurchases } from '../../runtime/till-api/events.ts'
import type { NodeContext } from '../kit/node-context.ts'

/** Asks the till once for each visit what its account bought before; nothing waits for the answer. */
export function purchasesAsker(
  context: NodeContext<unknown>,
  onPurchases: (visitId: string, purchases: PastPurchases) => void,
) {
  const asked = new Set<string>()

  const ask = async (visitId: string) => {
    try {
      const purchases = await context.store.purchases?.pastPurchases(visitId, context.signal)
      if (purchases && purchases.goods.length > 0) context.after(0, () => onPurchases(visitId, purchases))
    } catch (error) {
      if (!(error instanceof AisleError && error.code === 'till-unreachable')) context.report(error)
    }
  }

  return {
    opened(visitId: string): void {
      if (asked.has(visitId)) return
      asked.add(visitId)
      void ask(visitId)
    },
    exited(visitId: string): void {
      asked.delete(visitId)
    },
  }
}
