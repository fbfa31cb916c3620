/** A basket's lines from the joint posteriors of everything that happened. */
import { createHash } from 'node:crypto'
import { likelierThanNot } from '../contract/likely-line.ts'
import type { AttributedLine, EvidenceNote } from '../contract/messages.ts'
import type { Unit } from './candidate.ts'
import type { Hypothesis, Posterior, Step } from './hypotheses.ts'
import { evidenceNotes, gapNotes } from './notes.ts'
import { type Shelves, sumOf } from './shelves.ts'

/** Whose basket it is: a visit's persons, or somebody who is not bound to a visit yet. */
export interface Owner {
  id: string
  personIds: ReadonlySet<string>
}

/** Less likely lines are not shown at all. */
const leastProbability = 0.05
/** Hypotheses and alternatives below this add no event and no words. */
const worthSaying = 0.03
const mostAlternatives = 3
const mostNotes = 30
/** An event that added the same number of pieces in all but this share of what happened is settled. */
const unsettledFrom = 0.05

/** What one posterior says of one product in one basket. */
interface Share {
  quantities: Distribution
  /** Nobody saw the owner then: they are held for the one who acted because they may have been there. */
  isUnseen: boolean
  eventIds: string[]
  /** Those of them of which it is not settled how many pieces they added. */
  unsettled: string[]
  notes: EvidenceNote[]
  alternatives: ReadonlyMap<string, number>
}

export function linesOf(owner: Owner, posteriors: readonly Posterior[], shelves: Shelves): AttributedLine[] {
  const bearing = new Map<string, Share[]>()
  for (const posterior of posteriors) {
    for (const [sku, share] of sharesOf(owner, posterior, shelves)) {
      const ofSku = bearing.get(sku)
      if (ofSku) ofSku.push(share)
      else bearing.set(sku, [share])
    }
  }
  return [...bearing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([sku, shares]) => linesOfProduct(owner, sku, shares))
}

/** How many there are, and how many more there may be: pieces that are less sure do not make the surer ones so. */
function linesOfProduct(owner: Owner, sku: string, shares: readonly Share[]): AttributedLine[] {
  const quantities = quantitiesOf(totalOf(shares))
  const shown = shownQuantity(quantities)
  if (!shown) return []
  const eventIds = [...new Set(shares.flatMap(({ eventIds }) => eventIds))].slice(-100)
  const line: AttributedLine = {
    lineId: lineId(`${owner.id}:${sku}`),
    sku,
    quantity: shown.quantity,
    probability: round(shown.probability),
    eventIds,
    alternatives: likeliestAlternatives(shares),
    notes: mostImportant(shares.flatMap(({ notes }) => notes)),
  }
  const more = shownQuantity(quantities.filter(({ quantity }) => quantity > shown.quantity))
  if (!more) return [line]
  const unsettled = shares.flatMap((share) => share.unsettled).slice(-100)
  return [
    line,
    {
      ...line,
      lineId: lineId(`${owner.id}:${sku}:more`),
      quantity: more.quantity - shown.quantity,
      probability: round(more.probability),
      eventIds: unsettled.length > 0 ? unsettled : eventIds,
    },
  ]
}

/** What rules go by is never cut off. */
function mostImportant(notes: readonly EvidenceNote[]): EvidenceNote[] {
  const isGap = ({ kind }: EvidenceNote) => kind === 'gap'
  return notes.length <= mostNotes
    ? [...notes]
    : [...notes.filter(isGap), ...notes.filter((one) => !isGap(one))].slice(0, mostNotes)
}

/** A posterior never changes: what it says is worked out once for each basket, not at each event anew. */
const known = new WeakMap<Posterior, Map<string, ReadonlyMap<string, Share>>>()

function sharesOf(owner: Owner, posterior: Posterior, shelves: Shelves): ReadonlyMap<string, Share> {
  const ofPosterior = known.get(posterior) ?? new Map<string, ReadonlyMap<string, Share>>()
  known.set(posterior, ofPosterior)
  const key = JSON.stringify([owner.id, ...owner.personIds])
  const shares =
    ofPosterior.get(key) ??
    new Map([...skusHeld(owner, posterior)].map((sku) => [sku, shareOf(owner, sku, posterior, shelves)]))
  ofPosterior.set(key, shares)
  return shares
}

function shareOf(owner: Owner, sku: string, posterior: Posterior, shelves: Shelves): Share {
  const pieces = piecesOfEvents(owner, sku, posterior)
  const eventIds = [...pieces].filter(([, added]) => sumOf(added.values()) >= worthSaying).map(([eventId]) => eventId)
  return {
    quantities: distribution(owner, sku, posterior),
    isUnseen: isUnseen(owner, movedSteps(owner, sku, posterior)),
    eventIds,
    unsettled: eventIds.filter((eventId) => !isSettled(pieces.get(eventId) as Distribution)),
    notes: notesOf(owner, sku, posterior, eventIds, shelves),
    alternatives: alternatives(owner, sku, posterior, new Set(eventIds), shelves),
  }
}

/** By the likeliest way in which they came to it; that sensors were away is said of every event that the line rests on. */
function notesOf(
  owner: Owner,
  sku: string,
  posterior: Posterior,
  eventIds: readonly string[],
  shelves: Shelves,
): EvidenceNote[] {
  if (eventIds.length === 0) return []
  const steps = likeliest(owner, sku, posterior)?.steps ?? []
  const moved = movedSteps(owner, sku, posterior)
  const unsaid = steps.filter((step) => eventIds.includes(step.subject.eventId) && !moved.includes(step))
  return [...evidenceNotes(moved, shelves), ...gapNotes(unsaid)]
}

const likeliest = (owner: Owner, sku: string, posterior: Posterior): Hypothesis | undefined =>
  posterior.find((hypothesis) => held(owner, sku, hypothesis).length > 0)

/** Of the likeliest way in which they came to it, what brought it about. */
function movedSteps(owner: Owner, sku: string, posterior: Posterior): Step[] {
  const best = likeliest(owner, sku, posterior)
  const moved = new Set(best && held(owner, sku, best).flatMap(({ eventIds }) => eventIds))
  return best?.steps.filter(({ subject }) => moved.has(subject.eventId)) ?? []
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

function isUnseen({ personIds }: Owner, steps: readonly Step[]): boolean {
  return steps.some(({ subject }) =>
    subject.cues.actors.some(({ personId, isSeen }) => personId !== null && personIds.has(personId) && !isSeen),
  )
}

/**
 * Groups of events that do not hang together are independent, and their quantities add up. But whoever was not there
 * unseen for one of them was not for the next: two such guesses are no surer than one.
 */
function totalOf(shares: readonly Share[]): Distribution {
  const of = (isUnseen: boolean) =>
    shares.filter((share) => share.isUnseen === isUnseen).map(({ quantities }) => quantities)
  const unseen = of(true)
  return totalDistribution([...of(false), ...(unseen.length > 1 ? [allOrNone(unseen)] : unseen)])
}

/** Of what is right all at once or wrong all at once. */
function allOrNone(distributions: readonly Distribution[]): Distribution {
  const cumulated = distributions.map((one) => {
    let below = 0
    return [...one]
      .sort(([a], [b]) => a - b)
      .map(([quantity, share]) => {
        below += share
        return { quantity, below }
      })
  })
  const total: Distribution = new Map()
  let from = 0
  for (const until of cumulated.flatMap((one) => one.map(({ below }) => below)).sort((a, b) => a - b)) {
    if (until <= from) continue
    const middle = (from + until) / 2
    const quantity = sumOf(
      cumulated.map((one) => (one.find(({ below }) => below >= middle) ?? one.at(-1))?.quantity ?? 0),
    )
    total.set(quantity, (total.get(quantity) ?? 0) + until - from)
    from = until
  }
  return total
}

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

interface Quantity {
  quantity: number
  /** That there are at least so many. */
  probability: number
}

/** Every quantity that there may be, the smallest first. */
function quantitiesOf(total: Distribution): Quantity[] {
  return [...total.keys()]
    .filter((quantity) => quantity > 0)
    .sort((a, b) => a - b)
    .map((quantity) => ({
      quantity,
      probability: [...total].reduce((sum, [other, share]) => (other >= quantity ? sum + share : sum), 0),
    }))
}

/** The largest that is likelier than not; where none is, the largest that is as soon as there is any. */
function shownQuantity(atLeast: readonly Quantity[]): Quantity | undefined {
  const any = atLeast[0]?.probability ?? 0
  if (any < leastProbability) return undefined
  const enough = any >= likelierThanNot ? likelierThanNot : likelierThanNot * any
  return atLeast.findLast(({ probability }) => probability >= enough)
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

/** For each event, how many pieces of what is held it added, by probability. */
function piecesOfEvents(owner: Owner, sku: string, posterior: Posterior): Map<string, Distribution> {
  const events = new Map<string, Distribution>()
  for (const hypothesis of posterior) {
    const pieces = new Map<string, number>()
    for (const { eventIds } of held(owner, sku, hypothesis)) {
      for (const eventId of eventIds) pieces.set(eventId, (pieces.get(eventId) ?? 0) + 1)
    }
    for (const [eventId, count] of pieces) {
      const added = events.get(eventId) ?? new Map<number, number>()
      events.set(eventId, added.set(count, (added.get(count) ?? 0) + Math.exp(hypothesis.logWeight)))
    }
  }
  return events
}

const isSettled = (added: Distribution) => Math.max(...added.values()) >= 1 - unsettledFrom

/** What else the events of this line may have been, each as a text. */
function alternatives(
  owner: Owner,
  sku: string,
  posterior: Posterior,
  eventIds: ReadonlySet<string>,
  shelves: Shelves,
): Map<string, number> {
  const texts = new Map<string, number>()
  for (const hypothesis of posterior) {
    if (held(owner, sku, hypothesis).length > 0) continue
    const steps = hypothesis.steps.filter(({ subject }) => eventIds.has(subject.eventId))
    const text = steps.map((step) => stepText(step, owner, shelves)).join('; then ')
    if (text) texts.set(text, (texts.get(text) ?? 0) + Math.exp(hypothesis.logWeight))
  }
  return texts
}

function likeliestAlternatives(shares: readonly Share[]): AttributedLine['alternatives'] {
  const texts = new Map<string, number>()
  for (const { alternatives } of shares) {
    for (const [text, probability] of alternatives) texts.set(text, (texts.get(text) ?? 0) + probability)
  }
  return [...texts]
    .filter(([, probability]) => probability >= worthSaying)
    .sort(([a, pa], [b, pb]) => pb - pa || (a < b ? -1 : 1))
    .slice(0, mostAlternatives)
    .map(([text, probability]) => ({ text: text.slice(0, 1000), probability: round(Math.min(1, probability)) }))
}

function stepText({ act, moves, subject }: Step, owner: Owner, shelves: Shelves): string {
  if (subject.evidence.event.kind === 'looked') return 'the camera erred, or it was handed over'
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

/** Stable for one product in one basket, and for what more there may be of it; codes with unusual characters are hashed to fit an identifier. */
function lineId(plain: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(plain)) return plain
  return createHash('sha256').update(plain).digest('hex').slice(0, 32)
}

const round = (probability: number) => Math.round(Math.min(1, probability) * 1e4) / 1e4
