/** An explanation as text for a terminal, in the words of the store page's "Why?" where it has them. */
import { type Formats, formatsOf } from '../../runtime/console/pages/formats.ts'
import { textsOf } from '../../runtime/console/pages/texts.ts'
import { eventText } from './event-text.ts'
import type { LineExplanation, NoteExplanation, VisitExplanation } from './explanation.ts'
import { percent, probabilityBar } from './plots.ts'

const texts = textsOf('en')
const outcomes = { charge: texts.charge, review: texts.review, 'let-go': texts.letGo }
const debtsSettled = { forgiven: 'forgiven', 'paid-elsewhere': 'paid otherwise', collected: 'collected later' }

/** @returns the lines to print, without line ends */
export function explanationText(visit: VisitExplanation, store: { currency: string; timeZone: string }): string[] {
  const formats = formatsOf('en', texts, store)
  const numberOf = new Map(visit.events.map(({ eventId }, i) => [eventId, i + 1]))
  return [
    ...visitText(visit, formats, store.timeZone),
    ...visit.lines.flatMap((line) => ['', ...lineText(line, formats, numberOf)]),
    ...visit.events.flatMap((event, i) => ['', ...eventText(event, i + 1, store.timeZone)]),
    ...notFoundText(visit.eventsNotFound),
  ]
}

function visitText(visit: VisitExplanation, formats: Formats, timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone })
  const time = (atMs: number | null, otherwise: string) => (atMs === null ? otherwise : format.format(atMs))
  const { state, party, ownPeople, paidMinor, debtSettled } = visit
  const ended = [
    texts.visitStates[state] ?? state,
    ...(paidMinor === null ? [] : [formats.money(paidMinor)]),
    ...(debtSettled === null ? [] : [debtsSettled[debtSettled]]),
  ]
  return [
    `Visit ${visit.visitId}: ${ended.join(', ')}`,
    `${texts.roles[visit.role]}${party > 1 ? `, ${texts.party(party)}` : ''}`,
    `Admitted ${time(visit.openedAtMs, '')}; came in: ${time(visit.enteredAtMs, 'not seen')}; left: ${time(visit.exitedAtMs, 'not yet')}`,
    ...(ownPeople.length > 0 ? [`Below, ${ownPeople.join(' and ')} is this visit; other letters are others.`] : []),
    ...(visit.lines.length === 0 && visit.exitedAtMs === null ? [`${texts.basketEmpty}.`] : []),
    ...(visit.basketFinal ? [] : ['The basket is not final: later evidence may still change it.']),
  ]
}

function lineText(line: LineExplanation, formats: Formats, numberOf: ReadonlyMap<string, number>): string[] {
  const { product, amountMinor, probability, decision, refund, dispute, evidence, alternatives } = line
  const sure = `${formats.certainty(probability)} (${percent(probability)})`
  return [
    `${formats.quantity(line)} × ${product}, ${formats.money(amountMinor)}: ${sure}`,
    ...(decision ? [`  Line rules: ${outcomes[decision.outcome]}, by the rule "${decision.rule}".`] : []),
    ...(decision?.ruleWords ? [`    ${decision.ruleWords}`] : []),
    ...(dispute ? [`  Disputed by the shopper: ${dispute}.`] : []),
    ...(refund ? [`  Given back: ${formats.money(refund.amountMinor)}, ${refund.state}.`] : []),
    ...(evidence.length > 0 ? [evidenceHead] : []),
    ...evidence.flatMap((note) => noteText(note, numberOf)),
    ...(alternatives.length > 0 ? [`  ${texts.orElse}:`] : []),
    ...alternatives.map((other) => `    ${percent(other.probability)}: ${other.text}`),
  ]
}

const evidenceHead = `  What ${texts.speaksFor} (+) or ${texts.speaksAgainst} (-), and what each alone would make of even odds:`

/** What moves nothing that one could see speaks neither way. */
const evenBar = probabilityBar(0.5)

function noteText(
  { kind, text, logOdds, fromEvenOdds, eventId }: NoteExplanation,
  numberOf: ReadonlyMap<string, number>,
) {
  const number = eventId === null ? undefined : numberOf.get(eventId)
  const from = number === undefined ? kind : `${kind}, event ${number}`
  const bar = probabilityBar(fromEvenOdds)
  const sign = bar === evenBar ? ' ' : logOdds < 0 ? '-' : '+'
  return [`    ${sign} ${bar} ${percent(fromEvenOdds).padStart(8)}  ${from}: ${text}`]
}

function notFoundText(eventIds: readonly string[]): string[] {
  if (eventIds.length === 0) return []
  return ['', `The journal of this visit's time has nothing of: ${eventIds.join(', ')}.`]
}
