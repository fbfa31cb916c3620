/** The floor's metre grid as a camera's picture shows it: lies it on the floor, the calibration is right. */
import type { Point3DM, PointM } from '../../profile/layout.ts'
import type { CameraModel } from '../camera-model/camera-model.ts'
import type { PointPx } from '../detection.ts'

/** Lenses bend lines: they are drawn in pieces of this length. */
const pieceM = 0.1

/** Lines along x and along y, in pieces that lie within the picture. */
export function floorGrid(model: CameraModel, [widthM, depthM]: PointM, stepM = 1): PointPx[][] {
  const along = (lengthM: number, pointAt: (m: number) => Point3DM) => {
    const count = Math.round(lengthM / pieceM)
    return Array.from({ length: count + 1 }, (_, i) => model.project(pointAt((i * lengthM) / count)))
  }
  const steps = (lengthM: number) => Array.from({ length: Math.floor(lengthM / stepM) + 1 }, (_, i) => i * stepM)
  const lines = [
    ...steps(depthM).map((y) => along(widthM, (x) => [x, y, 0])),
    ...steps(widthM).map((x) => along(depthM, (y) => [x, y, 0])),
  ]
  return lines.flatMap((line) => visiblePieces(line, model))
}

function visiblePieces(line: readonly (PointPx | null)[], model: CameraModel): PointPx[][] {
  const pieces: PointPx[][] = [[]]
  for (const px of line) {
    if (px && model.isInPicture(px)) pieces.at(-1)?.push(px)
    else pieces.push([])
  }
  return pieces.filter((piece) => piece.length > 1)
}
