/** What makes a calibration good. */

/** A lighter weight says little of the whole range; makers want a good part of it. */
export const leastKnownShare = 0.1

/** How far a plate may show something else than what lies on it: 2 g, or 0.2 % of it. */
export const allowedErrorG = (knownG: number) => Math.max(2, 0.002 * knownG)

export function isGood(shownG: number, knownG: number): boolean {
  return Math.abs(shownG - knownG) <= allowedErrorG(knownG)
}

export function isFitWeight(knownG: number, ratingG: number): boolean {
  return knownG >= leastKnownShare * ratingG && knownG <= ratingG
}

/** An empty plate that was never calibrated may show something, but hardly so much: goods lie there. */
export const looksEmpty = (shownG: number, ratingG: number) => Math.abs(shownG) <= 0.05 * ratingG
