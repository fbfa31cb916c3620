/** The files of a recording, `open-aisle-recording/1`: positions in metres, times in Unix seconds, weights in grams. */
import { type Static, Type } from 'typebox'
import { compileGate, Identifier, oneOf, Point2M, Point3M, type strictObject } from '../contract/schema.ts'

const seconds = (description: string) => Type.Number({ minimum: 0, description })
const sku = Type.String({ minLength: 1, maxLength: 64 })
/** Recorders add what their devices know; a replay does not need it. */
const openObject: typeof strictObject = (properties, options = {}) =>
  Type.Object(properties, { additionalProperties: true, ...options }) as never

export const RecordingHeader = openObject({
  format: Type.Literal('open-aisle-recording/1'),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  source: oneOf(['real', 'resynthesised', 'simulated']),
  start: seconds('When it begins.'),
  duration: seconds('How long it is.'),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
})

export const RecordedLayout = openObject({
  fixtures: Type.Array(openObject({ id: Identifier(), position: Point3M(), yaw: Type.Number() }), { maxItems: 5000 }),
  plates: Type.Array(
    openObject({
      id: Identifier(),
      fixture: Identifier(),
      shelf: Type.Integer({ minimum: 1 }),
      index: Type.Integer({ minimum: 1 }),
      position: Point3M(),
      size: Point2M(),
      yaw: Type.Number(),
      rating_g: Type.Number({ exclusiveMinimum: 0 }),
    }),
    { maxItems: 50_000 },
  ),
  gates: Type.Array(
    openObject({
      id: Identifier(),
      kind: oneOf(['entry', 'exit', 'both']),
      zone: Type.Array(Point2M(), { minItems: 3, maxItems: 100 }),
    }),
    { maxItems: 100 },
  ),
  cameras: Type.Array(openObject({ id: Identifier(), position: Point3M() }), { maxItems: 1000 }),
})

export const RecordedProducts = Type.Array(
  openObject({
    sku,
    name: Type.String({ maxLength: 1000 }),
    weight_g: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
    weight_sd_g: Type.Optional(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])),
    price: Type.Integer({ minimum: 0 }),
    sold_by: oneOf(['each', 'weight']),
    age_restricted: Type.Optional(Type.Boolean()),
    aliases: Type.Optional(Type.Array(sku, { maxItems: 100 })),
  }),
  { maxItems: 100_000 },
)

export const RecordedPlanogram = Type.Array(openObject({ sku, plates: Type.Array(Identifier(), { maxItems: 1000 }) }), {
  maxItems: 100_000,
})

export const RecordedBatch = openObject({
  t: seconds('Time of the first sample.'),
  hz: Type.Number({ exclusiveMinimum: 0, maximum: 10_000 }),
  fixture: Identifier(),
  plates: Type.Array(Identifier(), { minItems: 1, maxItems: 5000 }),
  g: Type.Array(Type.Array(Type.Union([Type.Number(), Type.Null()]), { maxItems: 10_000 }), { maxItems: 5000 }),
})

export const RecordedPeople = openObject({
  t: seconds('Time of the frame.'),
  people: Type.Array(
    openObject({
      id: Identifier(),
      head: Point3M(),
      hands: Type.Array(Type.Union([Point3M(), Type.Null()]), { maxItems: 2 }),
      score: Type.Number({ minimum: 0, maximum: 1 }),
    }),
    { maxItems: 200 },
  ),
})

export const RecordedSighting = openObject({
  t: seconds('Time of the look.'),
  camera: Identifier(),
  position: Type.Union([Point3M(), Type.Null()]),
  candidates: Type.Array(openObject({ sku, p: Type.Number({ minimum: 0, maximum: 1 }) }), { maxItems: 20 }),
})

export const RecordedGateEvent = openObject({
  t: seconds('When the gate saw it.'),
  gate: Identifier(),
  event: oneOf(['scan', 'pass']),
  direction: oneOf(['in', 'out']),
  token: Type.Optional(Type.String({ maxLength: 512 })),
  party: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
})

const receipts = Type.Array(
  openObject({
    person: Type.String({ minLength: 1, maxLength: 128 }),
    items: Type.Array(openObject({ sku, quantity: Type.Number({ exclusiveMinimum: 0 }) }), { maxItems: 1000 }),
  }),
  { maxItems: 10_000 },
)

export const Answer = openObject({ receipts })

export const Truth = openObject({
  people: Type.Array(
    openObject({
      person: Type.String({ minLength: 1, maxLength: 128 }),
      ids: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 1000 }),
    }),
    { maxItems: 10_000 },
  ),
  receipts,
})

export type RecordingHeader = Static<typeof RecordingHeader>
export type RecordedLayout = Static<typeof RecordedLayout>
export type RecordedProduct = Static<typeof RecordedProducts>[number]
export type RecordedPlanogram = Static<typeof RecordedPlanogram>
export type RecordedBatch = Static<typeof RecordedBatch>
export type RecordedPeople = Static<typeof RecordedPeople>
export type RecordedSighting = Static<typeof RecordedSighting>
export type RecordedGateEvent = Static<typeof RecordedGateEvent>
export type Answer = Static<typeof Answer>
export type Truth = Static<typeof Truth>

const gate = <S extends Parameters<typeof compileGate>[0]>(schema: S, what: string) =>
  compileGate(schema, {
    code: 'recording-invalid',
    what,
    action: 'Correct the line or record again; the format is open-aisle-recording/1.',
  })

export const checkHeader = gate(RecordingHeader, 'This recording header')
export const checkLayout = gate(RecordedLayout, 'This layout')
export const checkProducts = gate(RecordedProducts, 'This list of products')
export const checkPlanogram = gate(RecordedPlanogram, 'This planogram')
export const checkBatch = gate(RecordedBatch, 'This batch of samples')
export const checkPeople = gate(RecordedPeople, 'This frame')
export const checkSighting = gate(RecordedSighting, 'This sighting')
export const checkGateEvent = gate(RecordedGateEvent, 'This gate event')
export const checkAnswer = gate(Answer, 'This answer')
export const checkTruth = gate(Truth, 'This truth')
