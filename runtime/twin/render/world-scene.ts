/** The twin's world at its present moment, as its cameras see it. */
import type { Shopper } from '../shoppers/shopper.ts'
import { hash32, streamOf } from '../world/hash-noise.ts'
import type { World } from '../world/world.ts'
import type { Scene } from './camera-renderer.ts'
import { anyClothes, type Clothes } from './clothes.ts'
import type { Figure } from './figure.ts'
import { colourOf } from './textures.ts'

/** Nobody changes clothes in the shop. */
const clothesOf = new WeakMap<Shopper, Clothes>()

/** @param camera its id: no two cameras have the same noise */
export function worldScene(world: World, camera: string): Scene {
  const onFloor = world.shoppers.filter(({ body }) => world.plan.onFloor(body.positionM))
  return {
    figures: onFloor.map((shopper) => figureOf(shopper, world.nowMs)),
    stock: new Map(world.layout.plates.map(({ id }) => [id, world.shelves.fullShare(id)])),
    exposure: hash32(streamOf(camera), 1, Math.floor(world.nowMs) & 0x7fffffff),
  }
}

function figureOf(shopper: Shopper, nowMs: number): Figure {
  const { body, hands, bag, trackIds } = shopper
  const id = trackIds[0] ?? shopper.name
  const clothes = clothesOf.get(shopper) ?? anyClothes(streamOf(id))
  clothesOf.set(shopper, clothes)
  const colours = (side: 0 | 1) => hands[side].map(({ piece }) => colourOf(piece.sku))
  return {
    ...{ id, positionM: body.positionM, headingRad: body.headingRad, heightM: body.heightM },
    ...{ headM: body.headM(nowMs), handsM: [body.handM(0, nowMs), body.handM(1, nowMs)], walkedM: body.walkedM },
    ...{ holds: [colours(0), colours(1)], hasBag: bag.length > 0, clothes },
  }
}
