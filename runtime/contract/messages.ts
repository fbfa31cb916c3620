/**
 * The messages that travel on a flow's wires. A Node-RED message of ours is `{topic: type, payload: message}`,
 * plain JSON and small; frames and sample batches stay in stores and travel as ids.
 * Times are Unix milliseconds, lengths metres, weights grams, money integers in the currency's minor unit.
 */
import { type Static, type TSchema, Type } from 'typebox'
import { AisleError } from './errors.ts'
import { compileGate, Identifier, oneOf, Point2M, Point3M, strictObject } from './schema.ts'

const envelopeFields = {
  version: Type.Literal(1, { description: 'Version of this message type.' }),
  storeId: Identifier({ description: 'The store that this is about.' }),
  sequence: Type.Integer({ minimum: 0, description: "Position in the sender's stream; grows, may have gaps." }),
  seenAtMs: Type.Number({ description: "When it happened, by the device's time (Unix ms)." }),
  receivedAtMs: Type.Number({ description: 'When this platform learned of it (Unix ms).' }),
}

function message<T extends string, P extends Record<string, TSchema>>(type: T, description: string, fields: P) {
  return strictObject({ type: Type.Literal(type), ...envelopeFields, ...fields }, { description })
}

const probability = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })
const visitId = Identifier({ description: 'The visit, as the till numbers it.' })
const personId = Identifier({ description: 'A person in the store: the first track id under which they were seen.' })
const nullableVisitId = Type.Union([visitId, Type.Null()], { description: 'The visit, or null while none is known.' })
const sku = Type.String({ minLength: 1, maxLength: 64, description: 'Stock keeping unit.' })
const text = (description: string) => Type.String({ maxLength: 1000, description })

// ---- what devices say -------------------------------------------------------------------------------

export const WeightEvent = message('weight-event', 'A lasting change of weight on one or more plates.', {
  eventId: Identifier({ description: 'Stays the same when the event is revised.' }),
  revision: Type.Integer({ minimum: 0, description: '0 at first; a higher one replaces the lower.' }),
  fixture: Identifier(),
  plates: Type.Array(strictObject({ plate: Identifier(), deltaG: Type.Number() }), {
    description: 'The plates that changed and by how much each.',
  }),
  startedAtMs: Type.Number({ description: 'When the weight began to move.' }),
  settledAtMs: Type.Number({ description: 'When the plates were at rest again.' }),
  deltaG: Type.Number({ description: 'What the shelf gained in all: negative when something was taken.' }),
  sigmaG: Type.Number({ minimum: 0, description: 'Standard deviation of deltaG.' }),
  kind: oneOf(['removed', 'added', 'gap', 'withdrawn', 'looked'], {
    description:
      'removed or added: a step; gap: the net change across a time that no sensor saw; withdrawn: a revision that takes the event back; looked: no plate changed, but a camera saw goods in a hand (made by fusion alone).',
  }),
  evidence: strictObject({
    noiseG: Type.Number({ description: "The plates' own noise before the event (standard deviation)." }),
    swingG: Type.Number({ description: 'Largest swing of a neighbouring plate during the event.' }),
    samples: Type.Integer({ description: 'Samples that the two levels were measured from.' }),
    curve: Type.Optional(
      strictObject(
        {
          fromMs: Type.Number({ description: 'Start of the first point.' }),
          stepMs: Type.Number({ exclusiveMinimum: 0 }),
          gramsOff: Type.Array(Type.Union([Type.Integer(), Type.Null()]), {
            maxItems: 60,
            description: 'Mean of each step against the level before; null where no sample came.',
          }),
        },
        { description: 'How the weight of these plates went, thinly: for showing.' },
      ),
    ),
  }),
})

export const Person = strictObject({
  trackId: Identifier({ description: 'As the tracker calls this person; may change when it loses them.' }),
  headM: Point3M(),
  handsM: Type.Array(Type.Union([Point3M(), Type.Null()]), {
    maxItems: 2,
    description: 'Wrists, in no particular order; null is a hand that no camera saw.',
  }),
  handSigmasM: Type.Optional(
    Type.Array(Type.Union([Type.Number({ minimum: 0 }), Type.Null()]), {
      maxItems: 2,
      description: 'Of each hand, in the same order: standard deviation of its place, all three axes together.',
    }),
  ),
  score: probability("The tracker's confidence."),
})

export const People = message('people', 'Everybody whom the vision sees at one moment.', {
  source: Identifier({ description: 'The appliance or camera group that saw them.' }),
  people: Type.Array(Person, { maxItems: 200 }),
})

export const Sighting = message('sighting', 'What a camera saw in a hand or on a shelf.', {
  camera: Identifier(),
  positionM: Type.Union([Point3M(), Type.Null()]),
  candidates: Type.Array(strictObject({ sku, probability: probability('That it is this product.') }), { maxItems: 20 }),
})

export const healthStates = [
  'online',
  'late',
  'offline',
  'stuck',
  'drifting',
  'noisy',
  'saturated',
  'sign-flipped',
] as const
export const DeviceHealth = message('device-health', 'A device, or one channel of it, changed its state.', {
  device: Identifier({ description: 'The device, as the profile names it.' }),
  plate: Type.Optional(Identifier({ description: 'The plate, when it is about one channel.' })),
  state: oneOf(healthStates),
  previous: Type.Union([oneOf(healthStates), Type.Null()]),
  reason: text('In words: what was seen and what to do.'),
})

// ---- the door ---------------------------------------------------------------------------------------

export const Scan = message('scan', 'Somebody showed something at a door. What was shown stays in the till.', {
  scanId: Identifier(),
  gate: Identifier(),
  method: oneOf(['qr', 'card', 'badge', 'other']),
  account: strictObject(
    {
      known: Type.Boolean(),
      accountId: Type.Union([Identifier(), Type.Null()], { description: 'A pseudonym.' }),
      role: oneOf(['shopper', 'staff', 'unknown']),
      party: Type.Integer({ minimum: 1, maximum: 20, description: 'How many people this scan admits.' }),
      openVisit: Type.Boolean({ description: 'There is a visit under way on this account.' }),
      debt: Type.Boolean({ description: 'An earlier visit is unpaid.' }),
      blocked: Type.Boolean(),
      adult: Type.Union([Type.Boolean(), Type.Null()], { description: 'null: nobody said.' }),
      usable: Type.Boolean({ description: 'The credential is valid: not expired, not used before.' }),
    },
    { description: 'What the till knows of whoever scanned.' },
  ),
})

export const Admission = message('admission', 'The answer of the entry rules to a scan.', {
  scanId: Identifier(),
  gate: Identifier(),
  decision: oneOf(['admit', 'refuse']),
  party: Type.Integer({ minimum: 1, maximum: 20 }),
  role: oneOf(['shopper', 'staff', 'unknown']),
  reason: text('For the screen at the door.'),
  rule: Type.String({ description: 'The rule that decided.' }),
  policyHash: Type.Optional(Type.String({ description: 'SHA-256 of the policy that decided.' })),
})

export const GatePass = message('gate-pass', 'Somebody walked through a gate.', {
  passId: Identifier(),
  gate: Identifier(),
  direction: oneOf(['in', 'out']),
  visitId: nullableVisitId,
  late: Type.Optional(
    Type.Literal(true, {
      description: 'The gate had not been read for a while before: when somebody walked through is not known.',
    }),
  ),
})

export const GateAlarm = message('gate-alarm', 'A gate saw something that it should not.', {
  gate: Identifier(),
  alarm: oneOf(['tailgate', 'held', 'timeout', 'fire', 'forced', 'offline', 'unpaid', 'call']),
  text: text('In words.'),
})

// ---- people and visits ------------------------------------------------------------------------------

export const ZoneEvent = message('zone-event', 'A person entered, left, dwelt in, approached or touched a zone.', {
  zone: Identifier({ description: 'The zone, or the fixture where that is watched.' }),
  fixture: Type.Optional(Identifier({ description: 'The fixture, where it is about its shelves and no drawn zone.' })),
  shelf: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'The shelf of the fixture that was touched; counts from 1 at the bottom.',
    }),
  ),
  personId,
  event: oneOf(['enter', 'leave', 'dwell', 'approach', 'touch']),
  durationMs: Type.Optional(Type.Number({ minimum: 0, description: 'How long they had been there.' })),
  positionM: Point2M(),
})

export const Visit = message('visit', 'A visit was opened at the door, or its shopper left.', {
  visitId,
  state: oneOf(['opened', 'exited']),
  gate: Type.Union([Identifier(), Type.Null()]),
  personIds: Type.Array(personId, {
    maxItems: 20,
    description: 'Who it is; several for a party, empty while unknown.',
  }),
  role: oneOf(['shopper', 'staff', 'unknown']),
})

export const StaffSession = message(
  'staff-session',
  'Staff began or ended their work; what they move fills no basket.',
  {
    visitId,
    state: oneOf(['started', 'ended']),
    personIds: Type.Array(personId, { maxItems: 20 }),
  },
)

// ---- who took what ----------------------------------------------------------------------------------

/** One piece of evidence for a line, in words that a shop's owner understands. */
export const EvidenceNote = strictObject({
  kind: oneOf(['weight', 'hand', 'sighting', 'planogram', 'basket', 'prior', 'gap']),
  text: text('What was seen.'),
  logOdds: Type.Number({ description: 'How far it moved the line; positive speaks for it (natural logarithm).' }),
  eventId: Type.Optional(Identifier()),
})

export const AttributedLine = strictObject({
  lineId: Identifier({
    description: 'Stays the same for one product in one basket, and for what more there may be of it.',
  }),
  sku,
  quantity: Type.Number({ exclusiveMinimum: 0, description: 'Pieces, or grams for what is sold by weight.' }),
  probability: probability('That the shopper has at least this quantity.'),
  eventIds: Type.Array(Identifier(), { maxItems: 100 }),
  alternatives: Type.Array(strictObject({ text: text('What else it may have been.'), probability: probability('') }), {
    maxItems: 10,
  }),
  notes: Type.Array(EvidenceNote, { maxItems: 30 }),
})

export const Attribution = message('attribution', "A person's whole basket as the evidence now has it.", {
  personId,
  visitId: nullableVisitId,
  revision: Type.Integer({ minimum: 0, description: 'Grows with every change of this basket.' }),
  final: Type.Boolean({ description: 'The visit has ended and no later evidence is awaited.' }),
  lines: Type.Array(AttributedLine, { maxItems: 300 }),
  shelf: Type.Array(
    strictObject({
      plate: Identifier(),
      sku,
      quantity: Type.Number({ description: 'Negative: taken from there.' }),
      misplaced: Type.Boolean({ description: 'The planogram does not have this product there.' }),
      eventId: Identifier(),
    }),
    { maxItems: 100, description: 'What this change moved on the shelves.' },
  ),
})

export const PricedLine = strictObject({
  ...AttributedLine.properties,
  name: text('The product, for people.'),
  unitPriceMinor: Type.Integer({ minimum: 0 }),
  amountMinor: Type.Integer({
    minimum: 0,
    description: 'At list price, before discounts. For showing; the till prices and charges.',
  }),
  soldBy: Type.Optional(oneOf(['each', 'weight'])),
  taxFree: Type.Optional(Type.Boolean({ description: 'Its price contains no tax.' })),
})

export const Discount = strictObject(
  {
    promotionId: Identifier(),
    name: text('The promotion, for people.'),
    times: Type.Integer({
      minimum: 1,
      description: 'How often it was given; all else here is for all times together.',
    }),
    amountMinor: Type.Integer({ minimum: 0 }),
    lines: Type.Array(
      strictObject({ lineId: Identifier(), quantity: Type.Number(), amountMinor: Type.Integer({ minimum: 0 }) }),
      { maxItems: 300, description: 'What took part in it, and how the discount is spread over that.' },
    ),
  },
  { description: 'What a promotion takes off.' },
)

export const Tax = strictObject(
  {
    name: text('Such as VAT.'),
    percent: Type.Number({ minimum: 0 }),
    supplyMinor: Type.Integer({ minimum: 0, description: 'Taxed goods without their tax.' }),
    taxMinor: Type.Integer({ minimum: 0 }),
    taxFreeMinor: Type.Integer({ minimum: 0 }),
  },
  { description: 'The tax that a total contains; the three amounts sum up to it.' },
)

export const BasketChange = message('basket-change', 'A basket as the till has taken it down.', {
  visitId,
  revision: Type.Integer({ minimum: 0 }),
  final: Type.Boolean(),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  lines: Type.Array(PricedLine, { maxItems: 300 }),
  discounts: Type.Optional(Type.Array(Discount, { maxItems: 1000 })),
  totalMinor: Type.Integer({ minimum: 0, description: 'Of what is likelier than not, with discounts. For showing.' }),
})

// ---- decisions and money ----------------------------------------------------------------------------

export const DecidedLine = strictObject({
  lineId: Identifier(),
  sku,
  quantity: Type.Number({ exclusiveMinimum: 0 }),
  probability: probability(''),
  outcome: oneOf(['charge', 'review', 'let-go']),
  rule: Type.String({ description: 'The rule that decided.' }),
})

export const Decision = message('decision', 'What shall happen with each line of a finished visit.', {
  visitId,
  basketRevision: Type.Integer({ minimum: 0 }),
  outcome: oneOf(['charge', 'review', 'empty'], {
    description: 'review: at least one line waits for a person; empty: nothing is left to charge.',
  }),
  lines: Type.Array(DecidedLine, { maxItems: 300 }),
  policyHash: Type.String({ description: 'SHA-256 of the policy that decided.' }),
})

export const Payment = message('payment', 'How a visit ended. Charged by the till, exactly once.', {
  visitId,
  state: oneOf(['paid', 'empty', 'debt', 'void', 'review']),
  amountMinor: Type.Integer({ minimum: 0, description: 'For showing.' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
})

export const Receipt = message('receipt', 'A receipt was issued, or could not be.', {
  visitId,
  receiptId: Identifier(),
  state: oneOf(['sent', 'failed']),
  channel: oneOf(['page', 'e-mail']),
  totalMinor: Type.Integer({ minimum: 0, description: 'The lines less discounts and refunds.' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  lines: Type.Array(
    strictObject({
      lineId: Identifier(),
      sku,
      name: text(''),
      quantity: Type.Number(),
      amountMinor: Type.Integer({ minimum: 0, description: 'At list price, before discounts.' }),
      taxFree: Type.Optional(Type.Boolean()),
    }),
    { maxItems: 300 },
  ),
  discounts: Type.Optional(Type.Array(Discount, { maxItems: 1000 })),
  tax: Type.Optional(Tax),
  refunds: Type.Optional(
    Type.Array(strictObject({ lineId: Identifier(), amountMinor: Type.Integer({ minimum: 0 }) }), {
      maxItems: 300,
      description: 'Lines that were given back since; total and tax are without them.',
    }),
  ),
  reason: Type.Optional(text('Why it failed.')),
})

// ---- the shop -----------------------------------------------------------------------------------------

export const StockNotice = message('stock-notice', 'Goods in the wrong place, or running low.', {
  notice: oneOf(['misplaced', 'low-stock', 'tidied']),
  sku,
  plate: Identifier(),
  homePlates: Type.Array(Identifier()),
  quantity: Type.Number(),
  text: text('In words.'),
})

export const Notification = message('notification', 'Something was said to a person, a speaker or a screen.', {
  channel: oneOf(['person', 'speaker', 'screen']),
  recipient: Type.String({ maxLength: 200 }),
  state: oneOf(['done', 'failed']),
  text: text('What was said.'),
})

/** Every message type by its name: the wires' vocabulary. */
export const messageSchemas = {
  'weight-event': WeightEvent,
  people: People,
  sighting: Sighting,
  'device-health': DeviceHealth,
  scan: Scan,
  admission: Admission,
  'gate-pass': GatePass,
  'gate-alarm': GateAlarm,
  'zone-event': ZoneEvent,
  visit: Visit,
  'staff-session': StaffSession,
  attribution: Attribution,
  'basket-change': BasketChange,
  decision: Decision,
  payment: Payment,
  receipt: Receipt,
  'stock-notice': StockNotice,
  notification: Notification,
} as const

export type MessageType = keyof typeof messageSchemas
export type MessageOf<T extends MessageType> = Static<(typeof messageSchemas)[T]>
export type AnyMessage = { [T in MessageType]: MessageOf<T> }[MessageType]

export type WeightEvent = Static<typeof WeightEvent>
export type Person = Static<typeof Person>
export type People = Static<typeof People>
export type Sighting = Static<typeof Sighting>
export type DeviceHealth = Static<typeof DeviceHealth>
export type HealthState = (typeof healthStates)[number]
export type Scan = Static<typeof Scan>
export type Admission = Static<typeof Admission>
export type GatePass = Static<typeof GatePass>
export type GateAlarm = Static<typeof GateAlarm>
export type ZoneEvent = Static<typeof ZoneEvent>
export type Visit = Static<typeof Visit>
export type StaffSession = Static<typeof StaffSession>
export type EvidenceNote = Static<typeof EvidenceNote>
export type AttributedLine = Static<typeof AttributedLine>
export type Attribution = Static<typeof Attribution>
export type PricedLine = Static<typeof PricedLine>
export type Discount = Static<typeof Discount>
export type Tax = Static<typeof Tax>
export type BasketChange = Static<typeof BasketChange>
export type DecidedLine = Static<typeof DecidedLine>
export type Decision = Static<typeof Decision>
export type Payment = Static<typeof Payment>
export type Receipt = Static<typeof Receipt>
export type StockNotice = Static<typeof StockNotice>
export type Notification = Static<typeof Notification>

const gates = Object.fromEntries(
  Object.entries(messageSchemas).map(([type, schema]) => [
    type,
    compileGate(schema, {
      code: 'message-invalid',
      what: `This ${type} message`,
      action: 'Look at the node or function that this message comes from.',
    }),
  ]),
) as Record<string, (value: unknown, where?: string) => unknown>

/**
 * The typed message in `value`, which must be one of `types`.
 * @throws AisleError `message-unexpected` when it is another type, `message-invalid` when it does not fit its schema
 */
export function readMessage<T extends MessageType>(value: unknown, types: readonly T[], where?: string): MessageOf<T> {
  const type =
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'type')
      ? (value as { type: unknown }).type
      : undefined
  if (typeof type !== 'string' || !types.includes(type as T)) {
    throw unexpectedMessage(type, types, where)
  }
  return gates[type]?.(value, where) as MessageOf<T>
}

function unexpectedMessage(type: unknown, types: readonly string[], where: string | undefined) {
  const found =
    typeof type === 'string' ? `a "${type.slice(0, 60)}" message` : 'something that is no message of Open Aisle'
  return new AisleError('message-unexpected', `This input takes ${types.join(' or ')}, but got ${found}.`, {
    where,
    action: 'Check the wire that leads here, or set msg.payload back to the message that came in.',
  })
}

/** The fields that every message starts with. `seenAtMs` defaults to the time of receipt. */
export function envelope(storeId: string, sequence: number, receivedAtMs: number, seenAtMs = receivedAtMs) {
  return { version: 1 as const, storeId, sequence, seenAtMs, receivedAtMs }
}
