/** A fit as a profile says it: no more digits than it is good for. */
import type { Point3DM } from '../../profile/layout.ts'
import type { CameraPose } from '../camera-model/camera-model.ts'

export function profileCalibration({ positionM, lookAtM, rollRad = 0, lens }: CameraPose): CameraPose {
  return {
    positionM: toMillimetres(positionM),
    lookAtM: toMillimetres(lookAtM),
    rollRad: rounded(rollRad, 5),
    ...(lens
      ? {
          lens: {
            ...lens,
            focalPx: rounded(lens.focalPx, 2),
            ...(lens.distortion ? { distortion: lens.distortion.map((k) => rounded(k, 6)) } : {}),
          },
        }
      : {}),
  }
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits))
const toMillimetres = ([x, y, z]: Point3DM): Point3DM => [rounded(x, 3), rounded(y, 3), rounded(z, 3)]
