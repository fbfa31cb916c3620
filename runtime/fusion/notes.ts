/** Evidence in words that a shop's owner understands. */
import type { EvidenceNote } from '../contract/messages.ts'
import type { Parts } from './explanations.ts'
import type { Step } from './hypotheses.ts'
import type { Shelves } from './shelves.ts'

/** A weight that fits better than this (per gram) speaks for a line; the same scale for all products. */
const neutralDensity = 1 / 1000

export function evidenceNotes(steps: readonly Step[], shelves: Shelves): EvidenceNote[] {
  return steps.filter(({ act }) => act !== 'nothing').flatMap((step) => notesOf(step, shelves))
}

function notesOf(step: Step, shelves: Shelves): EvidenceNote[] {
  const { parts, subject } = step
  const { eventId } = subject
  if (subject.evidence.event.kind === 'looked') {
    return [
      note('sighting', eventId, parts.sighting, 'A camera saw it in the hand, but no plate told that it was taken.'),
    ]
  }
  if (step.act === 'take' && subject.deltaG > 0) {
    return [note('weight', eventId, parts.weight, laidText(step)), note('hand', eventId, parts.hand, handText(step))]
  }
  const notes: EvidenceNote[] = [
    note('weight', eventId, parts.weight - Math.log(neutralDensity), weightText(step, shelves)),
    note('hand', eventId, parts.hand, handText(step)),
  ]
  if (parts.sighting !== 0) {
    const text =
      parts.sighting > 0 ? 'A camera saw it in the hand.' : 'A camera took what was in the hand for something else.'
    notes.push(note('sighting', eventId, parts.sighting, text))
  }
  notes.push(placeNote(step, parts))
  return [...notes, ...habitNotes(step), ...gapNotes([step])]
}

function habitNotes({ act, moves, subject }: Step): EvidenceNote[] {
  const [move, second] = moves
  const shift =
    act === 'take' && move?.personId && !second ? subject.habits.get(move.personId)?.get(move.sku) : undefined
  if (shift === undefined) return []
  const text = shift > 0 ? 'This account bought it before.' : 'This account usually buys something else.'
  return [note('prior', subject.eventId, shift, text)]
}

/** Of those events that no sensor watched. */
export function gapNotes(steps: readonly Pick<Step, 'subject'>[]): EvidenceNote[] {
  return steps
    .filter(({ subject }) => subject.evidence.event.kind === 'gap')
    .map(({ subject }) => note('gap', subject.eventId, 0, 'The sensors were not watching when this weight changed.'))
}

function laidText({ subject }: Step): string {
  const gainedG = subject.deltaG.toFixed(1)
  return `The shelf gained ${gainedG} g that are no goods of the store and stay there: maybe laid in place of what was taken.`
}

function weightText({ act, moves, subject, weighedBefore, completes }: Step, shelves: Shelves): string {
  const changeG = Math.abs(subject.deltaG).toFixed(1)
  const change = `The shelf ${subject.deltaG < 0 ? 'lost' : 'gained'} ${changeG} g`
  if (act === 'exchange') return `${change}: one thing was put down and another taken.`
  const goods = moves.map(({ sku, quantity }) => {
    const pieceG = shelves.pieceG(sku)
    const name = shelves.name(sku)
    if (pieceG === null) return `nobody weighed ${name} before`
    const weight = `${pieceG} g${shelves.isLearned(sku) ? ' (learned)' : ''}`
    return Math.abs(quantity) === 1 ? `one ${name} weighs ${weight}` : `${Math.abs(quantity)} × ${name} of ${weight}`
  })
  const pause = completes ? ' in more than one go' : ''
  const before = weighedBefore ? ', as much as when it was moved before' : ''
  return `${change}${pause}${before}; ${goods.join(' and ')}.`
}

function handText({ acted, subject }: Step): string {
  const actors = subject.cues.actors.filter(({ personId }) => acted.some((one) => one.personId === personId))
  if (actors.some(({ personId }) => personId === null)) return 'Nobody whom the cameras saw was close enough.'
  if (actors.some(({ isSeen }) => !isSeen)) return 'Nobody saw where this person was then.'
  const distancesM = actors.flatMap(({ handM }) => handM ?? [])
  const handM = Math.max(...distancesM)
  if (distancesM.length === 0) return 'No hand was seen, but the person stood within reach.'
  if (handM < 0.005) return 'The hand was among the goods.'
  return `The nearest hand was ${Math.round(handM * 100)} cm away.`
}

function placeNote({ act, moves, subject, weighedBefore }: Step, parts: Parts): EvidenceNote {
  const { eventId } = subject
  const atHome = moves.every(({ sku }) => subject.isHome(sku))
  if (act === 'put') {
    const text = atHome ? 'It was put back where it belongs.' : 'It was put down away from its own place.'
    return note('basket', eventId, parts.planogram + parts.prior, text)
  }
  if (weighedBefore) return note('planogram', eventId, parts.planogram, 'It had been put down there before.')
  const text = atHome ? 'The product belongs to this place.' : 'The planogram has it elsewhere.'
  return note('planogram', eventId, parts.planogram, text)
}

function note(kind: EvidenceNote['kind'], eventId: string, logOdds: number, text: string): EvidenceNote {
  return { kind, text, logOdds: Math.round(logOdds * 100) / 100, eventId }
}
