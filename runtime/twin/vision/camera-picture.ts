/** What a camera of the store shows: fixtures as boxes, people as upright shapes, by a pinhole projection. */
import { seededRandom } from '../../contract/random.ts'
import type { Point3DM, PointM } from '../../profile/layout.ts'
import type { Picture } from '../devices/png.ts'
import type { World } from '../world/world.ts'

type Colour = [number, number, number]

const width = 160
const height = 120
/** Focal length in pixels: a horizontal field of view of about 90 degrees, as ceiling cameras have. */
const focal = 80
const floorColour: Colour = [196, 192, 184]
const fixtureColour: Colour = [116, 122, 134]
const shirts: Colour[] = [
  [190, 70, 60],
  [60, 110, 190],
  [70, 150, 90],
  [200, 150, 50],
  [130, 80, 160],
]
const defaultFixtureHeightM = 1.5
/** One pixel in so many flickers, by up to so many steps of 255; enough to differ, little enough to compress. */
const noiseEveryPixels = 37
const noiseSteps = 6

export function cameraPicture(world: World, positionM: Point3DM, lookAtM: Point3DM): Picture {
  const project = projection(positionM, lookAtM)
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) pixels.set(floorColour, i * 3)
  const shapes = [...fixtureShapes(world), ...peopleShapes(world)]
  const distance = (shape: Shape) => Math.hypot(shape.centreM[0] - positionM[0], shape.centreM[1] - positionM[1])
  // Painter's order: what is near covers what is far.
  for (const shape of shapes.toSorted((a, b) => distance(b) - distance(a))) {
    const seen = shape.cornersM.map(project)
    if (seen.every((point) => point !== null)) fillHull(pixels, seen as PointM[], shape.colour)
  }
  addSensorNoise(pixels, world.nowMs)
  return { width, height, pixels }
}

/** A living sensor is never without noise: an empty store, too, gives another picture each time. */
function addSensorNoise(pixels: Uint8Array, nowMs: number): void {
  const random = seededRandom(Math.floor(nowMs))
  for (let i = 0; i < pixels.length; i += 3 * noiseEveryPixels) {
    pixels[i] = (pixels[i] ?? 0) + Math.floor(random.next() * noiseSteps)
  }
}

interface Shape {
  centreM: PointM
  cornersM: Point3DM[]
  colour: Colour
}

function fixtureShapes(world: World): Shape[] {
  return world.layout.fixtures.map((fixture) => {
    const foot = world.plan.footprints.get(fixture.id) ?? []
    const top = fixture.sizeM?.[2] ?? defaultFixtureHeightM
    const cornersM = foot.flatMap(([x, y]): Point3DM[] => [
      [x, y, 0],
      [x, y, top],
    ])
    return { centreM: [fixture.positionM[0], fixture.positionM[1]], cornersM, colour: fixtureColour }
  })
}

function peopleShapes(world: World): Shape[] {
  const onFloor = world.shoppers.filter(({ body }) => world.plan.onFloor(body.positionM))
  return onFloor.map(({ body, visit }) => {
    const [x, y] = body.positionM
    const cornersM = Array.from({ length: 8 }, (_, i): Point3DM[] => {
      const [dx, dy] = [0.2 * Math.cos((i * Math.PI) / 4), 0.2 * Math.sin((i * Math.PI) / 4)]
      return [
        [x + dx, y + dy, 0],
        [x + dx, y + dy, body.heightM - 0.2],
        [x + dx / 2, y + dy / 2, body.heightM],
      ]
    }).flat()
    return { centreM: [x, y], cornersM, colour: shirts[visit.visit % shirts.length] as Colour }
  })
}

/** Point of the store to pixel; null behind the camera. */
function projection(eye: Point3DM, target: Point3DM): (p: Point3DM) => PointM | null {
  const forward = unit([target[0] - eye[0], target[1] - eye[1], target[2] - eye[2]])
  // Straight down has no horizon to be level with; the store's y axis stands in.
  const up: Point3DM = Math.abs(forward[2]) > 0.999 ? [0, 1, 0] : [0, 0, 1]
  const right = unit(cross(forward, up))
  const above = cross(right, forward)
  return (p) => {
    const d: Point3DM = [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]]
    const depth = dot(d, forward)
    if (depth < 0.1) return null
    return [width / 2 + (focal * dot(d, right)) / depth, height / 2 - (focal * dot(d, above)) / depth]
  }
}

const dot = (a: Point3DM, b: Point3DM) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const cross = (a: Point3DM, b: Point3DM): Point3DM => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]
function unit(v: Point3DM): Point3DM {
  const length = Math.hypot(...v) || 1
  return [v[0] / length, v[1] / length, v[2] / length]
}

function fillHull(pixels: Uint8Array, points: PointM[], colour: Colour): void {
  const hull = convexHull(points)
  const ys = hull.map(([, y]) => y)
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < Math.min(height, Math.max(...ys)); y++) {
    const crossings: number[] = []
    for (let i = 0, j = hull.length - 1; i < hull.length; j = i++) {
      const [a, b] = [hull[i] as PointM, hull[j] as PointM]
      if (a[1] > y + 0.5 !== b[1] > y + 0.5) crossings.push(a[0] + ((y + 0.5 - a[1]) * (b[0] - a[0])) / (b[1] - a[1]))
    }
    if (crossings.length < 2) continue
    const [from, to] = [
      Math.max(0, Math.round(Math.min(...crossings))),
      Math.min(width, Math.round(Math.max(...crossings))),
    ]
    for (let x = from; x < to; x++) pixels.set(colour, (y * width + x) * 3)
  }
}

/** Andrew's monotone chain. */
function convexHull(points: PointM[]): PointM[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
  const turnsLeft = (a: PointM, b: PointM, c: PointM) =>
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0
  const half = (ordered: PointM[]) => {
    const chain: PointM[] = []
    for (const p of ordered) {
      while (chain.length > 1 && !turnsLeft(chain.at(-2) as PointM, chain.at(-1) as PointM, p)) chain.pop()
      chain.push(p)
    }
    return chain.slice(0, -1)
  }
  return [...half(sorted), ...half(sorted.toReversed())]
}
