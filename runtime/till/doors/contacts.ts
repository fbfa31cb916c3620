/**
 * Relays and inputs of one device, whatever it is spoken to by. Relays and inputs have numbers from 1, as printed
 * on the device; the profile says what is wired to which.
 */

export interface ContactSample {
  /** true: closed; by their number minus 1. */
  inputs: boolean[]
  /** How often each input has closed, as the device counts, read not later than the inputs; null: it does not. */
  counts: number[] | null
}

export interface Contacts {
  /** It answered a moment ago. */
  readonly online: boolean
  /** Calls `onSample` often, with null while there is no answer. */
  start(onSample: (sample: ContactSample | null) => void): void
  /** Lets these relays drop, as far as that can still be said. */
  stop(relays: readonly number[]): Promise<void>
  /** The relay is written soon, and again and again: the device may have been switched off and on. */
  set(relay: number, on: boolean): void
  /**
   * On, until nobody says so any more: it drops when the till dies or is cut off, as far as the device can do that
   * (`whenSilent` and `pulse` in its definition).
   */
  hold(relay: number): void
  /** Off before its first pulse: an earlier run may have died in one that the device does not end itself. */
  rest(relay: number): void
  /** One pulse, now or never: a gate must not open when nobody expects it any more. */
  pulse(relay: number): void
}

/** Relays are written again after so long although nothing changed. */
export const rewriteMs = 1000
/** A held relay drops so long after it was written last; gates' own watchdogs are set to the same. */
export const holdMs = 3000
/** Where the device does not know how long a pulse is. */
export const pulseMs = 500
/** So long without an answer, in real time, and the device counts as offline. */
export const offlineAfterMs = 1000
