/** The plan of a visit, from a behaviour and what lies on the shelves. */
import { integerBetween, pick, type Random, uniform } from '../../contract/random.ts'
import type { Act, Companion } from './acts.ts'
import type { Behaviour } from './behaviour.ts'
import { habitOf, type Offer } from './habits.ts'

export interface VisitPlan {
  plan: Act[]
  companions: Companion[]
}

/** @param name tells this visit's items from those of others */
export function planVisit(behaviour: Behaviour, offers: readonly Offer[], random: Random, name: string): VisitPlan {
  const { companions } = behaviour
  return {
    plan: planOf(behaviour, offers, random, name),
    companions: Array.from({ length: partySize(behaviour) - 1 }, (_, i) => ({
      name: `${name}-${i + 2}`,
      child: i >= (companions?.adults ?? 0),
      plan: planOf({ ...behaviour, takes: companions?.takes ?? [0, 0] }, offers, random, `${name}-${i + 2}`),
    })),
  }
}

const partySize = ({ companions }: Behaviour): number => 1 + (companions?.adults ?? 0) + (companions?.children ?? 0)

/** Fixture after fixture, so that nobody runs to and fro without reason. */
function planOf(behaviour: Behaviour, offers: readonly Offer[], random: Random, name: string): Act[] {
  if (offers.length === 0) return []
  const count = integerBetween(random, ...behaviour.takes)
  const chosen = chooseOffers(behaviour, offers, count, random)
  const returned = chooseReturned(behaviour.putBacks, chosen.length, random)
  const later: Act[] = []
  const acts: Act[] = []
  for (const [i, offer] of chosen.entries()) {
    const item = `${name}-item-${i + 1}`
    const lookMs = uniform(random, ...behaviour.lookMs)
    const goesBack = returned.has(i)
    const habitual = behaviour.habits && !goesBack && habitOf(behaviour.habits, { offer, item, lookMs, offers, random })
    if (habitual) acts.push(...habitual)
    else {
      acts.push({ act: 'take', plate: offer.plate, item, substitute: true }, { act: 'look', durationMs: lookMs })
      // Half of those who change their mind do so on the spot, the others later.
      if (goesBack && random.next() < 0.5) acts.push({ act: 'put-back', item })
      else acts.push({ act: 'stow' })
      if (goesBack && acts.at(-1)?.act === 'stow') later.push({ act: 'put-back', item })
    }
    acts.push({ act: 'wait', durationMs: uniform(random, ...behaviour.pauseMs) })
    if (later.length > 0 && random.next() < 0.4) acts.push(...later.splice(0))
  }
  return [...acts, ...later]
}

function chooseOffers(behaviour: Behaviour, offers: readonly Offer[], count: number, random: Random): Offer[] {
  const chosen: Offer[] = []
  while (chosen.length < count) {
    const last = chosen.at(-1)
    chosen.push(last && random.next() < behaviour.again ? last : pick(random, offers))
  }
  const order = new Map<string, number>()
  for (const { fixture } of chosen) if (!order.has(fixture)) order.set(fixture, order.size)
  const rank = ({ fixture }: Offer) => order.get(fixture) ?? 0
  return chosen.sort((a, b) => rank(a) - rank(b))
}

function chooseReturned(count: number, of: number, random: Random): Set<number> {
  const indices = Array.from({ length: of }, (_, i) => i)
  const chosen = new Set<number>()
  while (chosen.size < Math.min(count, of)) chosen.add(pick(random, indices))
  return chosen
}
