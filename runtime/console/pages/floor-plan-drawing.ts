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
import type { FloorPlanLayout, GateView, HealthView, PlateView } from './live-view.ts'
import { html, svg } from './svg.ts'
import type { Texts } from './texts.ts'

export interface DrawnPlate {
  root: SVGGElement
  glyph: SVGPathElement
  title: SVGTitleElement
  centre: [number, number]
  products: string[]
}

export interface DrawnGate {
  root: SVGGElement
  title: SVGTitleElement
}

const labelDistance = 18

/** Colour says it to most, the shape to everybody: nothing for good, and one sign each for the rest. */
const glyphs: Record<string, string> = {
  online: '',
  late: 'M-4,0 H4',
  offline: 'M-4,-4 L4,4 M4,-4 L-4,4',
  unknown: 'M-1,0 H1',
  fault: 'M0,-5 L5,4 H-5 Z',
}
export const healthClass = (health: HealthView): string => (health in glyphs ? health : 'fault')

export function drawFloor(frame: FloorFrame, { wallsM, zones }: FloorPlanLayout): SVGElement[] {
  return [
    svg('rect', { class: 'floor', width: frame.width, height: frame.height, rx: 6 }),
    ...zones.map(({ name, polygonM }) => {
      const [x, y] = frame.point(centreM(polygonM))
      return svg('g', { class: 'zone' }, svg('polygon', { points: frame.points(polygonM) }), label(x, y, name))
    }),
    ...wallsM.map((wall) => svg('polyline', { class: 'wall', points: frame.points(wall) })),
  ]
}

export function drawCameras(frame: FloorFrame, { cameras }: FloorPlanLayout): SVGElement[] {
  return cameras.map(({ id, positionM, lookAtM }) => {
    const [[x, y], [toX, toY]] = [frame.point(positionM), frame.point(lookAtM)]
    const turn = rounded((Math.atan2(toY - y, toX - x) * 180) / Math.PI)
    return svg(
      'g',
      { class: 'camera', transform: `translate(${rounded(x)} ${rounded(y)}) rotate(${turn})` },
      svg('path', { class: 'view', d: 'M0,0 L120,-52 A 131 131 0 0 1 120,52 Z' }),
      svg('path', { class: 'body', d: 'M-9,-6 h12 v12 h-12 Z M3,-2.5 l6,-3.5 v12 l-6,-3.5 Z' }),
      svg('title', {}, id),
    )
  })
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
  const [x, y] = frame.point(centreM(outline)).map(rounded) as [number, number]
  const glyph = svg('path', { class: 'glyph', transform: `translate(${x} ${y})`, d: '' })
  const title = svg('title', {}, plate.id)
  const root = svg('g', { class: 'plate unknown' }, svg('polygon', { points: frame.points(outline) }), glyph, title)
  return { root, glyph, title, centre: [x, y], products: plate.products }
}

export function showPlate(drawn: DrawnPlate, { plate, weightG, health }: PlateView, texts: Texts['plan']): void {
  const look = healthClass(health)
  drawn.root.setAttribute('class', `plate ${look}`)
  drawn.glyph.setAttribute('d', glyphs[look] ?? '')
  const weight = weightG === null ? texts.unknownWeight : `${Math.round(weightG)} g`
  drawn.title.textContent = [plate, drawn.products.join(', '), weight, texts.health[health] ?? health]
    .filter(Boolean)
    .join(' · ')
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
        { class: 'gate' },
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
const gateLooks: Record<string, string> = {
  authorised: 'open',
  passing: 'open',
  passed: 'open',
  held: 'open alert',
  fire: 'open alert',
  tailgate: 'alert',
}

export function showGate({ root, title }: DrawnGate, gate: GateView, texts: Texts['plan']): void {
  root.setAttribute('class', `gate ${gate.online ? (gateLooks[gate.state] ?? 'closed') : 'offline'}`)
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

/** What the plates' colours and signs mean. */
export function legend(texts: Texts['plan']): HTMLElement {
  const entries = [
    ['online', texts.health.online],
    ['late', texts.health.late],
    ['offline', texts.health.offline],
    ['fault', texts.fault],
  ] as const
  return html(
    'ul',
    { class: 'legend' },
    ...entries.map(([look, text]) => {
      const sample = svg('polygon', { points: '-9,-9 9,-9 9,9 -9,9' })
      const sign = svg('path', { class: 'glyph', d: glyphs[look] ?? '' })
      const picture = svg('svg', { viewBox: '-9 -9 18 18', 'aria-hidden': 'true' })
      picture.append(svg('g', { class: `plate ${look}` }, sample, sign))
      return html('li', {}, picture, text ?? look)
    }),
  )
}

const label = (x: number, y: number, text: string) =>
  svg('text', { class: 'label', x: rounded(x), y: rounded(y), 'text-anchor': 'middle', dy: '0.35em' }, text)
