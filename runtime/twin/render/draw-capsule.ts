/** Draws a body's parts: capsules (a segment with a thickness, round at the ends), one ray per pixel. */
import type { Point3DM } from '../../profile/layout.ts'
import { type Canvas, clipped, isEmpty, type PixelRect, type Rgb, wholeOf } from './canvas.ts'
import { nearestM, type Pinhole } from './pinhole.ts'

/** Points and directions in the camera's own axes. */
export interface Capsule {
  fromM: Point3DM
  toM: Point3DM
  radiusM: number
  colour: Rgb
  /** Another colour where the surface faces this way, at least by this cosine: a face under its hair. */
  patch?: { colour: Rgb; towards: Point3DM; cos: number } | undefined
  /** Rings of another colour along the segment. */
  stripes?: { colour: Rgb; everyM: number } | undefined
  owner: number
}

/** As it falls on one figure: from everywhere, and from lamps that are far enough away to shine in parallel. */
export interface FigureLight {
  ambient: Rgb
  lamps: readonly { towards: Point3DM; light: Rgb }[]
}

export function drawCapsule(canvas: Canvas, camera: Pinhole, capsule: Capsule, light: FigureLight): void {
  const { fromM, toM, radiusM, owner } = capsule
  const rect = capsuleRect(canvas, camera, capsule)
  if (isEmpty(rect)) return
  const { widthPx, focalPx } = camera
  const [centreX, centreY] = camera.centrePx
  const { depthM, owner: owners } = canvas
  const [ax, ay, az] = fromM
  const [bx, by, bz] = [toM[0] - ax, toM[1] - ay, toM[2] - az]
  const bb = bx * bx + by * by + bz * bz
  const ba = -(bx * ax + by * ay + bz * az)
  const aa = ax * ax + ay * ay + az * az
  const rr = radiusM * radiusM
  const invB = bb > 0 ? 1 / bb : 0
  // The ray of a pixel is (u, v, 1) and starts in the lens, so its parameter is the depth itself.
  for (let y = rect.top; y < rect.bottom; y++) {
    const v = (y + 0.5 - centreY) / focalPx
    for (let x = rect.left; x < rect.right; x++) {
      const u = (x + 0.5 - centreX) / focalPx
      const dd = u * u + v * v + 1
      const bd = bx * u + by * v + bz
      const da = -(u * ax + v * ay + az)
      const a = bb * dd - bd * bd
      const b = bb * da - ba * bd
      const h = b * b - a * (bb * aa - ba * ba - rr * bb)
      let depth = 0
      let along = 0
      if (h >= 0 && a > 1e-12) {
        depth = (-b - Math.sqrt(h)) / a
        along = ba + depth * bd
      }
      if (h < 0 || a <= 1e-12 || along <= 0 || along >= bb) {
        // Past the ends of the segment: a ball around the nearer end.
        if (h < 0 && a > 1e-12) continue
        const atEnd = along >= bb && bb > 0
        const [cx, cy, cz] = atEnd ? toM : fromM
        const dc = u * cx + v * cy + cz
        const g = dc * dc - dd * (cx * cx + cy * cy + cz * cz - rr)
        if (g < 0) continue
        depth = (dc - Math.sqrt(g)) / dd
        along = atEnd ? bb : 0
      }
      const at = y * widthPx + x
      if (depth < nearestM || depth >= (depthM[at] as number)) continue
      depthM[at] = depth
      owners[at] = owner
      const share = along * invB
      const nx = (depth * u - ax - bx * share) / radiusM
      const ny = (depth * v - ay - by * share) / radiusM
      const nz = (depth - az - bz * share) / radiusM
      shade(canvas.colour, at * 3, capsule, light, nx, ny, nz, share * Math.sqrt(bb))
    }
  }
}

function shade(
  colour: Uint8ClampedArray,
  at: number,
  { colour: own, patch, stripes }: Capsule,
  { ambient, lamps }: FigureLight,
  nx: number,
  ny: number,
  nz: number,
  alongM: number,
): void {
  let paint = own
  if (stripes && alongM % stripes.everyM > stripes.everyM / 2) paint = stripes.colour
  if (patch) {
    const [px, py, pz] = patch.towards
    if (nx * px + ny * py + nz * pz > patch.cos) paint = patch.colour
  }
  let [red, green, blue] = ambient
  for (const { towards, light } of lamps) {
    const cos = nx * towards[0] + ny * towards[1] + nz * towards[2]
    if (cos <= 0) continue
    red += light[0] * cos
    green += light[1] * cos
    blue += light[2] * cos
  }
  colour[at] = paint[0] * red
  colour[at + 1] = paint[1] * green
  colour[at + 2] = paint[2] * blue
}

/** The part of the picture in which a capsule can be. */
export function capsuleRect(
  canvas: Canvas,
  camera: Pinhole,
  { fromM, toM, radiusM }: Pick<Capsule, 'fromM' | 'toM' | 'radiusM'>,
): PixelRect {
  if (fromM[2] < nearestM && toM[2] < nearestM) return { left: 0, top: 0, right: 0, bottom: 0 }
  // The silhouette of a ball that reaches the lens is not bounded.
  if (fromM[2] <= radiusM + nearestM || toM[2] <= radiusM + nearestM) return wholeOf(canvas)
  const { focalPx } = camera
  const [centreX, centreY] = camera.centrePx
  const [left, right] = ballBounds(fromM[0], toM[0], fromM[2], toM[2], radiusM)
  const [top, bottom] = ballBounds(fromM[1], toM[1], fromM[2], toM[2], radiusM)
  return clipped(
    {
      left: centreX + focalPx * left,
      right: centreX + focalPx * right,
      top: centreY + focalPx * top,
      bottom: centreY + focalPx * bottom,
    },
    canvas,
  )
}

/** Least and greatest tangent, in one axis, of the rays that touch two balls. */
function ballBounds(p: number, q: number, pz: number, qz: number, radiusM: number): [number, number] {
  const [fromP, untilP] = tangents(p, pz, radiusM)
  const [fromQ, untilQ] = tangents(q, qz, radiusM)
  return [Math.min(fromP, fromQ), Math.max(untilP, untilQ)]
}

function tangents(x: number, z: number, radiusM: number): [number, number] {
  const root = radiusM * Math.sqrt(x * x + z * z - radiusM * radiusM)
  const below = z * z - radiusM * radiusM
  return [(x * z - root) / below, (x * z + root) / below]
}
