/**
 * The box that somebody who stands at a place of the floor makes in a camera's picture, and how it changes with
 * place and height. Tracking compares boxes, not feet: feet are behind shelves, and under a steep camera the lower
 * edge of a box is no foot at all.
 */
import type { Point3DM } from '../../profile/layout.ts'
import type { CameraModel } from '../camera-model/camera-model.ts'

/** Left, top, right and lower edge, pixels. */
export type Edges = [left: number, top: number, right: number, bottom: number]

export interface Outline {
  /** Within the picture. */
  edges: Edges
  /** Of each edge: pixels for a metre along x, along y and of height. */
  slopes: readonly [number[], number[], number[], number[]]
  /** Share of the whole outline's area that lies within the picture. */
  inPicture: number
  depthM: number
  pxPerM: number
}

/** Half the breadth of a grown body over its feet, at its shoulders with the arms, and of its head (chosen). */
const feetRadiusM = 0.17
const shouldersRadiusM = 0.23
const headRadiusM = 0.1
/** Below the crown. */
const shouldersBelowM = 0.32
const chinBelowM = 0.2
const browBelowM = 0.06
const around = Array.from({ length: 8 }, (_, i) => ({
  cos: Math.cos((i * Math.PI) / 4),
  sin: Math.sin((i * Math.PI) / 4),
}))
/** Filled and read within one loop. */
const px = { x: 0, y: 0 }
const stepM = 0.04

/**
 * @param visibleFromM what is lower is hidden behind fixtures
 * @returns null when nothing of it would be in the picture
 */
export function outlineOf(
  camera: CameraModel,
  x: number,
  y: number,
  heightM: number,
  visibleFromM: number,
): Outline | null {
  const whole = edgesOf(camera, x, y, heightM, visibleFromM)
  if (!whole) return null
  const edges = clip(whole, camera)
  const area = (whole[2] - whole[0]) * (whole[3] - whole[1])
  const inPicture = ((edges[2] - edges[0]) * (edges[3] - edges[1])) / Math.max(1, area)
  if (!(inPicture > 0)) return null
  const moved = [
    edgesOf(camera, x + stepM, y, heightM, visibleFromM),
    edgesOf(camera, x, y + stepM, heightM, visibleFromM),
    edgesOf(camera, x, y, heightM + stepM, visibleFromM),
  ].map((raw) => raw && clip(raw, camera))
  const slopesOf = (edge: 0 | 1 | 2 | 3) => moved.map((other) => (other ? (other[edge] - edges[edge]) / stepM : 0))
  const middle: Point3DM = [x, y, heightM * 0.6]
  return {
    edges,
    slopes: [slopesOf(0), slopesOf(1), slopesOf(2), slopesOf(3)],
    inPicture,
    depthM: Math.hypot(x - camera.positionM[0], y - camera.positionM[1], middle[2] - camera.positionM[2]),
    pxPerM: camera.pxPerM(middle),
  }
}

/** Null when a part of it is beside or behind what the lens shows. */
function edgesOf(camera: CameraModel, x: number, y: number, heightM: number, fromM: number): Edges | null {
  const edges: Edges = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]
  const shouldersM = Math.max(fromM, heightM - shouldersBelowM)
  const isWhole =
    addRing(edges, camera, x, y, Math.min(fromM, heightM), fromM > 0.5 ? shouldersRadiusM : feetRadiusM) &&
    addRing(edges, camera, x, y, Math.min(shouldersM, heightM), shouldersRadiusM) &&
    addRing(edges, camera, x, y, heightM - chinBelowM, headRadiusM) &&
    addRing(edges, camera, x, y, heightM - browBelowM, headRadiusM) &&
    addRing(edges, camera, x, y, heightM, 0.05)
  return isWhole ? edges : null
}

function addRing(edges: Edges, camera: CameraModel, x: number, y: number, z: number, radiusM: number): boolean {
  for (const { cos, sin } of around) {
    if (!camera.projectInto(x + radiusM * cos, y + radiusM * sin, z, px)) return false
    if (px.x < edges[0]) edges[0] = px.x
    if (px.y < edges[1]) edges[1] = px.y
    if (px.x > edges[2]) edges[2] = px.x
    if (px.y > edges[3]) edges[3] = px.y
  }
  return true
}

export function clip([left, top, right, bottom]: Edges, { widthPx, heightPx }: CameraModel): Edges {
  const within = (value: number, most: number) => Math.min(most, Math.max(0, value))
  return [within(left, widthPx), within(top, heightPx), within(right, widthPx), within(bottom, heightPx)]
}
