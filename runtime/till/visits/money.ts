/** Arithmetic on amounts in minor units, exact at any size. */

/** `numerator / denominator` for what is not negative, halves upwards. */
export const roundHalfUp = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator) / (2n * denominator)

/** Spreads `amount` over `weights` in proportion; the parts sum up to it, and none is more than a whole above its share. */
export function spread(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  let soFar = 0n
  let given = 0
  return weights.map((weight) => {
    soFar += BigInt(weight)
    const until = total === 0n ? 0 : Number((BigInt(amount) * soFar) / total)
    const part = until - given
    given = until
    return part
  })
}
