/** What the load cells' dialog asks of the program. */
import { Type } from 'typebox'
import { strictObject } from '../../runtime/contract/schema.ts'
import { Profile } from '../../runtime/profile/profile-schema.ts'
import { LoadCellOrder } from '../../runtime/sensing-api/load-cell-client.ts'
import type { LoadCellDesk } from '../host/load-cell-desk.ts'
import { deskRoutes, Revision, type RouteMaker } from './desk-routes.ts'

const WeightChange = strictObject({
  revision: Revision,
  weightG: Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }),
  weightSdG: Type.Union([Type.Number({ minimum: 0, maximum: 10_000 }), Type.Null()]),
})
/** What the plate is, the check of the whole profile says better. */
const PlateChange = strictObject({ revision: Revision, plate: Profile.properties.plates.items })
const Nothing = strictObject({})

export function addLoadCellRoutes(maker: RouteMaker, desk: LoadCellDesk): void {
  const { get, post } = deskRoutes(maker)
  get('load-cells', () => desk.facts())
  get('plates', () => desk.plates())
  get('plates/:id', (id) => desk.plate(id))
  get('plates/:id/registers', (id) => desk.registers(id))
  post('plates/:id/commands', LoadCellOrder, ({ user, id, body }) => desk.order(user, id, body))
  post('plates/:id', PlateChange, ({ user, id, body }) => desk.putPlate(user, id, body))
  post('plates', PlateChange, ({ user, body }) => desk.putPlate(user, undefined, body))
  post('products/:id/weight', WeightChange, ({ user, id, body }) => desk.correctWeight(user, id, body))
  post('restart', Nothing, async ({ user }) => desk.restart(user))
}
