/**
 * The running store as the nodes see it. The flows program makes one and hands it to Node-RED as
 * `settings.openAisle`; a replay makes another, with a till and a sensing in memory and a virtual clock.
 */
import type { Clock } from '../contract/clock.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { SensingClient } from '../sensing-api/sensing-client.ts'
import type { TillClient } from '../till-api/till-client.ts'

/** Names that a flow may use, by the kind of field that offers them. */
export interface ProfileNames {
  /** Groups that hold plates. */
  groups: { id: string; name: string; plates: string[] }[]
  /** Groups that hold cameras. */
  cameraGroups: { id: string; name: string; cameras: string[] }[]
  zones: { id: string; name: string }[]
  gates: { id: string }[]
  appliances: { id: string }[]
}

export interface StoreBinding {
  layout: StoreLayout
  names: ProfileNames
  /** IANA name; the store's hours are in it. */
  timeZone: string
  /** SHA-256 of the profile that was loaded. */
  profileHash: string
  clock: Clock
  till: TillClient
  sensing: SensingClient
}
