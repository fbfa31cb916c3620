/**
 * What a product weighs, by its catalogue and by takings that a person confirmed. Two explanations are weighed: the
 * catalogue is right but for a batch's difference, or it is wrong and the takings alone speak. The estimate is their
 * mean by probability (normal with known spread; the spread then by an inverse gamma with the catalogue's as prior).
 */
import { normalDensity } from '../fusion/shelves.ts'
import { median } from '../profile/plausibility.ts'
import type { ConfirmedTaking } from './learned-version.ts'
import type { LearningPolicy } from './learning-policy.ts'

export interface Weight {
  weightG: number
  weightSdG: number
}

export interface WeightEstimate extends Weight {
  /** Takings that agree with each other, and so count. */
  agreeing: ConfirmedTaking[]
  /** That the catalogue's weight is right, after these takings. */
  catalogueRight: number
}

/** Of a wrong catalogue weight: often another size of the product (natural logarithm), else anything. */
const otherSizeSpread = 0.35
const usualGoodG = 200
const usualGoodSpread = 1.5
/** Standard deviations in a median absolute deviation of what is normal. */
const normalMad = 1.4826
/** Pieces of hardly any packaged product differ by more than this part of their weight. */
const widestSpread = 0.03
/** The catalogue's spread is worth so many takings. */
const spreadWorth = 5

/** @param catalogue weightG null: nobody weighed it; `weightSdG` as fusion takes it where the catalogue has none */
export function estimateWeight(
  catalogue: { weightG: number | null; weightSdG: number },
  takings: readonly ConfirmedTaking[],
  policy: LearningPolicy,
): WeightEstimate | undefined {
  const agreeing = agreeingTakings(takings, catalogue.weightSdG, policy)
  if (agreeing.length < policy.leastEvents) return undefined
  const spreadG = catalogue.weightSdG
  const weights = agreeing.map(({ pieces, sigmaG }) => 1 / (spreadG ** 2 / pieces + sigmaG ** 2))
  const total = sumOf(weights)
  const meanG = sumOf(agreeing.map(({ pieceG }, i) => pieceG * (weights[i] as number))) / total
  const { weightG, catalogueRight } = withCatalogue(catalogue, { meanG, variance: 1 / total }, policy)
  return { weightG, weightSdG: spreadOf(agreeing, meanG, spreadG, policy), agreeing, catalogueRight }
}

/** Whatever is far from the median of all was another product, or another number of pieces. */
function agreeingTakings(takings: readonly ConfirmedTaking[], spreadG: number, policy: LearningPolicy) {
  const middleG = median(takings.map(({ pieceG }) => pieceG))
  const usualOffG = normalMad * median(takings.map(({ pieceG }) => Math.abs(pieceG - middleG)))
  // The catalogue's spread may be wrong, too; but goods that differ more are not one product.
  const likelyG = Math.max(spreadG, Math.min(usualOffG, widestSpread * middleG))
  return takings.filter(
    ({ pieceG, sigmaG }) => Math.abs(pieceG - middleG) <= policy.outlierSigmas * Math.hypot(likelyG, sigmaG),
  )
}

function withCatalogue(
  { weightG, weightSdG }: { weightG: number | null; weightSdG: number },
  { meanG, variance }: { meanG: number; variance: number },
  { catalogueWrong, catalogueOffSpreads }: LearningPolicy,
): { weightG: number; catalogueRight: number } {
  if (weightG === null) return { weightG: meanG, catalogueRight: 0 }
  const offVariance = (catalogueOffSpreads * weightSdG) ** 2
  const ifRight = (1 - catalogueWrong) * normalDensity(meanG - weightG, variance + offVariance)
  const other =
    (logNormalDensity(meanG, weightG, otherSizeSpread) + logNormalDensity(meanG, usualGoodG, usualGoodSpread)) / 2
  const catalogueRight = ifRight / (ifRight + catalogueWrong * other)
  const between = (weightG * variance + meanG * offVariance) / (variance + offVariance)
  return { weightG: catalogueRight * between + (1 - catalogueRight) * meanG, catalogueRight }
}

/** What the pieces differ by beyond what the scale does. */
function spreadOf(
  takings: readonly ConfirmedTaking[],
  meanG: number,
  priorG: number,
  { spreadFactor }: LearningPolicy,
) {
  const beyond = takings.map(({ pieceG, sigmaG, pieces }) => pieces * ((pieceG - meanG) ** 2 - sigmaG ** 2))
  const variance = (spreadWorth * priorG ** 2 + Math.max(0, sumOf(beyond))) / (spreadWorth + takings.length - 1)
  return Math.min(spreadFactor * priorG, Math.max(priorG / spreadFactor, Math.sqrt(variance)))
}

const sumOf = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function logNormalDensity(value: number, medianG: number, spread: number): number {
  return normalDensity(Math.log(value / medianG), spread ** 2) / value
}
