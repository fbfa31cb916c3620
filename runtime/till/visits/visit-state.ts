/** The life of a visit as a table: what may happen in each state, and where it leads. */
import type { VisitState } from '../../till-api/events.ts'

export const visitHappenings = [
  /** The gate saw somebody of the party walk in, or the flows bound a person on the floor to the visit. */
  'entered',
  /** Nobody walked in while the gate was open for this visit. */
  'lapsed',
  /** The shopper left. */
  'left',
  /** The basket is final: no later evidence is awaited. */
  'basket-final',
  /** The line rules, or a person after them, left something to charge. */
  'to-charge',
  /** At least one line waits for a person. */
  'to-review',
  /** Nothing is left to charge. */
  'nothing-left',
  /** No decision came in time. */
  'overdue',
  'charged',
  /** The means of payment was refused, or there is none. */
  'declined',
  /** The provider answered with another amount than was asked for. */
  'mismatched',
  /** Nobody resolved it in time and nothing may be charged any more. */
  'abandoned',
] as const
export type VisitHappening = (typeof visitHappenings)[number]

const decided = { 'to-charge': 'charging', 'to-review': 'review', 'nothing-left': 'empty' } as const

const transitions: Record<VisitState, Partial<Record<VisitHappening, VisitState>>> = {
  admitted: { entered: 'open', lapsed: 'void', left: 'void' },
  open: { left: 'exited', overdue: 'review' },
  exited: { 'basket-final': 'deciding', overdue: 'review', ...decided },
  deciding: { overdue: 'review', ...decided },
  review: { ...decided, abandoned: 'void' },
  charging: { charged: 'paid', declined: 'debt', mismatched: 'review' },
  paid: {},
  empty: {},
  void: {},
  debt: {},
}

/** Where `happening` leads from `state`; undefined when it cannot happen there. */
export function nextVisitState(state: VisitState, happening: VisitHappening): VisitState | undefined {
  return transitions[state][happening]
}

/** A visit that has ended never changes its state again. */
export const hasEnded = (state: VisitState): boolean => Object.keys(transitions[state]).length === 0

/** The flows still have to say what was bought. */
export const undecidedStates = ['admitted', 'open', 'exited', 'deciding'] as const satisfies readonly VisitState[]

export const endedStates = ['paid', 'empty', 'void', 'debt'] as const satisfies readonly VisitState[]
