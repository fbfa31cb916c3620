/** The floor plan in words: the same facts as tables, for whoever reads by ear or keyboard. */
import { gateText, peopleIn } from './floor-plan-drawing.ts'
import { healthStates } from './floor-plan-health.ts'
import type { FloorPlanLayout, GateView, HealthView, PersonView, PlateView } from './live-view.ts'
import { shortVisitName } from './shopper-color.ts'
import { html } from './svg.ts'
import type { Texts } from './texts.ts'

export interface FloorPlanFacts {
  plates: ReadonlyMap<string, PlateView>
  gates: readonly GateView[]
  people: readonly PersonView[]
}

/** So many plates are read at a glance; of more, one opens the fixtures that matter. */
const manyPlates = 60

interface FixturePart {
  plates: FloorPlanLayout['plates']
  details: HTMLDetailsElement
  summary: HTMLElement
  table: HTMLElement
}

export class FloorPlanList {
  readonly element = html('div', { class: 'tables' })
  readonly #texts: Texts['plan']
  readonly #gates = html('div')
  readonly #people = html('div')
  readonly #zones = html('div')
  readonly #zoneNames: FloorPlanLayout['zones']
  readonly #fixtures: FixturePart[]

  constructor({ plates, fixtures, zones }: FloorPlanLayout, texts: Texts['plan']) {
    this.#texts = texts
    this.#zoneNames = zones
    const platesOf = Map.groupBy(plates, ({ fixture }) => fixture)
    this.#fixtures = fixtures
      .filter(({ id }) => platesOf.has(id))
      .map(({ id }) => {
        const [summary, table] = [html('summary'), html('div')]
        const details = html('details', {}, summary, table) as HTMLDetailsElement
        details.open = plates.length <= manyPlates
        details.dataset.fixture = id
        return { plates: platesOf.get(id) ?? [], details, summary, table }
      })
    this.element.append(this.#gates, this.#people, this.#zones, ...this.#fixtures.map(({ details }) => details))
  }

  show({ plates, gates, people }: FloorPlanFacts): void {
    const texts = this.#texts
    const gateRows = gates.map((gate) => [gate.gate, gateText(gate, texts)])
    this.#gates.replaceChildren(table(texts.gates, [texts.gates, texts.state], gateRows))
    const personRows = people.map(({ trackId, visitId, headM }) => {
      const name = visitId === null ? trackId : shortVisitName(visitId)
      return [name, `${headM[0].toFixed(1)} m, ${headM[1].toFixed(1)} m`]
    })
    const shownPeople = personRows.length > 0 ? personRows : [[texts.nobody, '']]
    this.#people.replaceChildren(table(texts.people, [texts.people, texts.handAt], shownPeople))
    const zoneRows = this.#zoneNames.map(({ id, name }) => [name, String(peopleIn(id, people))])
    if (zoneRows.length > 0) this.#zones.replaceChildren(table(texts.zones, [texts.zones, texts.people], zoneRows))
    for (const part of this.#fixtures) this.#showFixture(part, plates)
  }

  #showFixture({ plates, details, summary, table: place }: FixturePart, readings: FloorPlanFacts['plates']): void {
    const texts = this.#texts
    const healthOf = (id: string): HealthView => readings.get(id)?.health ?? 'unknown'
    const countOf = Map.groupBy(plates, ({ id }) => healthOf(id))
    const counts = healthStates.flatMap((health) => {
      const count = countOf.get(health)?.length
      return count ? [`${count} ${texts.health[health]}`] : []
    })
    summary.textContent = `${details.dataset.fixture} · ${counts.join(', ')}`
    if (!details.open) return
    const rows = plates.map(({ id, products }) => {
      const weightG = readings.get(id)?.weightG ?? null
      const weight = weightG === null ? texts.unknownWeight : `${Math.round(weightG)} g`
      return [id, products.join(', '), weight, texts.health[healthOf(id)] ?? '']
    })
    const heads = [texts.plate, texts.products, texts.weight, texts.state]
    place.replaceChildren(table(`${texts.shelves}: ${details.dataset.fixture}`, heads, rows))
  }
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
