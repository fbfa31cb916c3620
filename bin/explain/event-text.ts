/** What was seen of one weight event, as text for a terminal. */
import { coursePlot } from './course-plot.ts'
import type { EventExplanation } from './explanation.ts'
import { distanceLine, distanceScale, percent } from './plots.ts'

const kinds: Record<EventExplanation['kind'], string> = {
  removed: 'taken from the shelf',
  added: 'put on the shelf',
  gap: 'of change while no sensor was watching',
  withdrawn: 'of change, withdrawn: the weight came back by itself',
  looked: 'of change: no plate told of what a camera saw in a hand',
}

/** @param number how the lines of the basket refer to it */
export function eventText(event: EventExplanation, number: number, timeZone: string): string[] {
  const { kind, deltaG, sigmaG, plates, people, looks } = event
  return [
    `Event ${number}: ${Math.abs(deltaG).toFixed(1)} g (give or take ${sigmaG.toFixed(1)} g) ${kinds[kind]}`,
    ...plates.map(({ place, products, deltaG }) => {
      const goods = products.length > 0 ? ` (${products.join(', ')})` : ''
      return `  ${signed(deltaG)} g at ${place}${goods}`
    }),
    `  ${timeLine(event, timeZone)}`,
    ...coursePlot(event.plot, event.startedAtMs),
    ...peopleText(people),
    ...looksText(looks),
  ]
}

function timeLine({ startedAtMs, settledAtMs, toldAtMs, journalledAtMs }: EventExplanation, timeZone: string): string {
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 1 } as const
  const began = new Intl.DateTimeFormat('en-GB', { ...clock, hour12: false, timeZone }).format(startedAtMs)
  const after = (atMs: number) => `${signed((atMs - startedAtMs) / 1000)} s`
  return [
    `${began} the weight began to move`,
    `${after(settledAtMs)} at rest`,
    `${after(toldAtMs)} told`,
    `${after(journalledAtMs)} in the journal`,
  ].join(' -> ')
}

function peopleText(people: EventExplanation['people']): string[] {
  if (people === null) return ['  Who was near had not been written down.']
  if (people.length === 0) return ['  Nobody was seen near.']
  const named = people.map((one) => ({ ...one, name: `${one.person}${one.own ? ' (this visit)' : ''}` }))
  const width = Math.max(...named.map(({ name }) => name.length))
  return [
    '  How near hand (h) and head (O) came, from the goods at the left, in metres:',
    ...named.map(({ name, handM, headM, seen }) => {
      const hand = handM === null ? 'no hand seen' : `hand ${handM.toFixed(2)}`
      const how = `${hand}, head ${headM.toFixed(2)}, seen ${Math.round(100 * seen)} % of the time`
      return `  ${name.padEnd(width)} ${distanceLine({ handM, headM })}  ${how}`
    }),
    `  ${' '.repeat(width)} ${distanceScale()}`,
  ]
}

/** Less likely products are in the data alone. */
const worthSaying = 0.01

function looksText(looks: EventExplanation['looks']): string[] {
  const ofPerson = Map.groupBy(
    looks.filter(({ probability }) => probability >= worthSaying),
    ({ person }) => person,
  )
  return [...ofPerson].map(([person, taken]) => {
    const where = person === null ? 'at no hand that was seen' : `in the hand of ${person}`
    const goods = taken.map(({ product, probability }) => `${product} (${percent(probability)})`)
    return `  What cameras saw ${where}: ${goods.join(', ')}`
  })
}

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(1)}`
