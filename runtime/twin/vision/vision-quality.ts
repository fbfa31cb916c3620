/** How well a vision appliance sees: what the twin's own one can be set to. */
import type { Point3DM } from '../../profile/layout.ts'

export interface ViewingCamera {
  positionM: Point3DM
  /** Without it the camera looks everywhere, as a fisheye under the ceiling does. */
  lookAtM?: Point3DM
}

export interface VisionQuality {
  /** Frames a second. The world moves 30 times a second: more shows nothing new. */
  frameHz: number
  /** Standard deviations of positions, along each axis. */
  headNoiseM: number
  handNoiseM: number
  /** Share of the time in which a hand is not found for no visible reason, in the open and while it reaches. */
  lostHandShare: number
  lostReachingShare: number
  /**
   * Cameras that bodies, fixtures and shelf boards can stand in the way of; `layout`: those of the store's layout;
   * null: nothing ever hides anything.
   */
  cameras: readonly ViewingCamera[] | 'layout' | null
  /** How many cameras must see a hand or a head for it to be known. */
  camerasNeeded: number
  /** A person whose head stays hidden for longer comes back under another id. */
  forgetsAfterMs: number
  /** How often the tracker loses a person for no visible reason, and for how long; then the id is another one. */
  idChangesPerMinute: number
  lostForMs: [number, number]
  /** Likelihood that a new id is a wrong one: one that somebody had who was lost or left in the last minute. */
  wrongIdLikelihood: number
  /** How often two persons' ids change places while their heads are nearer than `swapWithinM`. */
  swapsPerMinute: number
  swapWithinM: number
}

/**
 * The demonstration's appliance: a good one, with cameras enough that nobody stands in the way. Frame rate (real:
 * 14.9). Noise (chosen) as makers of multi-camera skeleton trackers state it; the one real recording jitters less
 * between frames (0.2 cm and 1 cm), because its tracker smooths. Real: 2 of 548 hands were missing, with 13 cameras.
 */
export const goodVision: VisionQuality = {
  frameHz: 15,
  headNoiseM: 0.02,
  handNoiseM: 0.03,
  lostHandShare: 0.02,
  lostReachingShare: 0.05,
  cameras: null,
  camerasNeeded: 1,
  forgetsAfterMs: 1000,
  idChangesPerMinute: 0,
  lostForMs: [0, 0],
  wrongIdLikelihood: 0,
  swapsPerMinute: 0,
  swapWithinM: 0.6,
}

/** A cheap installation (assumption): the layout's few cameras, coarse and forgetful, and people get mixed up. */
export const poorVision: VisionQuality = {
  ...goodVision,
  frameHz: 10,
  headNoiseM: 0.05,
  handNoiseM: 0.06,
  lostHandShare: 0.05,
  lostReachingShare: 0.12,
  cameras: 'layout',
  idChangesPerMinute: 0.5,
  lostForMs: [300, 1500],
  wrongIdLikelihood: 0.2,
  swapsPerMinute: 2,
}
