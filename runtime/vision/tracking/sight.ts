/** How much of somebody a detector could find in a camera's picture, past fixtures, the picture's edge and others. */
import type { ExpectedMarks } from './body-marks.ts'
import { clip, type Edges, type Outline } from './body-outline.ts'
import type { CameraView } from './camera-view.ts'

export interface Sight {
  /** Share of what the detector looks for that fixtures and the picture's edge leave to be seen. */
  visible: number
  /** What must be seen of somebody, and what of them hides others behind. */
  needs: Edges
  hides: Edges
  depthM: number
}

/** Of what detectors of heads need, and find well: of people who are smaller in the picture many are missed. */
const headRadiusM = 0.13
const [unseenShare, wellSeenShare] = [0.025, 0.05]
/** Part of a head above a shelf's edge is enough. */
const headHighM = 0.25

export function sightOf(
  view: CameraView,
  { kind, values }: ExpectedMarks,
  outline: Outline | null,
  heightM: number,
  hiddenBelowM: number,
): Sight {
  const { model } = view
  if (kind === 'edges' && outline) {
    const { edges, inPicture, depthM } = outline
    return { visible: inPicture * Math.max(0, 1 - hiddenBelowM / heightM), needs: edges, hides: edges, depthM }
  }
  const [x, y] = values
  const pxPerM = outline?.pxPerM ?? 1
  const radiusPx = headRadiusM * pxPerM
  const head: Edges = [x - radiusPx, y - radiusPx, x + radiusPx, y + radiusPx]
  const needs = clip(head, model)
  const inPicture = areaOf(needs) / Math.max(1, areaOf(head))
  const aboveShelves = Math.min(1, Math.max(0, (heightM - hiddenBelowM) / headHighM))
  const size = Math.min(1, Math.max(0, (pxPerM / model.widthPx - unseenShare) / (wellSeenShare - unseenShare)))
  return {
    visible: inPicture ** 2 * aboveShelves * size,
    needs,
    hides: outline?.edges ?? needs,
    depthM: outline?.depthM ?? 0,
  }
}

/** Share of somebody that is seen past who stands before them. */
export function openShare(of: Sight, all: Iterable<Sight>): number {
  let open = 1
  for (const other of all) {
    if (other !== of && other.depthM < of.depthM) open *= 1 - covered(of.needs, other.hides)
  }
  return open
}

/** Share of `edges` that lies within `front`. */
function covered(edges: Edges, front: Edges): number {
  const width = Math.min(edges[2], front[2]) - Math.max(edges[0], front[0])
  const height = Math.min(edges[3], front[3]) - Math.max(edges[1], front[1])
  if (width <= 0 || height <= 0) return 0
  return Math.min(1, (width * height) / Math.max(1, areaOf(edges)))
}

const areaOf = (edges: Edges) => Math.max(0, edges[2] - edges[0]) * Math.max(0, edges[3] - edges[1])
