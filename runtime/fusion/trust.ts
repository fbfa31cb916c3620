/** What the trusts in planograms, places and weights have in common. All are natural logarithms of odds. */

/** What was right for long may be wrong from today on: trust and mistrust are bounded. */
const mostTrust = 8
/** One taking counts no more than this: whatever misled it may mislead all its like. */
export const mostOfOne = 2.5

export const bounded = (logOdds: number, most = mostTrust): number => Math.max(-most, Math.min(most, logOdds))

/** Rounded, so that a distant event does not change every posterior a little. */
export const quarters = (logOdds: number): number => Math.round(4 * logOdds) / 4
