/**
 * The running store as the nodes see it. The flows program makes one and hands it to Node-RED as
 * `settings.openAisle`; a replay makes another, with a till and a sensing in memory and a virtual clock.
 */
import type { Clock } from '../contract/clock.ts'
import type { LearnedGoods, StoreLayout } from '../profile/layout.ts'
import type { ProfileNames } from '../profile/profile-names.ts'
import type { SensingClient } from '../sensing-api/sensing-client.ts'
import type { KioskFloorClient, PurchasesReader, TillClient } from '../till-api/till-client.ts'

export type { ProfileNames }

export interface StoreBinding {
  layout: StoreLayout
  names: ProfileNames
  /** IANA name; the store's hours are in it. */
  timeZone: string
  /** SHA-256 of the profile that was loaded. */
  profileHash: string
  /** True in a replay: what happens has happened before, and nobody outside may be told. */
  isReplay?: boolean
  clock: Clock
  /** Real time, for what is about the wire; the store's clock where nothing is said. */
  wireClock?: Clock
  till: TillClient
  sensing: SensingClient
  /** Missing in a replay: nobody pays there. */
  kiosks?: KioskFloorClient
  /** Missing in a replay: nobody has been there before. */
  purchases?: PurchasesReader
  /** Missing in a replay: it goes by its layout. */
  learned?: LearnedSource
}

/** What was learned of the goods, as it holds now. */
export interface LearnedSource {
  /** Cheap while nothing changed. @throws AisleError `learned-invalid`, `learned-broken` */
  current(): { number: number; goods: LearnedGoods }
}
