/** A camera's pose as the fit moves it: any turn is a small one about the present axes, so that none is singular. */
import type { Point3DM } from '../../profile/layout.ts'
import { type Axes, CameraModel, type CameraPose } from '../camera-model/camera-model.ts'
import { along, cross, dot, unit } from '../camera-model/vectors.ts'

export interface FreePose {
  positionM: Point3DM
  axes: Axes
  focalPx: number
  /** As a profile has it; only k1 is fitted. */
  distortion: readonly number[]
  kind: 'pinhole' | 'fisheye'
}

export interface Freedom {
  focal: boolean
  distortion: boolean
}

export const parametersOf = ({ focal, distortion }: Freedom): number => 6 + (focal ? 1 : 0) + (distortion ? 1 : 0)

export function movedPose(pose: FreePose, freedom: Freedom, step: readonly number[]): FreePose {
  const [dx = 0, dy = 0, dz = 0, wx = 0, wy = 0, wz = 0, ...rest] = step
  const turn = (axis: Point3DM) => along(axis, cross([wx, wy, wz], axis), 1)
  const forward = unit(turn(pose.axes.forward))
  const right = unit(squareTo(turn(pose.axes.right), forward))
  const [k1 = 0, ...higher] = pose.distortion
  return {
    ...pose,
    positionM: [pose.positionM[0] + dx, pose.positionM[1] + dy, pose.positionM[2] + dz],
    axes: { forward, right, down: cross(forward, right) },
    focalPx: freedom.focal ? pose.focalPx * Math.exp(rest[0] ?? 0) : pose.focalPx,
    distortion: freedom.distortion ? [k1 + (rest[freedom.focal ? 1 : 0] ?? 0), ...higher] : pose.distortion,
  }
}

const squareTo = (v: Point3DM, normal: Point3DM): Point3DM => along(v, normal, -dot(v, normal))

/** A camera that looks level or up has no floor before it: what it looks at is this far away then. */
const usualDistanceM = 3

/** As a profile says it. */
export function profilePose(pose: FreePose, pictureSizePx: [number, number]): CameraPose & { rollRad: number } {
  const { positionM, axes, focalPx, distortion, kind } = pose
  const toFloorM = axes.forward[2] < -0.2 ? -positionM[2] / axes.forward[2] : usualDistanceM
  const lookAtM = along(positionM, axes.forward, toFloorM)
  const upright = new CameraModel({ positionM, lookAtM }, pictureSizePx).axes
  const rollRad = Math.atan2(dot(axes.right, upright.down), dot(axes.right, upright.right))
  const lens = {
    ...(kind === 'fisheye' ? { kind } : {}),
    pictureSizePx,
    focalPx,
    ...(distortion.some((value) => value !== 0) ? { distortion: [...distortion] } : {}),
  }
  return { positionM, lookAtM, rollRad, lens }
}

/** What a profile says already is where the fit begins. */
export function freePoseOf(pose: CameraPose, pictureSizePx: [number, number]): FreePose {
  const model = new CameraModel(pose, pictureSizePx)
  const { lens, positionM } = pose
  const scale = lens ? pictureSizePx[0] / lens.pictureSizePx[0] : 1
  return {
    positionM,
    axes: model.axes,
    // At the middle of the picture a metre at a metre's distance is the focal length.
    focalPx: lens ? lens.focalPx * scale : model.pxPerM(along(positionM, model.axes.forward, 1)),
    distortion: lens?.distortion ?? [],
    kind: lens?.kind ?? 'pinhole',
  }
}
