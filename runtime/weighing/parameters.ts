/**
 * What weighing assumes about shelves, hands and goods. Each is physical, and each says how it was estimated;
 * "real recording" is the one of a real store in which footsteps swing a whole gondola.
 */
export interface WeighingParameters {
  /** Grid on which samples are summed: a third of a swing period. */
  binS: number
  /** Shelves swing at 6 to 8 and at 20 to 22 Hz (spectrum of the real recording); a mean over this cancels both. */
  swingPeriodS: number
  /** How long a plate must stay level until its step is told; with batches of 0.2 s it is out 0.5 s after rest. */
  restS: number
  /** How long it must stay level until a further movement is another event, not more of the same one. */
  confirmS: number
  /** How long a new level is measured before its event is told for the last time. */
  refineS: number
  /** A change undone within this time was most likely a touch. */
  touchS: number
  /** Time constant of the baseline at rest: slower than any lift, faster than drift and creep (minutes). */
  baselineS: number
  /**
   * Share of a swing (standard deviation) that is left in a mean over one period: 0.33 at the 90th percentile of
   * the shaken plates of the real recording, and some more for shelves that swing otherwise.
   */
  swingResidue: number
  /** Noise below which no cell is believed to be: readings come in tenths of a gram. */
  noiseFloorG: number
  /** Deviations, in standard deviations of a mean over one period, that count as movement. */
  movementSigmas: number
  /** Lighter changes are not told: shaking and cross-talk leave as much behind, and hardly any goods weigh less. */
  lightestItemG: number
  /**
   * What a neighbouring plate keeps of a change although it bears nothing of it, as a standard deviation: 9 and 6 of
   * 623 g in the real recording; 0.014 over the plain recordings, up or down, up to 0.04 on the shakiest shelves.
   */
  crossTalk: number
  /** Plates that carry one item come to rest within this time of one another: a tilted lift takes up to 0.5 s. */
  togetherS: number
  /** A longer time without samples is a gap: what changed across it was not seen. */
  gapS: number
  /** How far the zero of a sound cell wanders: an assumption, 0.05 % of 20 kg. */
  driftGPerHour: number
}

export const defaultParameters: WeighingParameters = {
  binS: 0.05,
  swingPeriodS: 0.15,
  restS: 0.3,
  confirmS: 0.6,
  refineS: 3,
  touchS: 2,
  baselineS: 1,
  swingResidue: 0.4,
  noiseFloorG: 0.2,
  movementSigmas: 4,
  lightestItemG: 10,
  crossTalk: 0.02,
  togetherS: 0.6,
  gapS: 2,
  driftGPerHour: 10,
}
