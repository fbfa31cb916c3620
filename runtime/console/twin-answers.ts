/** What the simulated store answers, as far as the console needs it: checked here, trusted behind. */
import { type Static, type TSchema, Type } from 'typebox'
import { compileGate } from '../contract/schema.ts'

// Fields that the console does not need may come and go.
const open = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties)
const text = Type.String({ maxLength: 2000 })
const Title = open({ en: text, ko: text })

const Fault = open({
  fault: text,
  title: Title,
  value: Type.Optional(
    open({ title: Title, unit: text, minimum: Type.Number(), maximum: Type.Number(), default: Type.Number() }),
  ),
})
const Broken = open({ fault: text, value: Type.Union([Type.Number(), Type.Null()]), untilMs: Type.Number() })

export const Things = open({
  kinds: Type.Array(open({ kind: text, title: Title, faults: Type.Array(Fault) })),
  things: Type.Array(open({ name: text, kind: text, broken: Type.Array(Broken) })),
})

/** Of a JSON Schema only what a form is made from. */
const Field = open({
  const: Type.Optional(text),
  type: Type.Optional(text),
  enum: Type.Optional(Type.Array(text)),
  title: Type.Optional(text),
  description: Type.Optional(text),
})
const Act = open({
  description: Type.Optional(text),
  required: Type.Optional(Type.Array(text)),
  properties: Type.Record(Type.String(), Field),
})

export const Behaviours = open({
  behaviours: Type.Array(text),
  requestSchema: open({ properties: open({ plan: open({ items: open({ oneOf: Type.Array(Act) }) }) }) }),
})

export const State = open({
  nowMs: Type.Number(),
  paused: Type.Boolean(),
  finished: Type.Boolean(),
  inside: Type.Integer(),
  speed: Type.Number(),
})

export const Truth = open({
  visits: Type.Array(
    open({
      accountId: text,
      enteredAtMs: Type.Union([Type.Number(), Type.Null()]),
      items: Type.Array(open({ sku: text, quantity: Type.Integer() })),
      events: Type.Array(open({ fromMs: Type.Number(), sku: text, quantity: Type.Integer(), plate: text })),
    }),
  ),
})

export const Done = open({ done: Type.Literal(true) })
export const Refusal = open({ code: text, message: text, action: text })

export type Things = Static<typeof Things>
export type Behaviours = Static<typeof Behaviours>
export type State = Static<typeof State>
export type Truth = Static<typeof Truth>

/** @returns the typed answer, or an AisleError `twin-answer-invalid` */
export const answerGate = <S extends TSchema>(schema: S): ((body: unknown) => Static<S>) =>
  compileGate(schema, {
    code: 'twin-answer-invalid',
    what: "The simulated store's answer",
    action: 'This is a defect; report it with logs/console.log.',
  })
