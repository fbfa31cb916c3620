/** A scenario as data: who comes when and does what, what breaks at which moment, and what must come out. */
import { type Static, type TSchema, Type } from 'typebox'
import { compileGate, Identifier, oneOf, strictObject, taggedUnion } from '../../contract/schema.ts'
import { EntryRulesPolicy } from '../../policy/entry-rules.ts'
import { LineRulesPolicy } from '../../policy/line-rules.ts'
import { CompanionSchema, PlanSchema } from '../shoppers/acts.ts'
import { behaviours } from '../shoppers/behaviour.ts'
import { streamNames } from '../virtual/stream-faults.ts'

const sentence = (description: string) => Type.String({ minLength: 1, maxLength: 500, description })
const name = (description: string) => Type.String({ minLength: 1, maxLength: 40, description })
const sku = Type.String({ minLength: 1, maxLength: 64, description: 'A SKU of the catalogue.' })
const quantity = Type.Number({ exclusiveMinimum: 0, description: 'Pieces, or grams for what is sold by weight.' })
const afterOpening = (description: string) =>
  Type.Number({ minimum: 0, maximum: 86_400, description: `${description} Seconds after the doors open.` })
const plates = Type.Array(Identifier(), { minItems: 1, maxItems: 5000, description: 'Plates of the profile.' })

const goods = strictObject(
  {
    sku,
    weightG: Type.Optional(
      Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
        description: 'What the catalogue says, instead of what it says now; null: nobody weighed it.',
      }),
    ),
    weightSdG: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'By how much pieces differ, as the catalogue says (standard deviation).',
      }),
    ),
    trueWeightG: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'What a piece really weighs, when the catalogue is wrong.' }),
    ),
    plates: Type.Optional(Type.Array(Identifier(), { maxItems: 100, description: 'Where the planogram has it.' })),
    truePlates: Type.Optional(
      Type.Array(Identifier(), { maxItems: 100, description: 'Where it really lies, when the planogram is wrong.' }),
    ),
    pieces: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description: 'How many there are at the beginning, on all its plates.',
      }),
    ),
    soldBy: Type.Optional(oneOf(['each', 'weight'])),
    ageRestricted: Type.Optional(Type.Boolean()),
  },
  { description: 'A product that is other than the store’s own files say.' },
)

const visit = strictObject({
  name: name('How the rest of the scenario calls whoever comes.'),
  comesAtS: Type.Optional(afterOpening('When they come; later while somebody stands at the gate. 0 when absent.')),
  role: Type.Optional(oneOf(['shopper', 'staff'], { description: 'A shopper when absent.' })),
  account: Type.Optional(
    strictObject(
      {
        known: Type.Optional(Type.Boolean()),
        adult: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
        debt: Type.Optional(Type.Boolean()),
        blocked: Type.Optional(Type.Boolean()),
        usable: Type.Optional(Type.Boolean()),
      },
      { description: 'What the till knows of them; known, without debt and not blocked when absent.' },
    ),
  ),
  tailgates: Type.Optional(
    Type.Boolean({
      description: 'Has no code and slips in behind the next who has one; the till knows no such visit.',
    }),
  ),
  does: Type.Optional(PlanSchema),
  behaviour: Type.Optional(oneOf(Object.keys(behaviours), { description: 'Instead of a plan: the twin makes one.' })),
  with: Type.Optional(
    Type.Array(CompanionSchema, { minItems: 1, maxItems: 10, description: 'Who comes along on the same scan.' }),
  ),
})

const fault = <const N extends string, P extends Record<string, TSchema>>(word: N, description: string, fields: P) =>
  strictObject(
    {
      fault: Type.Literal(word),
      atS: Type.Optional(afterOpening('When it begins; from the very start when absent.')),
      forS: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, maximum: 86_400, description: 'How long; to the end when absent.' }),
      ),
      ...fields,
    },
    { description },
  )
const stream = oneOf(streamNames, { description: 'Whose messages.' })
const share = Type.Optional(
  Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'Of how many of the messages; of all when absent.' }),
)
const byMs = Type.Number({ minimum: 0, maximum: 60_000, description: 'Milliseconds.' })

export const FaultSchema = taggedUnion('fault', [
  fault('disconnected', 'A load cell gives no valid sample.', { plates }),
  fault('stuck', 'A load cell gives the same value again and again.', { plates }),
  fault('drifting', 'A load cell’s value wanders off.', {
    plates,
    gramsPerMinute: Type.Number({ minimum: -10_000, maximum: 10_000 }),
  }),
  fault('saturated', 'A load cell shows no more than so much above what it showed.', {
    plates,
    aboveG: Type.Number({ minimum: 0, maximum: 50_000 }),
  }),
  fault('sign-flipped', 'A load cell is wired the wrong way round.', { plates }),
  fault('noisy', 'A load cell’s value has noise on top.', {
    plates,
    noiseG: Type.Number({ exclusiveMinimum: 0, maximum: 1000, description: 'Standard deviation.' }),
  }),
  fault('vision-offline', 'All cameras are dark: no people, no sightings.', {}),
  fault('no-sightings', 'People are tracked, but no product is recognised.', {}),
  fault('hands-hidden', 'People are tracked, but no hand is seen.', {}),
  fault('ids-switched', 'The first two who come near each other are taken for one another.', {}),
  fault('ids-lost', 'The tracker starts again and knows everybody under a new id.', {}),
  fault('lost', 'Messages get lost.', { stream, share }),
  fault('late', 'Messages come late.', { stream, byMs, share }),
  fault('duplicated', 'Messages come twice, the second time so much later.', { stream, byMs, share }),
  fault('shuffled', 'Messages overtake each other within so long a time.', { stream, byMs }),
  fault('clock-off', 'The clock that stamps messages is ahead; negative: behind.', {
    stream,
    byMs: Type.Number({ minimum: -60_000, maximum: 60_000, description: 'Milliseconds.' }),
  }),
])

const lines = Type.Array(strictObject({ sku, quantity }), { maxItems: 100 })

/** What must come out of one visit. */
export const ExpectationSchema = taggedUnion('outcome', [
  strictObject(
    { outcome: Type.Literal('truth'), why: Type.Optional(sentence('Why this is said at all.')) },
    { description: 'Charged is what was really taken, and nothing waits for a person. This is expected by default.' },
  ),
  strictObject(
    {
      outcome: Type.Literal('ambiguous'),
      why: sentence('Why nobody could know.'),
      sure: Type.Optional({ ...lines, description: 'Charged all the same.' }),
      noticed: Type.Optional({ ...lines, description: 'Charged or in review: at the least a person sees it.' }),
    },
    {
      description:
        'Nobody can know: nothing is charged that was not taken; what is not charged is in review or let go.',
    },
  ),
  strictObject(
    {
      outcome: Type.Literal('lines'),
      why: sentence('Why something else than the truth must come out.'),
      charged: lines,
      inReview: Type.Optional(lines),
    },
    { description: 'Exactly these lines.' },
  ),
  strictObject(
    { outcome: Type.Literal('refused'), why: Type.Optional(sentence('Why.')) },
    { description: 'Is not let in.' },
  ),
])

export const ScenarioSchema = strictObject(
  {
    format: Type.Literal('open-aisle-scenario'),
    version: Type.Literal(1),
    title: Type.String({ minLength: 1, maxLength: 100, description: 'What happens.' }),
    why: sentence('Why this scenario exists: which mistake it guards against.'),
    known: Type.Optional(
      sentence('Why it fails today. It is then counted apart; remove this once the scenario passes.'),
    ),
    store: Type.Optional(Identifier({ description: 'A profile in hardware-profiles; corner-shop when absent.' })),
    seed: Type.Integer({ minimum: 0, maximum: 4_294_967_295, description: 'The same seed gives the same bytes.' }),
    opensAt: Type.Optional(
      Type.String({
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$',
        description: 'UTC. Matters for opening hours.',
      }),
    ),
    policy: Type.Optional(
      strictObject({
        entry: Type.Optional(Type.Partial(EntryRulesPolicy, { additionalProperties: false })),
        lines: Type.Optional(Type.Partial(LineRulesPolicy, { additionalProperties: false })),
      }),
    ),
    sensors: Type.Optional(
      strictObject({
        rateHz: Type.Optional(
          Type.Number({ minimum: 1, maximum: 1000, description: 'Of each plate; 15 when absent.' }),
        ),
        batchSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Samples; 3 when absent.' })),
        appliance: Type.Optional(
          oneOf(['good', 'poor', 'over-confident'], {
            description: 'How well the appliance recognises products; good when absent.',
          }),
        ),
        tracking: Type.Optional(
          oneOf(['good', 'poor'], {
            description: 'How well it follows people; poor: few cameras, hidden hands, ids lost and mixed up.',
          }),
        ),
        idChangesPerMinute: Type.Optional(
          Type.Number({ minimum: 0, maximum: 60, description: 'How often the tracker loses somebody; 0 when absent.' }),
        ),
      }),
    ),
    goods: Type.Optional(Type.Array(goods, { maxItems: 100 })),
    visits: Type.Array(visit, { minItems: 1, maxItems: 100 }),
    faults: Type.Optional(Type.Array(FaultSchema, { maxItems: 100 })),
    expect: Type.Optional(
      strictObject({
        visits: Type.Optional(
          Type.Record(Type.String(), ExpectationSchema, {
            description: 'By the visit’s name; whoever is not listed gets a receipt that equals the truth.',
          }),
        ),
        misplaced: Type.Optional(
          Type.Array(strictObject({ plate: Identifier(), sku, quantity: Type.Number() }), {
            maxItems: 100,
            description: 'What lies in the wrong place at the end, all of it, as `restock` would tell.',
          }),
        ),
      }),
    ),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Scenario',
    description: 'Who comes into a simulated store when and does what, what breaks, and what must come out.',
  },
)

export type Scenario = Static<typeof ScenarioSchema>
export type ScenarioVisit = Scenario['visits'][number]
export type Expectation = Static<typeof ExpectationSchema>

export const checkScenario = compileGate(ScenarioSchema, {
  code: 'scenario-invalid',
  what: 'This scenario',
  action: 'Correct these places; `aisle scenario --schema` prints what is allowed.',
})
