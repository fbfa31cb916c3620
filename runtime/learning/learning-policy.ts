/** The few numbers that learning is ruled by, each with why. */
export interface LearningPolicy {
  /** A product's weight stays the catalogue's until so many visits agree on another: two may be one mistake made twice. */
  leastEvents: number
  /** Newest confirmed takings that are kept of a product: packaging changes, and old ones stop to count. */
  mostKept: number
  /** A taking farther from the others than this, in standard deviations, was something else and is set aside. */
  outlierSigmas: number
  /** Share of catalogue weights that are wrong; as fusion has it (`catalogueWrong`). */
  catalogueWrong: number
  /** How far a right catalogue is off all the same, in spreads of single pieces: it was weighed once, from one batch. */
  catalogueOffSpreads: number
  /** A weight is left alone until it, or its spread, would move by this share of the spread: less changes no decision. */
  worthMoving: number
  /** No spread is learnt that differs from the catalogue's by more than this factor: few takings say little of it. */
  spreadFactor: number

  // ---- what is proposed and not taken -------------------------------------------------------------------
  /** A version that moves a weight by a larger share than this waits for a person: another size, or a miscount. */
  largestStep: number
  /** So does one that moves more weights at once: rather a scale is wrong than so many products. */
  mostMoved: number
}

export const defaultLearningPolicy: LearningPolicy = {
  leastEvents: 3,
  mostKept: 25,
  outlierSigmas: 4,
  catalogueWrong: 0.06,
  catalogueOffSpreads: 0.5,
  worthMoving: 0.25,
  spreadFactor: 2,
  largestStep: 0.3,
  mostMoved: 5,
}
