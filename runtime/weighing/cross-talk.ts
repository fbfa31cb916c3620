/**
 * What to believe of a light step beside a heavy one: a share of the item, or what the shelf's board passed on. Both
 * look alike; they differ in how often they are how large.
 */

/** How likely a neighbour bears part of an item before anything is known: goods are about as wide as plates. */
const likelyShare = 0.25
/** The same where two plates bear more already: three of 168 events of the recordings. */
const likelyThird = 0.02
/** Likelier, or less likely, than this is as good as certain. */
const certain = 0.9
/** Half of a step up to this may be missing, or too much, without harm: weights are to be right within 3 g or 3 %. */
const harmlessG = 5
const harmlessPart = 0.055

export interface Bearing {
  /** Which part of its step a plate is to be counted with. */
  counted: number
  /** Standard deviation of that. */
  sigma: number
}

/**
 * What a neighbour bears whose step weighs `stepG`, of `totalG` in all. Shares are as likely to be large as small, up
 * to a half; cross-talk is a normal distribution about 0 with the standard deviation `crossTalk`, in parts of the
 * whole. Where it may well be either and is small, half of it is counted: whatever is true, the weight is not far off.
 */
export function bearing(stepG: number, totalG: number, crossTalk: number, isThird: boolean): Bearing {
  const part = stepG / totalG
  const likely = isThird ? likelyThird : likelyShare
  const share = likely / 0.5
  const other = ((1 - likely) * Math.exp(-0.5 * (part / crossTalk) ** 2)) / (crossTalk * Math.sqrt(2 * Math.PI))
  const probability = share / (share + other)
  const counted = countedOf(probability, stepG <= Math.max(harmlessG, harmlessPart * totalG))
  return { counted, sigma: Math.sqrt(probability * (1 - counted) ** 2 + (1 - probability) * counted ** 2) }
}

function countedOf(probability: number, isHarmless: boolean): number {
  if (probability > certain) return 1
  if (probability < 1 - certain) return 0
  if (isHarmless) return 0.5
  return probability > 0.5 ? 1 : 0
}
