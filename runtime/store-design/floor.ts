/**
 * Where the fixtures stand: sections along the walls and islands between them, with room to walk. The gates are
 * in the south wall (y = 0); north is the wall that one sees on coming in.
 */
import { AisleError } from '../contract/errors.ts'
import type { PointM } from '../profile/layout.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { Section, StoreAnswers } from './answers.ts'
import { mm } from './mm.ts'

/** Two people pass each other in an aisle of this width. */
const leastAisleM = 1.1
/** Between the ends of two rows that meet in a corner, so that one can stand before the last plate of each. */
const cornerM = 0.75
const gateWidthM = 1.4
const gateDepthM = 1
/** Free floor beside and behind a gate. */
const gateMarginM = 0.5
/** A zone reaches as far from the front of its shelves as somebody who reaches into them stands. */
const zoneM = 0.9

export interface PlacedFixture {
  section: Section
  fixture: Profile['fixtures'][number]
}

export interface Floor {
  fixtures: PlacedFixture[]
  zones: Profile['zones']
  wallsM: PointM[][]
  gateZones: PointM[][]
}

/** The stretch that a row of fixtures may take, along x or y. */
interface Stretch {
  fromM: number
  toM: number
}

/** @throws AisleError `store-too-small`, naming the section and what would fit */
export function planFloor({ floorM, gates, sections }: Pick<StoreAnswers, 'floorM' | 'gates' | 'sections'>): Floor {
  const [widthM, depthM] = floorM
  const spanOf = ({ atM }: { atM: number }): Stretch => ({ fromM: atM - gateWidthM / 2, toM: atM + gateWidthM / 2 })
  const gateSpans = gates.map(spanOf).toSorted((a, b) => a.fromM - b.fromM)
  for (const { fromM, toM } of gateSpans) {
    if (fromM < 0 || toM > widthM) throw tooSmall('gates', `A gate of ${gateWidthM} m does not lie within the wall`)
  }
  const deepest = (place: Section['place']) => Math.max(0, ...at(sections, place).map((section) => section.depthM))
  const [north, east, south, west] = [deepest('north'), deepest('east'), deepest('south'), deepest('west')]
  const lastGateM = Math.max(...gateSpans.map(({ toM }) => toM))
  const sideFromM = Math.max(gateDepthM + gateMarginM, south > 0 ? south + cornerM : 0)
  const side = { fromM: sideFromM, toM: depthM - (north > 0 ? north + cornerM : 0) }
  const stretches = {
    north: { fromM: 0, toM: widthM },
    east: side,
    west: side,
    south: { fromM: lastGateM + gateMarginM, toM: widthM - (east > 0 ? east + cornerM : 0) },
  }

  const placed: { fixtures: PlacedFixture[]; zone: Profile['zones'][number] }[] = []
  for (const wall of ['north', 'east', 'south', 'west'] as const) {
    placed.push(...rowsAlong(wall, at(sections, wall), stretches[wall], floorM))
  }
  placed.push(
    ...islandsIn(at(sections, 'island'), {
      x: { fromM: west + leastAisleM, toM: widthM - east - leastAisleM },
      y: { fromM: Math.max(south, gateDepthM), toM: depthM - north },
    }),
  )
  const entrance = rectangle((gateSpans[0]?.fromM ?? 0) - 0.3, 0, lastGateM + 0.3, gateDepthM + gateMarginM)
  return {
    // In the order of the answers, whatever wall they stand at.
    fixtures: sections.flatMap(({ id }) =>
      placed.flatMap(({ fixtures }) => fixtures.filter((f) => f.section.id === id)),
    ),
    zones: [
      { id: 'entrance', name: 'Entrance', polygonM: entrance.map(([x, y]) => [clamp(x, widthM), clamp(y, depthM)]) },
      ...sections.flatMap(({ id }) => placed.filter(({ zone }) => zone.id === id).map(({ zone }) => zone)),
    ],
    wallsM: wallsAround(floorM, gateSpans),
    gateZones: gates.map(spanOf).map(({ fromM, toM }) => rectangle(fromM, 0, toM, gateDepthM)),
  }
}

const at = (sections: readonly Section[], place: Section['place']) =>
  sections.filter((section) => section.place === place)

/** Sections side by side along one wall, in the middle of what is free of it. */
function rowsAlong(wall: 'north' | 'east' | 'south' | 'west', sections: Section[], free: Stretch, floorM: PointM) {
  const lengthM = sections.reduce((sum, { fixtures, widthM }) => sum + fixtures * widthM, 0)
  if (lengthM > free.toM - free.fromM + 1e-9) {
    throw tooSmall(
      sections.map(({ id }) => id).join(', '),
      `The ${wall} wall has ${mm(Math.max(0, free.toM - free.fromM))} m for fixtures, and these take ${mm(lengthM)} m`,
    )
  }
  let fromM = (free.fromM + free.toM - lengthM) / 2
  return sections.map((section) => {
    const toM = fromM + section.fixtures * section.widthM
    const fixtures = Array.from({ length: section.fixtures }, (_, i) =>
      atWall(wall, section, fromM + i * section.widthM, `${section.id}-${i + 1}`, floorM),
    )
    const zone = {
      id: section.id,
      name: section.name,
      polygonM: zoneAlong(wall, section.depthM, { fromM, toM }, floorM),
    }
    fromM = toM
    return { fixtures, zone }
  })
}

/** A fixture whose back is at the wall and which begins `alongM` from the wall's west or south end. */
function atWall(
  wall: 'north' | 'east' | 'south' | 'west',
  section: Section,
  alongM: number,
  id: string,
  [widthM, depthM]: PointM,
): PlacedFixture {
  const endM = alongM + section.widthM
  switch (wall) {
    case 'north':
      return fixtureAt(id, section, [alongM, depthM - section.depthM], 0)
    case 'south':
      return fixtureAt(id, section, [endM, section.depthM], Math.PI)
    case 'east':
      return fixtureAt(id, section, [widthM - section.depthM, endM], -Math.PI / 2)
    case 'west':
      return fixtureAt(id, section, [section.depthM, alongM], Math.PI / 2)
  }
}

function zoneAlong(wall: string, depthM: number, { fromM, toM }: Stretch, [width, depth]: PointM): PointM[] {
  switch (wall) {
    case 'north':
      return rectangle(fromM, depth - depthM - zoneM, toM, depth - depthM)
    case 'south':
      return rectangle(fromM, depthM, toM, depthM + zoneM)
    case 'east':
      return rectangle(width - depthM - zoneM, fromM, width - depthM, toM)
    default:
      return rectangle(depthM, fromM, depthM + zoneM, toM)
  }
}

/** One island behind the other as seen from the gates, each with half of its fixtures on either side. */
function islandsIn(islands: Section[], free: { x: Stretch; y: Stretch }) {
  const shelvesM = islands.reduce((sum, { depthM }) => sum + 2 * depthM, 0)
  const aisleM = (free.y.toM - free.y.fromM - shelvesM) / (islands.length + 1)
  if (islands.length > 0 && aisleM < leastAisleM) {
    throw tooSmall(
      islands.map(({ id }) => id).join(', '),
      `Between these islands only ${mm(aisleM)} m would be left to walk; it takes ${leastAisleM} m`,
    )
  }
  let fromM = free.y.fromM + aisleM
  return islands.map((section) => {
    const pairs = Math.ceil(section.fixtures / 2)
    const lengthM = pairs * section.widthM
    if (lengthM > free.x.toM - free.x.fromM + 1e-9) {
      throw tooSmall(section.id, `It is ${mm(lengthM)} m long, but there are ${mm(free.x.toM - free.x.fromM)} m for it`)
    }
    const x0 = (free.x.fromM + free.x.toM - lengthM) / 2
    const [front, middle] = [fromM, fromM + section.depthM]
    const fixtures = Array.from({ length: section.fixtures }, (_, i) => {
      const id = `${section.id}-${i + 1}`
      if (i < pairs) return fixtureAt(id, section, [x0 + i * section.widthM, front], 0)
      return fixtureAt(id, section, [x0 + (i - pairs + 1) * section.widthM, middle + section.depthM], Math.PI)
    })
    fromM = middle + section.depthM + aisleM
    const around = rectangle(x0 - 0.3, front - zoneM * 0.75, x0 + lengthM + 0.3, middle + section.depthM + zoneM * 0.75)
    return { fixtures, zone: { id: section.id, name: section.name, polygonM: around } }
  })
}

function fixtureAt(id: string, section: Section, [x, y]: PointM, yawRad: number): PlacedFixture {
  return {
    section,
    fixture: {
      id,
      positionM: [mm(x), mm(y), 0],
      yawRad: Math.round(yawRad * 1e4) / 1e4,
      sizeM: [section.widthM, section.depthM, section.heightM],
    },
  }
}

/** The outer walls, open at the gates. */
function wallsAround([width, depth]: PointM, gates: Stretch[]): PointM[][] {
  const first = gates[0]?.fromM ?? 0
  const last = gates.at(-1)?.toM ?? 0
  const between = gates.slice(1).map((gate, i): PointM[] => [
    [mm(gates[i]?.toM ?? 0), 0],
    [mm(gate.fromM), 0],
  ])
  return [
    [
      [mm(last), 0],
      [width, 0],
      [width, depth],
      [0, depth],
      [0, 0],
      [mm(first), 0],
    ],
    ...between,
  ]
}

const rectangle = (x0: number, y0: number, x1: number, y1: number): PointM[] =>
  [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ].map(([x = 0, y = 0]) => [mm(x), mm(y)])

const clamp = (value: number, mostM: number) => Math.min(Math.max(value, 0), mostM)

const tooSmall = (where: string, message: string) =>
  new AisleError('store-too-small', `${message}.`, {
    where,
    action: 'Take fewer or narrower fixtures, put them elsewhere, or correct the size of the floor.',
  })
