/** How shoppers behave, as data, and the plans that are made from it. */
import { integerBetween, pick, type Random, uniform } from '../../contract/random.ts'
import type { Act, Companion } from './acts.ts'

export type { Act }

export interface Behaviour {
  name: string
  /** How many pieces are taken off a shelf, at least and at most. */
  takes: [number, number]
  /** How many of them go back to their place. */
  putBacks: number
  /** Likelihood that the next piece is one more of the same. */
  again: number
  /** How long a piece is looked at. */
  lookMs: [number, number]
  /** Time between two pieces. */
  pauseMs: [number, number]
}

const usual = {
  takes: [3, 6] as [number, number],
  putBacks: 0,
  again: 0.15,
  lookMs: [600, 1800] as [number, number],
  pauseMs: [300, 2500] as [number, number],
}

export const behaviours: Record<string, Behaviour> = {
  buyer: { ...usual, name: 'buyer' },
  undecided: { ...usual, name: 'undecided', takes: [4, 6], putBacks: 1 },
  'very-undecided': { ...usual, name: 'very-undecided', takes: [5, 8], putBacks: 3 },
  hurried: { ...usual, name: 'hurried', takes: [1, 2], lookMs: [200, 400], pauseMs: [100, 300] },
  looker: { ...usual, name: 'looker', takes: [1, 2], putBacks: 2, lookMs: [1500, 4000] },
}

/** The demonstration's mix: every third visit has a put-back. */
const demonstrationMix = ['buyer', 'undecided', 'buyer'] as const

export const demonstrationBehaviour = (visit: number): Behaviour =>
  behaviours[demonstrationMix[visit % demonstrationMix.length] as string] as Behaviour

/** A plate that has something on it, and the fixture it belongs to. */
export interface Offer {
  plate: string
  fixture: string
}

/** Makes a plan: fixture after fixture, so that nobody runs to and fro without reason. */
export function planVisit(
  behaviour: Behaviour,
  offers: readonly Offer[],
  random: Random,
): { plan: Act[]; companions: Companion[] } {
  if (offers.length === 0) return { plan: [], companions: [] }
  const count = integerBetween(random, ...behaviour.takes)
  const plates = choosePlates(behaviour, offers, count, random)
  const returned = chooseReturned(behaviour.putBacks, plates.length, random)
  const later: Act[] = []
  const acts: Act[] = []
  for (const [i, plate] of plates.entries()) {
    const item = `item-${i + 1}`
    acts.push(
      { act: 'take', plate, item, substitute: true },
      { act: 'look', durationMs: uniform(random, ...behaviour.lookMs) },
    )
    const goesBack = returned.has(i)
    // Half of those who change their mind do so on the spot, the others later.
    if (goesBack && random.next() < 0.5) acts.push({ act: 'put-back', item })
    else acts.push({ act: 'stow' })
    if (goesBack && acts.at(-1)?.act === 'stow') later.push({ act: 'put-back', item })
    acts.push({ act: 'wait', durationMs: uniform(random, ...behaviour.pauseMs) })
    if (later.length > 0 && random.next() < 0.4) acts.push(...later.splice(0))
  }
  return { plan: [...acts, ...later], companions: [] }
}

function choosePlates(behaviour: Behaviour, offers: readonly Offer[], count: number, random: Random): string[] {
  const chosen: Offer[] = []
  while (chosen.length < count) {
    const last = chosen.at(-1)
    chosen.push(last && random.next() < behaviour.again ? last : pick(random, offers))
  }
  const order = new Map<string, number>()
  for (const { fixture } of chosen) if (!order.has(fixture)) order.set(fixture, order.size)
  const rank = ({ fixture }: Offer) => order.get(fixture) ?? 0
  return chosen.sort((a, b) => rank(a) - rank(b)).map(({ plate }) => plate)
}

function chooseReturned(count: number, of: number, random: Random): Set<number> {
  const indices = Array.from({ length: of }, (_, i) => i)
  const chosen = new Set<number>()
  while (chosen.size < Math.min(count, of)) chosen.add(pick(random, indices))
  return chosen
}
