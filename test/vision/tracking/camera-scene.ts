/** Cameras over an empty floor, and exact detections of whoever stands there. */
import type { Point3DM, PointM } from '../../../runtime/profile/layout.ts'
import { CameraModel, type CameraPose } from '../../../runtime/vision/camera-model/camera-model.ts'
import type { DetectedFrame, Detection } from '../../../runtime/vision/detection.ts'

export type TestCamera = CameraPose & { id: string }

export const sizePx: [number, number] = [1280, 720]
export const layout = {
  floorM: [8, 6] as PointM,
  fixtures: [],
  gates: [
    {
      id: 'gate',
      kind: 'both' as const,
      zoneM: [
        [0, 0],
        [1.2, 0],
        [1.2, 1],
        [0, 1],
      ] as PointM[],
    },
  ],
}
export const cameras: TestCamera[] = (
  [
    [0.2, 0.2],
    [7.8, 0.2],
    [0.2, 5.8],
    [7.8, 5.8],
  ] as const
).map(([x, y], i) => ({
  id: `cam-${i + 1}`,
  positionM: [x, y, 2.8],
  lookAtM: [x + 0.75 * (4 - x), y + 0.75 * (3 - y), 0.6],
  lens: { pictureSizePx: sizePx, focalPx: 490 },
}))

export interface Standing {
  at: PointM
  heightM?: number
  handsM?: Point3DM[]
  score?: number
  appearance?: Float32Array
  /** Found by a model for ceiling views. */
  points?: boolean
  /** Cameras that do not see this one. */
  hiddenFrom?: readonly string[]
}

/** Of a box of 0.4 m across, from the floor to the crown. */
export function personIn(camera: TestCamera, standing: Standing) {
  const {
    at: [x, y],
    heightM = 1.7,
    score = 0.9,
    appearance,
    points = false,
  } = standing
  const model = new CameraModel(camera, sizePx)
  const corners = [-0.2, 0.2].flatMap((dx) => [-0.2, 0.2].map((dy) => [dx, dy] as const))
  const pixels = corners.flatMap(([dx, dy]) =>
    [0, heightM - 0.3, heightM].map((z) => {
      const share = z === heightM ? 0.3 : 1
      return model.project([x + dx * share, y + dy * share, z])
    }),
  )
  if (pixels.some((px) => px === null)) return []
  const xs = pixels.map((px) => Math.min(sizePx[0], Math.max(0, px?.[0] ?? 0)))
  const ys = pixels.map((px) => Math.min(sizePx[1], Math.max(0, px?.[1] ?? 0)))
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top]
  if (width < 5 || height < 20) return []
  const found: Detection = { kind: 'person', label: 'person', score, boxPx: [left, top, width, height] }
  return [{ ...found, ...(appearance ? { appearance } : {}), ...(points ? withPoints(camera, standing) : {}) }]
}

export function handsIn(camera: TestCamera, { handsM = [] }: Standing): Detection[] {
  const model = new CameraModel(camera, sizePx)
  return handsM.flatMap((handM) => {
    const px = model.project(handM)
    if (!px || !model.isInPicture(px)) return []
    return [{ kind: 'hand', label: 'hand', score: 0.8, boxPx: [px[0] - 15, px[1] - 15, 30, 30] } as const]
  })
}

/** As a model for ceiling views says it: the head's middle and the place on the floor, whatever the box shows. */
export function withPoints(camera: TestCamera, { at: [x, y], heightM = 1.7 }: Standing): Partial<Detection> {
  const model = new CameraModel(camera, sizePx)
  const [head, floor] = [model.project([x, y, heightM * 0.932]), model.project([x, y, 0])]
  return head && floor ? { head: { atPx: head, score: 0.9 }, floor: { atPx: floor, score: 0.9 } } : {}
}

export function frameOf(camera: TestCamera, people: readonly Standing[], atMs: number): DetectedFrame {
  const visible = people.filter(({ hiddenFrom = [] }) => !hiddenFrom.includes(camera.id))
  return {
    camera: camera.id,
    frameId: Math.round(atMs),
    takenAtMs: atMs,
    widthPx: sizePx[0],
    heightPx: sizePx[1],
    detections: visible.flatMap((one) => [...personIn(camera, one), ...handsIn(camera, one)]),
  }
}
