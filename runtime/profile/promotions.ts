/** What the catalogue may say besides prices: promotions, and the tax that prices include. */
import { type Static, Type } from 'typebox'
import { dayChoices } from '../contract/opening-hours.ts'
import { Identifier, oneOf, strictObject, taggedUnion } from '../contract/schema.ts'

const sku = Type.String({ minLength: 1, maxLength: 64 })
const skus = Type.Array(sku, { title: 'Products', minItems: 1, maxItems: 1000 })
const timeOfDay = (title: string) =>
  Type.String({ title, description: 'HH:MM', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })
const day = (title: string) =>
  Type.String({ title, description: 'YYYY-MM-DD', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

const Offer = taggedUnion(
  'kind',
  [
    strictObject({
      kind: Type.Literal('one-free'),
      skus,
      take: Type.Integer({
        title: 'Take',
        minimum: 2,
        maximum: 20,
        description: 'Of so many pieces the cheapest is free: 2 is 1+1, 3 is 2+1. Products of the list may be mixed.',
      }),
    }),
    strictObject({
      kind: Type.Literal('bundle'),
      parts: Type.Array(
        strictObject({ sku, quantity: Type.Integer({ title: 'Pieces', minimum: 1, maximum: 20, default: 1 }) }),
        { title: 'Parts', minItems: 1, maxItems: 20 },
      ),
      priceMinor: Type.Integer({ title: 'Price', minimum: 0, description: 'Of all parts together, minor unit.' }),
    }),
    strictObject({
      kind: Type.Literal('percent-off'),
      skus,
      percent: Type.Integer({ title: 'Percent', minimum: 1, maximum: 100 }),
    }),
  ],
  { title: 'Offer' },
)

export const Promotion = strictObject({
  id: Identifier({ title: 'Promotion' }),
  name: Type.String({ title: 'Name', minLength: 1, maxLength: 100, description: 'As the receipt says it.' }),
  firstDay: Type.Optional(day('First day')),
  lastDay: Type.Optional(day('Last day')),
  hours: Type.Optional(
    Type.Array(
      strictObject({
        days: oneOf(dayChoices, { title: 'Days' }),
        from: timeOfDay('From'),
        to: timeOfDay('To'),
      }),
      { title: 'Hours', minItems: 1, maxItems: 20, description: "By the store's clock; always when absent." },
    ),
  ),
  offer: Offer,
})
export type Promotion = Static<typeof Promotion>

export const TaxRule = strictObject(
  {
    name: Type.String({ title: 'Name', minLength: 1, maxLength: 20, description: 'Such as VAT or 부가세.' }),
    percent: Type.Number({ title: 'Percent', minimum: 0, maximum: 100, multipleOf: 0.01 }),
  },
  { title: 'Tax', description: 'Contained in every price but those of tax-free products.' },
)
export type TaxRule = Static<typeof TaxRule>
