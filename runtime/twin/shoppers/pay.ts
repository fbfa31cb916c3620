/** Paying at a kiosk, before one leaves. */
import { centreOf } from '../world/geometry.ts'
import { heldOf } from './hands.ts'
import { approach } from './on-the-way.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'
import { until } from './together.ts'

/** So long one stands before a kiosk that does not show what one has, or takes no card (chosen). */
const patienceMs = 45_000

/** @returns false when there is no kiosk, or it would not let one pay */
export function* pay(shopper: Shopper, w: Surroundings): Life<boolean> {
  if (heldOf(shopper).length + shopper.bag.length === 0) return true
  const [kiosk] = w.kiosks
  if (!kiosk || !(yield* approach(centreOf(kiosk.zoneM), shopper, w))) return false
  const paying = w.standBeforeKiosk(shopper, kiosk.id)
  yield* until(() => paying.outcome !== null, shopper, w, patienceMs)
  paying.left()
  return paying.outcome === 'paid'
}
