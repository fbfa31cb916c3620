import type { Point3DM, StoreLayout } from '../../profile/layout.ts'
import { streamOf } from '../world/hash-noise.ts'
import { CameraRenderer } from './camera-renderer.ts'
import { anyLook } from './look.ts'
import type { CameraView } from './pinhole.ts'

/** The least height of a ceiling, and how far above its cameras it is. */
const leastCeilingM = 2.6
const aboveCamerasM = 0.1

/**
 * The renderer of one camera of a store: for all of a store's cameras its surfaces and lamps are the same.
 * @param lookSeed another one gives the store other surfaces, lamps and camera electronics
 */
export function storeRenderer(
  layout: StoreLayout,
  view: CameraView,
  lookSeed: number = streamOf(layout.storeId),
): CameraRenderer {
  const heightsM = [view, ...layout.cameras].map(({ positionM }: { positionM: Point3DM }) => positionM[2])
  const ceilingM = Math.max(leastCeilingM, ...heightsM.map((heightM) => heightM + aboveCamerasM))
  return new CameraRenderer(layout, anyLook(lookSeed, layout.floorM ?? [8, 6], ceilingM), view)
}
