/**
 * How many people are in the store, as the gates count them. The count can be wrong: somebody squeezes through,
 * a contact bounces, or one without a counter closes while the till is away. So it decides nothing but when
 * visits that nobody saw the end of have been left. Too low, and such a visit goes to review early; too high, and
 * it does so when its longest stay is over, or is never needed, because the count begins anew as soon as no visit
 * is open.
 */

export interface Occupancy {
  /** Who walked in and not out again since the store was last known to be empty. */
  inside: number
  /** When the last of them walked out; null while somebody is inside, or nobody has been. */
  emptiedAtMs: number | null
}

export const emptyStore: Occupancy = { inside: 0, emptiedAtMs: null }

export const afterWalkingIn = ({ inside }: Occupancy, people = 1): Occupancy => ({
  inside: inside + people,
  emptiedAtMs: null,
})

/** Whoever walks out of a store without people was missed on the way in: it stays without people. */
export function afterWalkingOut({ inside }: Occupancy, atMs: number): Occupancy {
  const left = Math.max(0, inside - 1)
  return { inside: left, emptiedAtMs: left === 0 ? atMs : null }
}
