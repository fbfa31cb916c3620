/** The floor plan in words: the same facts as tables, for whoever reads by ear or keyboard. */
import { gateText } from './floor-plan-drawing.ts'
import type { FloorPlanLayout, GateView, PersonView, PlateView } from './live-view.ts'
import { shortVisitName } from './shopper-color.ts'
import { html } from './svg.ts'
import type { Texts } from './texts.ts'

export interface FloorPlanFacts {
  layout: FloorPlanLayout
  plates: readonly PlateView[]
  gates: readonly GateView[]
  people: readonly PersonView[]
}

export function floorPlanTables(
  { layout, plates, gates, people }: FloorPlanFacts,
  texts: Texts['plan'],
): HTMLElement[] {
  const readingOf = new Map(plates.map((reading) => [reading.plate, reading]))
  const plateRows = layout.plates.map(({ id, products }) => {
    const { weightG = null, health = 'unknown' } = readingOf.get(id) ?? {}
    const weight = weightG === null ? texts.unknownWeight : `${Math.round(weightG)} g`
    return [id, products.join(', '), weight, texts.health[health] ?? health]
  })
  const personRows = people.map(({ trackId, visitId, headM }) => {
    const name = visitId === null ? trackId : shortVisitName(visitId)
    return [name, `${headM[0].toFixed(1)} m, ${headM[1].toFixed(1)} m`]
  })
  return [
    table(
      texts.gates,
      [texts.gates, texts.state],
      gates.map((gate) => [gate.gate, gateText(gate, texts)]),
    ),
    table(texts.people, [texts.people, texts.handAt], personRows.length > 0 ? personRows : [[texts.nobody, '']]),
    table(texts.shelves, [texts.plate, texts.products, texts.weight, texts.state], plateRows),
  ]
}

function table(caption: string, heads: string[], rows: string[][]): HTMLElement {
  const row = (cells: string[]) => html('tr', {}, ...cells.map((cell) => html('td', {}, cell)))
  return html(
    'table',
    {},
    html('caption', {}, caption),
    html('thead', {}, html('tr', {}, ...heads.map((head) => html('th', { scope: 'col' }, head)))),
    html('tbody', {}, ...rows.map(row)),
  )
}
