/**
 * Draws flat things: floors, walls, boards, fronts of goods; each a rectangle in space with a texture. First it is
 * found out for each pixel which face is nearest, and only that one is coloured.
 */
import type { Point3DM } from '../../profile/layout.ts'
import { cross, dot, along as plus } from '../../vision/camera-model/vectors.ts'
import { type Canvas, clipped, isEmpty, ofTheRoom, type PixelRect, wholeOf } from './canvas.ts'
import type { RoomLight } from './light.ts'
import { nearestM, type Pinhole } from './pinhole.ts'
import type { Texture } from './textures.ts'

/** In the store's axes; seen from the side that `along` x `up` points to. */
export interface Face {
  cornerM: Point3DM
  /** Directions of length 1, at right angles. */
  along: Point3DM
  up: Point3DM
  sizeM: readonly [number, number]
  texture: Texture
}

/** In the camera's own axes. */
interface SeenFace {
  face: Face
  corner: Point3DM
  along: Point3DM
  up: Point3DM
  normal: Point3DM
  /** Of its plane from the lens; negative, as it is seen from the front. */
  distanceM: number
}

export function drawFaces(canvas: Canvas, camera: Pinhole, faces: readonly Face[], light: RoomLight): void {
  const seen = faces.map((face) => seenFrom(camera, face)).filter(({ distanceM }) => distanceM < 0)
  const nearest = new Int32Array(canvas.depthM.length).fill(-1)
  for (const [index, face] of seen.entries()) findNearest(canvas, camera, face, index, nearest)
  colour(canvas, camera, seen, nearest, light)
}

function seenFrom(camera: Pinhole, face: Face): SeenFace {
  const [corner, along, up] = [camera.point(face.cornerM), camera.direction(face.along), camera.direction(face.up)]
  const normal = cross(along, up)
  return { face, corner, along, up, normal, distanceM: dot(normal, corner) }
}

function findNearest(
  canvas: Canvas,
  camera: Pinhole,
  { face, corner, along, up, normal, distanceM }: SeenFace,
  index: number,
  nearest: Int32Array,
): void {
  const rect = faceRect(canvas, camera, face)
  if (isEmpty(rect)) return
  const { widthPx, focalPx } = camera
  const [centreX, centreY] = camera.centrePx
  const { depthM, owner } = canvas
  const [width, height] = face.sizeM
  const [nx, ny, nz] = normal
  const [sx, sy, sz] = along
  const [rx, ry, rz] = up
  const [s0, r0] = [dot(along, corner), dot(up, corner)]
  for (let y = rect.top; y < rect.bottom; y++) {
    const v = (y + 0.5 - centreY) / focalPx
    for (let x = rect.left; x < rect.right; x++) {
      const u = (x + 0.5 - centreX) / focalPx
      const facing = nx * u + ny * v + nz
      if (facing >= 0) continue
      const depth = distanceM / facing
      const at = y * widthPx + x
      if (depth < nearestM || depth >= (depthM[at] as number)) continue
      const s = depth * (sx * u + sy * v + sz) - s0
      const r = depth * (rx * u + ry * v + rz) - r0
      if (s < 0 || r < 0 || s > width || r > height) continue
      depthM[at] = depth
      owner[at] = ofTheRoom
      nearest[at] = index
    }
  }
}

function colour(
  canvas: Canvas,
  camera: Pinhole,
  seen: readonly SeenFace[],
  nearest: Int32Array,
  light: RoomLight,
): void {
  const { widthPx, focalPx } = camera
  const [centreX, centreY] = camera.centrePx
  const paint = new Float64Array(3)
  const lit = new Float64Array(3)
  const normals = seen.map(({ face }) => cross(face.along, face.up))
  for (let at = 0; at < nearest.length; at++) {
    const index = nearest[at] as number
    const of = seen[index]
    if (!of) continue
    const { along, up, corner, face } = of
    const depth = canvas.depthM[at] as number
    const x = (((at % widthPx) + 0.5 - centreX) / focalPx) * depth - corner[0]
    const y = ((Math.floor(at / widthPx) + 0.5 - centreY) / focalPx) * depth - corner[1]
    const z = depth - corner[2]
    const s = x * along[0] + y * along[1] + z * along[2]
    const r = x * up[0] + y * up[1] + z * up[2]
    face.texture(s, r, paint)
    const { cornerM, along: a, up: b } = face
    light.at(
      cornerM[0] + a[0] * s + b[0] * r,
      cornerM[1] + a[1] * s + b[1] * r,
      cornerM[2] + a[2] * s + b[2] * r,
      normals[index] as Point3DM,
      lit,
    )
    for (let c = 0; c < 3; c++) canvas.colour[at * 3 + c] = (paint[c] as number) * (lit[c] as number)
  }
}

function faceRect(canvas: Canvas, camera: Pinhole, { cornerM, along, up, sizeM }: Face): PixelRect {
  const right = plus(cornerM, along, sizeM[0])
  const rect = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  for (const corner of [cornerM, right, plus(right, up, sizeM[1]), plus(cornerM, up, sizeM[1])]) {
    const px = camera.px(corner)
    // With a corner behind the camera, its part of the picture is not bounded by its corners.
    if (!px) return wholeOf(canvas)
    rect.left = Math.min(rect.left, px[0])
    rect.right = Math.max(rect.right, px[0])
    rect.top = Math.min(rect.top, px[1])
    rect.bottom = Math.max(rect.bottom, px[1])
  }
  return clipped(rect, canvas)
}
