/** What stands still on the floor plan, and how it shows its state. */
import {
  centreM,
  type DrawingPoint,
  doorEdgeM,
  type Fixture,
  type FloorFrame,
  fixtureOutlineM,
  plateOutlineM,
  rounded,
} from './floor-plan-geometry.ts'
import { healthSign } from './floor-plan-health.ts'
import type { FloorPlanLayout, GateView, PersonView, PlateView, PointM } from './live-view.ts'
import { svg } from './svg.ts'
import type { Texts } from './texts.ts'

export interface DrawnPlate {
  root: SVGGElement
  glyph: SVGPathElement
  /** Its weight, written on it for whoever looks closely. */
  reading: SVGTextElement
  title: SVGTitleElement
  centre: DrawingPoint
  products: string[]
  shown: PlateView | null
}

export interface DrawnZone {
  root: SVGGElement
  text: SVGTextElement
  name: string
}

export interface DrawnGate {
  root: SVGGElement
  title: SVGTitleElement
}

/** What can be pointed at carries the name that the profile gives it. */
const named = (name: string, look: string) => ({ class: look, 'data-thing': name })

const labelDistance = 18

export function drawFloor(
  frame: FloorFrame,
  { wallsM }: FloorPlanLayout,
  zones: Iterable<DrawnZone> = [],
): SVGElement[] {
  return [
    svg('rect', { class: 'floor', width: frame.width, height: frame.height, rx: 6 }),
    ...[...zones].map(({ root }) => root),
    ...wallsM.map((wall) => svg('polyline', { class: 'wall', points: frame.points(wall) })),
  ]
}

export function drawZones(frame: FloorFrame, { zones }: FloorPlanLayout): Map<string, DrawnZone> {
  return new Map(
    zones.map(({ id, name, polygonM }) => {
      const [x, y] = frame.point(centreM(polygonM))
      const text = label(x, y, name)
      const root = svg('g', { class: 'zone' }, svg('polygon', { points: frame.points(polygonM) }), text)
      return [id, { root, text, name }]
    }),
  )
}

/** How many people are in it; an empty one shows its name alone. */
export function showZone({ root, text, name }: DrawnZone, people: number): void {
  const shown = people === 0 ? name : `${name} · ${people}`
  if (text.textContent !== shown) text.textContent = shown
  root.classList.toggle('busy', people > 0)
}

export const peopleIn = (zone: string, people: readonly PersonView[]): number =>
  people.filter(({ zones }) => zones?.includes(zone)).length

/** So many cameras can be drawn large, with how far they look, without covering the floor. */
const fewCameras = 8

export function drawCameras(frame: FloorFrame, { cameras }: FloorPlanLayout): Map<string, SVGGElement> {
  const few = cameras.length <= fewCameras
  return new Map(
    cameras.map(({ id, positionM, lookAtM }) => {
      const [[x, y], [toX, toY]] = [frame.point(positionM), frame.point(lookAtM)]
      const turn = rounded((Math.atan2(toY - y, toX - x) * 180) / Math.PI)
      const root = svg(
        'g',
        {
          ...named(id, few ? 'camera' : 'camera small'),
          transform: `translate(${rounded(x)} ${rounded(y)}) rotate(${turn})`,
        },
        svg('path', {
          class: 'view',
          d: 'M0,0 L120,-52 A 131 131 0 0 1 120,52 Z',
          transform: `scale(${few ? 1 : 0.35})`,
        }),
        svg('path', { class: 'body', d: 'M-9,-6 h12 v12 h-12 Z M3,-2.5 l6,-3.5 v12 l-6,-3.5 Z' }),
        svg('title', {}, id),
      )
      return [id, root]
    }),
  )
}

export function drawFixtures(frame: FloorFrame, layout: FloorPlanLayout): [SVGElement[], Map<string, DrawnPlate>] {
  const drawn = new Map<string, DrawnPlate>()
  const roots = layout.fixtures.map((fixture) => {
    const plates = layout.plates.filter((plate) => plate.fixture === fixture.id)
    const shelves = Math.max(1, ...plates.map(({ shelf }) => shelf))
    const groups = plates.map((plate) => {
      const one = drawPlate(frame, plate, fixture, shelves)
      drawn.set(plate.id, one)
      return one.root
    })
    const outline = svg('polygon', { class: 'fixture', points: frame.points(fixtureOutlineM(fixture)) })
    return svg('g', {}, outline, ...groups)
  })
  return [roots, drawn]
}

function drawPlate(
  frame: FloorFrame,
  plate: FloorPlanLayout['plates'][number],
  fixture: Fixture,
  shelves: number,
): DrawnPlate {
  const outline = plateOutlineM(plate, fixture, shelves)
  const centre = frame.point(centreM(outline)).map(rounded) as DrawingPoint
  const place = `translate(${centre.join(' ')})`
  const glyph = svg('path', { class: 'glyph', transform: place, d: '' })
  const reading = svg('text', {
    class: 'reading',
    'text-anchor': 'middle',
    dy: '0.35em',
    ...readingPlace(frame, outline),
  })
  const title = svg('title', {}, plate.id)
  const polygon = svg('polygon', { points: frame.points(outline) })
  const root = svg('g', named(plate.id, 'plate unknown'), polygon, glyph, reading, title)
  return { root, glyph, reading, title, centre, products: plate.products, shown: null }
}

/** As large as fits: along the plate, also where that stands upright in the drawing. */
function readingPlace(frame: FloorFrame, outlineM: PointM[]): Record<string, string | number> {
  const points = outlineM.map((pointM) => frame.point(pointM))
  const extent = (axis: 0 | 1) => {
    const values = points.map((point) => point[axis])
    return Math.max(...values) - Math.min(...values)
  }
  const [width, height] = [extent(0), extent(1)]
  const [x, y] = frame.point(centreM(outlineM)).map(rounded)
  const size = rounded(Math.min(Math.max(width, height) / 5, Math.min(width, height) * 0.6))
  return { transform: `translate(${x} ${y})${height > width ? ' rotate(-90)' : ''}`, 'font-size': size }
}

/** Touches only what has changed: there may be hundreds, every second. */
export function showPlate(drawn: DrawnPlate, plate: PlateView): void {
  const { health, weightG } = plate
  const before = drawn.shown?.health ?? 'unknown'
  if (before !== health) {
    drawn.root.classList.replace(before, health)
    drawn.glyph.setAttribute('d', healthSign(health))
  }
  if (drawn.shown?.weightG !== weightG) drawn.reading.textContent = weightG === null ? '' : `${Math.round(weightG)} g`
  drawn.shown = plate
}

export function plateTitle(id: string, { products, shown }: DrawnPlate, texts: Texts['plan']): string {
  const { weightG = null, health = 'unknown' } = shown ?? {}
  const weight = weightG === null ? texts.unknownWeight : `${Math.round(weightG)} g`
  return [id, products.join(', '), weight, texts.health[health] ?? health].filter(Boolean).join(' · ')
}

export function drawGates(frame: FloorFrame, layout: FloorPlanLayout): Map<string, DrawnGate> {
  return new Map(
    layout.gates.map(({ id, zoneM }) => {
      const [from, to] = doorEdgeM(zoneM, layout.sizeM).map((pointM) => frame.point(pointM)) as [
        [number, number],
        [number, number],
      ]
      const [x, y] = outside(from, to, frame.point(centreM(zoneM)))
      const title = svg('title', {}, id)
      const leaf = svg('line', { class: 'leaf', x2: rounded(to[0] - from[0]), y2: rounded(to[1] - from[1]) })
      const root = svg(
        'g',
        named(id, 'gate'),
        svg('polygon', { class: 'gate-zone', points: frame.points(zoneM) }),
        svg('g', { transform: `translate(${from.map(rounded).join(' ')})` }, svg('g', { class: 'swing' }, leaf)),
        ...[from, to].map(([cx, cy]) => svg('circle', { class: 'post', cx: rounded(cx), cy: rounded(cy), r: 5 })),
        label(x, y, id),
        title,
      )
      return [id, { root, title }]
    }),
  )
}

/** How the till's words for a gate look; all others are closed. */
const gateLooks: Record<string, string[]> = {
  authorised: ['open'],
  passing: ['open'],
  passed: ['open'],
  held: ['open', 'alert'],
  fire: ['open', 'alert'],
  tailgate: ['alert'],
}

export function showGate({ root, title }: DrawnGate, gate: GateView, texts: Texts['plan']): void {
  root.classList.remove('open', 'alert', 'closed', 'offline')
  root.classList.add(...(gate.online ? (gateLooks[gate.state] ?? ['closed']) : ['offline']))
  title.textContent = `${gate.gate} · ${gateText(gate, texts)}`
}

export function gateText({ state, online }: GateView, texts: Texts['plan']): string {
  return online ? (texts.gateStates[state] ?? state) : texts.gateOffline
}

/** Where a door's name stands: beyond its edge, as seen from inside. */
function outside(from: DrawingPoint, to: DrawingPoint, inside: DrawingPoint): DrawingPoint {
  const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]
  const distance = Math.hypot(x - inside[0], y - inside[1]) || 1
  return [x + ((x - inside[0]) / distance) * labelDistance, y + ((y - inside[1]) / distance) * labelDistance]
}

const label = (x: number, y: number, text: string) =>
  svg('text', { class: 'label', x: rounded(x), y: rounded(y), 'text-anchor': 'middle', dy: '0.35em' }, text)
