/** What may be asked of the twin, as schemas: this is the boundary, behind it requests are trusted. */
import { type Static, type TSchema, Type } from 'typebox'
import { AisleError } from '../../contract/errors.ts'
import { compileGate, oneOf, strictObject } from '../../contract/schema.ts'
import type { StoreLayout } from '../../profile/layout.ts'
import { type Act, CompanionSchema, PlanSchema } from '../shoppers/acts.ts'
import { behaviours } from '../shoppers/behaviour.ts'

const thing = Type.String({ minLength: 1, maxLength: 128, description: 'What GET /twin/things lists.' })

export const ShopperRequest = strictObject({
  name: Type.Optional(
    Type.String({ minLength: 1, maxLength: 40, title: 'Name', description: "As others' acts call them." }),
  ),
  behaviour: Type.Optional(oneOf(Object.keys(behaviours), { title: 'Behaviour' })),
  plan: Type.Optional(PlanSchema),
  companions: Type.Optional(Type.Array(CompanionSchema, { maxItems: 10, title: 'Companions' })),
})

export const FaultRequest = strictObject({
  device: thing,
  fault: Type.String({ minLength: 1, maxLength: 40 }),
  seconds: Type.Number({ minimum: 0, maximum: 86_400, description: "By the store's clock; 0 mends it." }),
  value: Type.Optional(Type.Number({ description: 'How bad, where the fault has degrees.' })),
})

export const MendRequest = strictObject({
  device: Type.Optional({ ...thing, description: 'Without: everything.' }),
})

export const SpeedRequest = strictObject({
  scale: Type.Number({ minimum: 0.1, maximum: 20, description: 'Times as fast as real time.' }),
})

export const WebhookRequest = strictObject({
  url: Type.Union([Type.String({ pattern: '^http://[^@/?#\\s]+(/[^\\s]*)?$', maxLength: 500 }), Type.Null()]),
})

/** @returns the typed request, or an AisleError `twin-request-invalid` */
export const requestGate = <S extends TSchema>(schema: S): ((body: unknown) => Static<S>) =>
  compileGate(schema, {
    code: 'twin-request-invalid',
    what: 'This request',
    action: 'See runtime/twin/control/requests.ts for what the twin understands.',
  })

/** Refuses acts at plates, fixtures and with products that the store does not have. @throws AisleError */
export function checkNames({ plates, fixtures, products }: StoreLayout, plan: readonly Act[]): void {
  const known = {
    plate: new Set(plates.map(({ id }) => id)),
    fixture: new Set(fixtures.map(({ id }) => id)),
    sku: new Set(products.map(({ sku }) => sku)),
  }
  for (const [kind, name] of plan.flatMap(namesIn)) {
    if (known[kind].has(name)) continue
    throw new AisleError('twin-request-invalid', `There is no ${kind} "${name}".`, {
      action: "Name one of the store's profile and catalogue.",
    })
  }
}

type Named = [kind: 'plate' | 'fixture' | 'sku', name: string]

/** Names stand in fields that are called after what they name, at any depth. */
function namesIn(part: unknown): Named[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([field, value]): Named[] => {
    const isName = field === 'plate' || field === 'fixture' || field === 'sku'
    return isName && typeof value === 'string' ? [[field, value]] : namesIn(value)
  })
}
