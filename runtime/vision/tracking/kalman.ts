/** A Kalman filter that takes one number at a time: no matrix needs to be inverted, and each may have its own trust. */
export class Kalman {
  readonly size: number
  readonly state: Float64Array
  /** Row by row. */
  readonly covariance: Float64Array
  readonly #gain: Float64Array

  constructor(state: readonly number[], variances: readonly number[]) {
    this.size = state.length
    this.state = Float64Array.from(state)
    this.covariance = new Float64Array(this.size * this.size)
    this.#gain = new Float64Array(this.size)
    for (const [i, variance] of variances.entries()) this.covariance[i * this.size + i] = variance
  }

  get(i: number): number {
    return this.state[i] as number
  }

  /** Covariance of two of the state's numbers. */
  covarianceOf(i: number, j: number): number {
    return this.covariance[i * this.size + j] as number
  }

  addVariance(i: number, variance: number): void {
    this.covariance[i * this.size + i] = this.covarianceOf(i, i) + variance
  }

  /** Goes on by `seconds` with the velocity in `rate`, which changes at random by `jerkiness` (variance a second). */
  drift(position: number, rate: number, seconds: number, jerkiness: number): void {
    const { size, covariance, state } = this
    state[position] = this.get(position) + seconds * this.get(rate)
    for (let k = 0; k < size; k++) {
      covariance[position * size + k] = this.covarianceOf(position, k) + seconds * this.covarianceOf(rate, k)
    }
    for (let k = 0; k < size; k++) {
      covariance[k * size + position] = this.covarianceOf(k, position) + seconds * this.covarianceOf(k, rate)
    }
    this.addVariance(position, (jerkiness * seconds ** 3) / 3)
    this.addVariance(rate, jerkiness * seconds)
    const shared = (jerkiness * seconds ** 2) / 2
    covariance[position * size + rate] = this.covarianceOf(position, rate) + shared
    covariance[rate * size + position] = this.covarianceOf(rate, position) + shared
  }

  /** Draws one of the numbers towards `to`: what is `share` of the way off remains, `variance` is added. */
  relax(i: number, to: number, share: number, variance: number): void {
    const { size, covariance, state } = this
    state[i] = to + share * (this.get(i) - to)
    for (let k = 0; k < size; k++) covariance[i * size + k] = share * this.covarianceOf(i, k)
    for (let k = 0; k < size; k++) covariance[k * size + i] = share * this.covarianceOf(k, i)
    this.addVariance(i, variance)
  }

  /** Variance of what a measurement with these slopes is expected to be; slopes beyond the given ones are 0. */
  expectedVariance(slopes: ArrayLike<number>): number {
    let sum = 0
    for (let i = 0; i < slopes.length; i++) {
      for (let j = 0; j < slopes.length; j++) {
        sum += (slopes[i] as number) * (slopes[j] as number) * this.covarianceOf(i, j)
      }
    }
    return sum
  }

  /** @param residual measured minus expected @param variance of the measurement */
  correct(slopes: ArrayLike<number>, residual: number, variance: number): void {
    const { size, covariance, state } = this
    const gain = this.#gain
    let total = variance
    for (let i = 0; i < size; i++) {
      let sum = 0
      for (let j = 0; j < slopes.length; j++) sum += this.covarianceOf(i, j) * (slopes[j] as number)
      gain[i] = sum
      if (i < slopes.length) total += (slopes[i] as number) * sum
    }
    for (let i = 0; i < size; i++) {
      const share = (gain[i] as number) / total
      state[i] = this.get(i) + share * residual
      for (let j = 0; j < size; j++) {
        covariance[i * size + j] = this.covarianceOf(i, j) - share * (gain[j] as number)
      }
    }
  }
}
