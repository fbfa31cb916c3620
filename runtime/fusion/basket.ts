/** A basket's lines from the joint posteriors of everything that happened. */
import { createHash } from 'node:crypto'
import type { AttributedLine } from '../contract/messages.ts'
import type { Unit } from './candidate.ts'
import type { Hypothesis, Posterior, Step } from './hypotheses.ts'
import { evidenceNotes } from './notes.ts'
import type { Shelves } from './shelves.ts'

/** Whose basket it is: a visit's persons, or somebody who is not bound to a visit yet. */
export interface Owner {
  id: string
  personIds: ReadonlySet<string>
}

/** A line shows the largest quantity that is likelier than not. */
const likelierThanNot = 0.5
/** Less likely lines are not shown at all. */
const leastProbability = 0.05
/** Hypotheses and alternatives below this add no event and no words. */
const worthSaying = 0.03
const mostAlternatives = 3

export function linesOf(owner: Owner, posteriors: readonly Posterior[], shelves: Shelves): AttributedLine[] {
  const bearing = new Map<string, Posterior[]>()
  for (const posterior of posteriors) {
    for (const sku of skusHeld(owner, posterior)) bearing.set(sku, [...(bearing.get(sku) ?? []), posterior])
  }
  return [...bearing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([sku, ofSku]) => lineOf(owner, sku, ofSku, shelves) ?? [])
}

function lineOf(owner: Owner, sku: string, posteriors: Posterior[], shelves: Shelves): AttributedLine | undefined {
  const shown = shownQuantity(totalDistribution(posteriors.map((posterior) => distribution(owner, sku, posterior))))
  if (!shown) return undefined
  const perPosterior = posteriors.map((posterior) => eventsOf(owner, sku, posterior))
  const eventIds = [...new Set(perPosterior.flat())].slice(-100)
  const notes = posteriors.flatMap((posterior) => {
    const best = posterior.find((hypothesis) => held(owner, sku, hypothesis).length > 0)
    if (!best || Math.exp(best.logWeight) < worthSaying) return []
    const moved = new Set(held(owner, sku, best).flatMap((unit) => unit.eventIds))
    return evidenceNotes(
      best.steps.filter(({ subject }) => moved.has(subject.eventId)),
      shelves,
    )
  })
  return {
    lineId: lineId(owner.id, sku),
    sku,
    quantity: shown.quantity,
    probability: round(shown.probability),
    eventIds,
    alternatives: alternatives(owner, sku, posteriors, shelves),
    notes: notes.slice(0, 30),
  }
}

/** Probability of each total quantity. */
type Distribution = Map<number, number>

function distribution(owner: Owner, sku: string, posterior: Posterior): Distribution {
  const quantities: Distribution = new Map()
  for (const hypothesis of posterior) {
    const quantity = held(owner, sku, hypothesis).reduce((sum, unit) => sum + unit.quantity, 0)
    quantities.set(quantity, (quantities.get(quantity) ?? 0) + Math.exp(hypothesis.logWeight))
  }
  return quantities
}

/** Groups of events that do not hang together are independent: their quantities add up. */
function totalDistribution(distributions: Distribution[]): Distribution {
  let total: Distribution = new Map([[0, 1]])
  for (const one of distributions) {
    const sum: Distribution = new Map()
    for (const [a, pa] of total) {
      for (const [b, pb] of one) if (pa * pb > 1e-9) sum.set(a + b, (sum.get(a + b) ?? 0) + pa * pb)
    }
    total = sum
  }
  return total
}

function shownQuantity(total: Distribution): { quantity: number; probability: number } | undefined {
  const atLeast = [...total.keys()]
    .filter((quantity) => quantity > 0)
    .sort((a, b) => a - b)
    .map((quantity) => ({
      quantity,
      probability: [...total].reduce((sum, [other, share]) => (other >= quantity ? sum + share : sum), 0),
    }))
  const shown = atLeast.findLast(({ probability }) => probability >= likelierThanNot) ?? atLeast[0]
  return shown && shown.probability >= leastProbability ? shown : undefined
}

function held({ personIds }: Owner, sku: string, { units }: Hypothesis): Unit[] {
  return units.filter(
    (unit) => unit.sku === sku && unit.plates === null && unit.takenBy !== null && personIds.has(unit.takenBy),
  )
}

function skusHeld({ personIds }: Owner, posterior: Posterior): Set<string> {
  const skus = new Set<string>()
  for (const { units } of posterior) {
    for (const { sku, plates, takenBy } of units) {
      if (plates === null && takenBy !== null && personIds.has(takenBy)) skus.add(sku)
    }
  }
  return skus
}

function eventsOf(owner: Owner, sku: string, posterior: Posterior): string[] {
  const weights = new Map<string, number>()
  for (const hypothesis of posterior) {
    for (const eventId of new Set(held(owner, sku, hypothesis).flatMap((unit) => unit.eventIds))) {
      weights.set(eventId, (weights.get(eventId) ?? 0) + Math.exp(hypothesis.logWeight))
    }
  }
  return [...weights].filter(([, weight]) => weight >= worthSaying).map(([eventId]) => eventId)
}

/** What else the events of this line may have been, likeliest first. */
function alternatives(
  owner: Owner,
  sku: string,
  posteriors: Posterior[],
  shelves: Shelves,
): AttributedLine['alternatives'] {
  const texts = new Map<string, number>()
  for (const posterior of posteriors) {
    const eventIds = new Set(eventsOf(owner, sku, posterior))
    for (const hypothesis of posterior) {
      if (held(owner, sku, hypothesis).length > 0) continue
      const steps = hypothesis.steps.filter(({ subject }) => eventIds.has(subject.eventId))
      const text = steps.map((step) => stepText(step, owner, shelves)).join('; then ')
      if (text) texts.set(text, (texts.get(text) ?? 0) + Math.exp(hypothesis.logWeight))
    }
  }
  return [...texts]
    .filter(([, probability]) => probability >= worthSaying)
    .sort(([a, pa], [b, pb]) => pb - pa || (a < b ? -1 : 1))
    .slice(0, mostAlternatives)
    .map(([text, probability]) => ({ text: text.slice(0, 1000), probability: round(Math.min(1, probability)) }))
}

function stepText({ act, moves }: Step, owner: Owner, shelves: Shelves): string {
  if (act === 'nothing') return 'nothing of the store was moved'
  return moves
    .map(({ personId, sku, quantity }) => {
      const who =
        personId === null ? 'somebody unseen' : owner.personIds.has(personId) ? 'this shopper' : 'another shopper'
      const what = Math.abs(quantity) === 1 ? shelves.name(sku) : `${Math.abs(quantity)} × ${shelves.name(sku)}`
      return `${who} ${quantity > 0 ? 'took' : 'put back'} ${what}`
    })
    .join(' and ')
}

/** Stable for one product in one basket; codes with unusual characters are hashed to fit an identifier. */
function lineId(ownerId: string, sku: string): string {
  const plain = `${ownerId}:${sku}`
  if (/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(plain)) return plain
  return createHash('sha256').update(plain).digest('hex').slice(0, 32)
}

const round = (probability: number) => Math.round(Math.min(1, probability) * 1e4) / 1e4
