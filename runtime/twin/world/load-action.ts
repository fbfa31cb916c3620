/**
 * What hands do to the load on a plate, as forces over time. Figures marked (real) were read off the one public
 * recording of a working store with weighed shelves (AutoCheckout BENCHMARK-1: a bottle of 622 g taken from one of
 * 240 plates at 60 Hz); (assumption) says that no measurement was at hand.
 */
import { type Random, uniform } from '../../contract/random.ts'

/** How an item is taken: `held` rests under the hand for a while before it goes. */
export type LiftManner = 'quick' | 'usual' | 'slow' | 'held'
export type PutDownManner = 'gentle' | 'usual' | 'dropped'

/** A load that moves onto a plate or off it. */
export interface Move {
  kind: 'move'
  startMs: number
  durationMs: number
  /** What stays changed. */
  deltaG: number
  /** Shares of the duration between which the load moves. */
  moveFrom: number
  moveUntil: number
  /** Largest extra push while the hand is at it, and the share of the duration until which it pushes. */
  pressG: number
  pressUntil: number
  /** Amplitude of the oscillation that it sets off once the load has moved. */
  ringG: number
}

/** A force that comes and goes. */
export interface Press {
  kind: 'press'
  startMs: number
  durationMs: number
  /** Mean force; negative: the hand carries a part of the load. */
  forceG: number
  /** Tells the sway of one hand from that of another. */
  phaseRad: number
}

export type LoadAction = Move | Press

/** A whole transition takes 0.45 s (real); some are quicker, some slower (assumption). */
const liftMs: Record<LiftManner, [number, number]> = {
  quick: [160, 280],
  usual: [300, 600],
  slow: [1500, 4000],
  held: [300, 600],
}
/** How long a hand rests on an item before it takes it, unless told (assumption; the longest known case is 9 s). */
const holdMs: [number, number] = [1500, 6000]
/** A hand that holds an item on its plate carries some of it, or leans on it (assumption). */
const holdShare: [number, number] = [-0.35, 0.25]
/** Push of the hand before a lift, as a share of the weight (real: 8 %), and at most this (assumption). */
const liftPressShare: [number, number] = [0.04, 0.13]
const pressMaxG = 80
/** Oscillation of the emptied plate (real: 5 g after 622 g). */
const liftRingShare: [number, number] = [0.005, 0.015]
/**
 * (real): the load rises over some 0.2 s, falls within 0.08 s, then rings a little. Who lifts slowly takes the
 * weight over bit by bit and does not push first (assumption).
 */
const liftPhases = {
  abrupt: { pressUntil: 0.5, moveFrom: 0.4, moveUntil: 0.55 },
  slow: { pressUntil: 0.1, moveFrom: 0.05, moveUntil: 0.95 },
}

const putDownMs: Record<PutDownManner, [number, number]> = {
  gentle: [900, 2000],
  usual: [350, 700],
  dropped: [80, 160],
}
/** First peak of what is set down or falls, as a share of its weight (assumption; the recording has no put-down). */
const landingRingShare: Record<PutDownManner, [number, number]> = {
  gentle: [0.005, 0.02],
  usual: [0.05, 0.15],
  dropped: [0.6, 1.5],
}
const putDownPhases = { pressUntil: 1, moveFrom: 0.1, moveUntil: 0.45 }
/** A falling item is let go of: nothing presses. */
const putDownPressShare: Record<PutDownManner, [number, number]> = {
  gentle: [0.02, 0.08],
  usual: [0.03, 0.12],
  dropped: [0, 0],
}

/** Time in which a hand comes to rest on a plate, or leaves it (assumption). */
const pressRampMs = 180
/** A leaning body sways, a holding hand trembles: shares of the force (assumption; frequencies as in physiology). */
const sway = { share: 0.08, hz: 0.9 }
const tremor = { share: 0.015, hz: 9 }

/** The forces of one taking, in their order, for a load of `weightG`; the last one moves it. */
export function liftActions(
  random: Random,
  weightG: number,
  startMs: number,
  manner: LiftManner,
  { heldForMs, slowMs }: { heldForMs?: number | undefined; slowMs?: number | undefined } = {},
): LoadAction[] {
  const holding = heldForMs ?? (manner === 'held' ? uniform(random, ...holdMs) : 0)
  const usualMs = uniform(random, ...liftMs[manner])
  const durationMs = slowMs ?? usualMs
  const isSlow = manner === 'slow'
  const move: Move = {
    kind: 'move',
    startMs: startMs + holding,
    durationMs,
    deltaG: -weightG,
    pressG: isSlow ? 0 : Math.min(pressMaxG, weightG * uniform(random, ...liftPressShare)),
    ringG: (isSlow ? -0.2 : -1) * weightG * uniform(random, ...liftRingShare),
    ...(isSlow ? liftPhases.slow : liftPhases.abrupt),
  }
  if (holding === 0) return [move]
  return [press(random, weightG * uniform(random, ...holdShare), startMs, startMs + holding), move]
}

/** The forces of one putting down. */
export function putDownActions(random: Random, weightG: number, startMs: number, manner: PutDownManner): LoadAction[] {
  return [
    {
      kind: 'move',
      startMs,
      durationMs: uniform(random, ...putDownMs[manner]),
      deltaG: weightG,
      pressG: Math.min(pressMaxG, weightG * uniform(random, ...putDownPressShare[manner])),
      ringG: weightG * uniform(random, ...landingRingShare[manner]),
      ...putDownPhases,
    },
  ]
}

export function press(random: Random, forceG: number, fromMs: number, untilMs: number): Press {
  const phaseRad = uniform(random, 0, 2 * Math.PI)
  return { kind: 'press', startMs: fromMs, durationMs: untilMs - fromMs, forceG, phaseRad }
}

/** The same forces on a plate that bears `share` of the load. */
export function scaled(action: LoadAction, share: number): LoadAction {
  if (action.kind === 'press') return { ...action, forceG: action.forceG * share }
  return { ...action, deltaG: action.deltaG * share, pressG: action.pressG * share, ringG: action.ringG * share }
}

export const endOf = (action: LoadAction): number => action.startMs + action.durationMs

/** What of the load has moved at `timeMs`, from 0 to 1. */
export function movedShare(action: Move, timeMs: number): number {
  const share = (timeMs - action.startMs) / action.durationMs
  return smoothStep((share - action.moveFrom) / (action.moveUntil - action.moveFrom))
}

/** The push of the hand at `timeMs`. */
export function pushG(action: LoadAction, timeMs: number): number {
  const sinceMs = timeMs - action.startMs
  if (sinceMs <= 0 || sinceMs >= action.durationMs) return 0
  if (action.kind === 'move') {
    const share = sinceMs / action.durationMs / action.pressUntil
    return share < 1 ? action.pressG * Math.sin(Math.PI * share) : 0
  }
  const rampMs = Math.min(pressRampMs, action.durationMs / 2)
  const strength = smoothStep(sinceMs / rampMs) * smoothStep((action.durationMs - sinceMs) / rampMs)
  const turnsRad = (hz: number) => (2 * Math.PI * hz * sinceMs) / 1000 + action.phaseRad
  const wavering = 1 + sway.share * Math.sin(turnsRad(sway.hz)) + tremor.share * Math.sin(turnsRad(tremor.hz))
  return action.forceG * strength * wavering
}

/** When a move begins to ring: as its load has arrived, or has gone. */
export const ringsFromMs = (action: Move): number => action.startMs + action.moveUntil * action.durationMs

function smoothStep(share: number): number {
  if (share <= 0) return 0
  if (share >= 1) return 1
  return share * share * (3 - 2 * share)
}
