/** Everything of a store that stands still, as faces: floor, walls, shelves with their boards and goods, gates. */
import type { Fixture, Plate, Point3DM, PointM, StoreLayout } from '../../profile/layout.ts'
import { cross, along as plus } from '../../vision/camera-model/vectors.ts'
import { axesOf } from '../world/geometry.ts'
import { hashUniform, streamOf } from '../world/hash-noise.ts'
import type { Face } from './draw-faces.ts'
import type { SceneLook } from './look.ts'
import { goodsFront, plain, type Texture } from './textures.ts'

/** How full a plate is, from 0 to 1. */
export type Stock = ReadonlyMap<string, number>

const up: Point3DM = [0, 0, 1]
const boardM = 0.025
const usualSizeM: Point3DM = [1.2, 0.45, 1.5]
/** Goods on the lowest boards stand freely; above, the next board limits them. */
const usualGoodsHighM = 0.25
const postM = 0.1
const postHighM = 0.95
const outsideM = 6

type RoomLayout = Pick<StoreLayout, 'fixtures' | 'plates' | 'gates' | 'planogram' | 'floorM' | 'wallsM'>

export function facesOf(layout: RoomLayout, look: SceneLook, stock: Stock): Face[] {
  const [widthM, depthM] = layout.floorM ?? [8, 6]
  const outside: Face = {
    ...{ cornerM: [-outsideM, -outsideM, -0.01], along: [1, 0, 0], up: [0, 1, 0] },
    ...{ sizeM: [widthM + 2 * outsideM, depthM + 2 * outsideM], texture: plain([70, 70, 72]) },
  }
  const floor: Face = {
    ...{ cornerM: [0, 0, 0], along: [1, 0, 0], up: [0, 1, 0] },
    ...{ sizeM: [widthM, depthM], texture: look.floor },
  }
  const skuOf = new Map(layout.planogram.flatMap(({ sku, plates }) => plates.map((plate) => [plate, sku])))
  return [
    floor,
    outside,
    ...(layout.wallsM ?? []).flatMap((wall) => wallFaces(wall, look)),
    ...layout.gates.flatMap(({ zoneM }) => zoneM.flatMap((corner) => post(corner, look))),
    ...layout.fixtures.flatMap((fixture) => fixtureFaces(fixture, look)),
    ...layout.plates.flatMap((plate) => goodsOn(plate, layout.plates, skuOf.get(plate.id), stock)),
  ]
}

/** Seen from both sides. */
function wallFaces(wall: readonly PointM[], { wall: texture, ceilingM }: SceneLook): Face[] {
  return wall.slice(1).flatMap((to, i): Face[] => {
    const from = wall[i] as PointM
    const lengthM = Math.hypot(to[0] - from[0], to[1] - from[1])
    const along: Point3DM = [(to[0] - from[0]) / lengthM, (to[1] - from[1]) / lengthM, 0]
    const common = { up, sizeM: [lengthM, ceilingM] as const, texture }
    return [
      { ...common, cornerM: [...from, 0], along },
      { ...common, cornerM: [...to, 0], along: [-along[0], -along[1], 0] },
    ]
  })
}

function post([x, y]: PointM, { metal }: SceneLook): Face[] {
  return block([x - postM / 2, y - postM / 2, 0], [1, 0, 0], [0, 1, 0], [postM, postM, postHighM], plain(metal))
}

/** Open to the front: back, sides, boards and top. */
function fixtureFaces(fixture: Fixture, { fixture: texture }: SceneLook): Face[] {
  const axes = axesOf(fixture)
  const along: Point3DM = [...axes.along, 0]
  const into: Point3DM = [...axes.into, 0]
  const [widthM, depthM, heightM] = fixture.sizeM ?? usualSizeM
  const corner = fixture.positionM
  const panel = (cornerM: Point3DM, sizeM: Point3DM) => block(cornerM, along, into, sizeM, texture)
  return [
    ...panel(plus(corner, into, depthM - boardM), [widthM, boardM, heightM]),
    ...panel(corner, [boardM, depthM, heightM]),
    ...panel(plus(corner, along, widthM - boardM), [boardM, depthM, heightM]),
    ...panel(plus(corner, up, heightM - boardM), [widthM, depthM, boardM]),
    ...panel(corner, [widthM, depthM, 0.1]),
  ]
}

/** A plate with its board, and on it a block of goods as deep as the stock reaches. */
function goodsOn(plate: Plate, plates: readonly Plate[], sku: string | undefined, stock: Stock): Face[] {
  const { positionM, sizeM, yawRad } = plate
  const along: Point3DM = [Math.cos(yawRad), Math.sin(yawRad), 0]
  const into: Point3DM = [-along[1], along[0], 0]
  const corner = plus(plus(positionM, along, -sizeM[0] / 2), into, -sizeM[1] / 2)
  const board = block(plus(corner, up, -boardM), along, into, [sizeM[0], sizeM[1], boardM], plain([150, 152, 155]))
  const share = stock.get(plate.id) ?? 1
  if (share <= 0 || sku === undefined) return board
  const above = plates
    .filter(({ fixture, positionM: [, , z] }) => fixture === plate.fixture && z > positionM[2] + 0.05)
    .map(({ positionM: [, , z] }) => z - positionM[2] - boardM - 0.05)
  const heightM = Math.min(usualGoodsHighM * (0.5 + hashUniform(streamOf(sku), 6, 6)), ...above)
  // The front piece goes first: what is left stands at the back.
  const goneM = sizeM[1] * 0.95 * (1 - share)
  const from = plus(plus(corner, into, goneM), along, 0.01)
  return [...board, ...block(from, along, into, [sizeM[0] - 0.02, sizeM[1] * 0.98 - goneM, heightM], goodsFront(sku))]
}

/** The sides and the top of a box. */
function block(cornerM: Point3DM, along: Point3DM, into: Point3DM, sizeM: Point3DM, texture: Texture): Face[] {
  const [w, d, h] = sizeM
  const back: Point3DM = [-along[0], -along[1], 0]
  const out: Point3DM = [-into[0], -into[1], 0]
  const face = (from: Point3DM, right: Point3DM, above: Point3DM, width: number, height: number): Face => ({
    ...{ cornerM: from, along: right, up: above, sizeM: [width, height], texture },
  })
  const right = plus(cornerM, along, w)
  return [
    face(cornerM, along, up, w, h),
    face(plus(right, into, d), back, up, w, h),
    face(right, into, up, d, h),
    face(plus(cornerM, into, d), out, up, d, h),
    face(plus(cornerM, up, h), along, cross(up, along), w, d),
  ]
}
