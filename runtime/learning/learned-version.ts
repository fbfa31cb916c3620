/**
 * What outcomes have taught, as a file: one for each version, never changed once it is written. There is nothing of
 * persons in it: products, grams and counts.
 */
import { type Static, Type } from 'typebox'
import { compileGate, Identifier, oneOf, strictObject } from '../contract/schema.ts'

const sku = Type.String({ minLength: 1, maxLength: 64 })
const grams = Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })
const count = Type.Integer({ minimum: 0 })
const nullable = <T extends typeof grams>(schema: T) => Type.Union([schema, Type.Null()])

export const ConfirmedTaking = strictObject(
  {
    event: Identifier({ description: 'The first weight event of the taking; keeps it from counting twice.' }),
    pieceG: grams,
    sigmaG: Type.Number({ minimum: 0, description: "Standard deviation of pieceG: the scale's alone." }),
    pieces: Type.Integer({ minimum: 1, maximum: 100 }),
  },
  { description: 'A taking of which a person said that it was this product; one for each visit.' },
)

export const LearnedProduct = strictObject({
  sku,
  catalogue: strictObject(
    { weightG: nullable(grams), weightSdG: nullable(grams) },
    { description: 'What the catalogue said; when it says something else, this is forgotten.' },
  ),
  learned: Type.Union([strictObject({ weightG: grams, weightSdG: grams }), Type.Null()], {
    description: 'null: too few takings, or the catalogue is right.',
  }),
  takings: Type.Array(ConfirmedTaking, { maxItems: 100, description: 'The newest last.' }),
})

export const LearnedContent = strictObject({
  products: Type.Array(LearnedProduct, { maxItems: 100_000, description: 'Sorted by SKU.' }),
  sold: Type.Array(strictObject({ sku, times: count }), {
    maxItems: 100_000,
    description: 'In how many visits each was charged; sorted by SKU.',
  }),
  mistaken: Type.Array(strictObject({ sku, takenFor: sku, times: count }), {
    maxItems: 100_000,
    description: 'How often a person said that what had been taken for one product was the other.',
  }),
})

export const LearnedVersion = strictObject({
  schemaVersion: Type.Literal(1),
  storeId: Identifier(),
  number: Type.Integer({ minimum: 1 }),
  parent: Type.Integer({ minimum: 0, description: 'The version that held before; 0: the catalogue alone.' }),
  previousHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the file with the number before.' }),
  atMs: Type.Number(),
  kind: oneOf(['learned', 'accepted', 'back'], {
    description: 'accepted: takes what was proposed; back: what held before.',
  }),
  taken: Type.Boolean({ description: 'false: proposed; a person has to accept it.' }),
  source: strictObject({
    countedTo: Type.Integer({ minimum: 0, description: "Position in the till's journal up to which outcomes count." }),
    visits: count,
    confirmed: count,
    corrected: count,
    givenBack: count,
  }),
  content: LearnedContent,
})

export type ConfirmedTaking = Static<typeof ConfirmedTaking>
export type LearnedProduct = Static<typeof LearnedProduct>
export type LearnedContent = Static<typeof LearnedContent>
export type LearnedVersion = Static<typeof LearnedVersion>

export const nothingLearned: LearnedContent = { products: [], sold: [], mistaken: [] }

export const checkLearnedVersion = compileGate(LearnedVersion, {
  code: 'learned-invalid',
  what: 'What was learned',
  action: 'Restore the file from a backup, or move it and all later ones away; the catalogue alone holds then.',
})
