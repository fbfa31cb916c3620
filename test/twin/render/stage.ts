/** An empty room with people in it, for tests of what a camera shows. */
import type { Point3DM, PointM, StoreLayout } from '../../../runtime/profile/layout.ts'
import { CameraRenderer } from '../../../runtime/twin/render/camera-renderer.ts'
import { anyClothes } from '../../../runtime/twin/render/clothes.ts'
import type { Figure } from '../../../runtime/twin/render/figure.ts'
import { anyLook } from '../../../runtime/twin/render/look.ts'
import type { CameraView } from '../../../runtime/twin/render/pinhole.ts'

export const emptyRoom: StoreLayout = {
  ...{ storeId: 'room', currency: 'KRW', floorM: [6, 6], fixtures: [], plates: [], gates: [], zones: [] },
  ...{ cameras: [], products: [], planogram: [] },
}

export const overTheMiddle: CameraView = {
  ...{ positionM: [3, 3, 2.8], lookAtM: [3, 4, 0], widthPx: 320, heightPx: 240 },
}

export const rendererOf = (view: CameraView, layout = emptyRoom, seed = 1): CameraRenderer =>
  new CameraRenderer(layout, anyLook(seed, layout.floorM ?? [6, 6], 3), view)

/** Somebody who stands, arms hanging. */
export function standing(id: string, positionM: PointM, more: Partial<Figure> = {}): Figure {
  const [x, y] = positionM
  const hand = (aside: number): Point3DM => [x, y + aside, 0.9]
  return {
    ...{ id, positionM, headingRad: 0, heightM: 1.7, headM: [x, y, 1.7], handsM: [hand(0.3), hand(-0.3)] },
    ...{ walkedM: 0, holds: [[], []], hasBag: false, clothes: anyClothes(7) },
    ...more,
  }
}
