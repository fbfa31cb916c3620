/** Cameras on the ceiling, as evenly as their number allows, each looking down a little into the store. */
import type { Profile } from '../profile/profile-schema.ts'
import type { StoreAnswers } from './answers.ts'
import { mm } from './mm.ts'

/** How far from below itself a camera looks: enough to see fronts of shelves, not only heads. */
const lookAsideM = 0.8

/** @param recorderUrl all cameras are channels of one recorder */
export function camerasOver(
  { floorM: [widthM, depthM], cameras: { count, definition, heightM } }: Pick<StoreAnswers, 'floorM' | 'cameras'>,
  recorderUrl: string,
): { cameras: Profile['cameras']; devices: Profile['devices'] } {
  const rows = Math.max(1, Math.round(Math.sqrt((count * depthM) / widthM)))
  const inRow = (row: number) => Math.floor(((row + 1) * count) / rows) - Math.floor((row * count) / rows)
  const places = Array.from({ length: rows }, (_, row) => row).flatMap((row) =>
    Array.from({ length: inRow(row) }, (_, column) => [
      ((column + 0.5) * widthM) / inRow(row),
      ((row + 0.5) * depthM) / rows,
    ]),
  )
  return {
    cameras: places.map(([x = 0, y = 0], i) => ({
      id: `cam-${i + 1}`,
      device: `camera-${i + 1}`,
      positionM: [mm(x), mm(y), heightM],
      lookAtM: [mm(x), mm(y + (y < depthM / 2 ? lookAsideM : -lookAsideM)), 0],
    })),
    devices: places.map((_, i) => ({
      id: `camera-${i + 1}`,
      definition,
      address: { transport: 'http', url: `${recorderUrl}/camera-${i + 1}` },
    })),
  }
}
