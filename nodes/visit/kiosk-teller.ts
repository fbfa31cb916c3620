import { AisleError } from '../../runtime/contract/errors.ts'
import type { KioskPresence } from '../../runtime/till-api/kiosks.ts'
import type { NodeContext } from '../kit/node-context.ts'

/** The next telling says the same again, only newer: no visit waits for this one. */
const withinMs = 2000

/** Tells the till who stands before a kiosk; one telling at a time, and none that is old. */
export function kioskTeller(context: NodeContext<unknown>) {
  const { store, signal } = context
  const next = new Map<string, KioskPresence>()
  const busy = new Set<string>()

  const tellAll = async (kiosk: string) => {
    busy.add(kiosk)
    for (let presence = next.get(kiosk); presence && !signal.aborted; presence = next.get(kiosk)) {
      next.delete(kiosk)
      try {
        await store.kiosks?.present(kiosk, presence, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]))
      } catch (error) {
        if (!(error instanceof AisleError && error.code === 'till-unreachable')) context.report(error)
      }
    }
    busy.delete(kiosk)
  }

  return (kiosk: string, presence: KioskPresence): void => {
    next.set(kiosk, presence)
    if (!busy.has(kiosk)) void tellAll(kiosk)
  }
}
