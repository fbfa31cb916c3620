/**
 * What the flows, the console and an app's backend may ask of the till: `POST /v1/commands` with one of
 * these as body. Each carries a business id, `commandId`: the same command sent again has no further
 * effect and gets the first answer; another command under a used id is refused with 409.
 */
import { type Static, Type } from 'typebox'
import { AttributedLine, DecidedLine, WeightEvent } from '../contract/messages.ts'
import { EmailAddress, Identifier, oneOf, strictObject } from '../contract/schema.ts'
import { deviceIdPattern } from './entry-token.ts'

const commandId = Identifier({ description: 'Business id; makes the command idempotent.' })
const text = Type.String({ maxLength: 1000 })
const accountId = Type.Optional(Identifier({ description: "Refused unless the visit is this account's." }))

/** Opens a visit for a scan and the gate for its party. */
export const Admit = strictObject({
  type: Type.Literal('admit'),
  commandId,
  scanId: Identifier(),
  party: Type.Integer({ minimum: 1, maximum: 20 }),
  rule: text,
  policyHash: text,
})

export const Refuse = strictObject({
  type: Type.Literal('refuse'),
  commandId,
  scanId: Identifier(),
  reason: text,
  rule: text,
  policyHash: text,
})

/** A weight event with a summary of what was seen around it, before fusion counts it in. */
export const Evidence = strictObject({
  event: WeightEvent,
  /**
   * Who was how near; enough to attribute the event again after a crash, without the tracks. null: journalled
   * before anybody looked, so that nothing is lost; the summary follows under the same event id and revision.
   */
  near: Type.Union([
    Type.Array(
      strictObject({
        personId: Identifier(),
        /** Within this distance of the event's plates a wrist stayed for as long as a grasp takes; null: no hand was seen. */
        handM: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
        /** Standard deviation of that wrist's place, all three axes together; absent: the vision stated none. */
        handSigmaM: Type.Optional(Type.Number({ minimum: 0 })),
        /** The same of the head, as seen from above. */
        headM: Type.Number({ minimum: 0 }),
        /** Share of the event's window in which this person was seen. */
        seen: Type.Number({ minimum: 0, maximum: 1 }),
        /** Share of what was seen of this person about the step in which a wrist was hidden; absent: in none. */
        wristHidden: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      }),
      { maxItems: 50 },
    ),
    Type.Null(),
  ]),
  /** Sums of what the cameras thought they saw there and then: SKU to probability. */
  sighted: Type.Array(
    strictObject({
      personId: Type.Union([Identifier(), Type.Null()]),
      sku: Type.String({ maxLength: 64 }),
      probability: Type.Number({ minimum: 0, maximum: 1 }),
    }),
    { maxItems: 100 },
  ),
  /** How near the hands of the nearest were as time went; for showing, nothing is decided by it. */
  course: Type.Optional(
    strictObject({
      fromMs: Type.Number(),
      stepMs: Type.Number({ exclusiveMinimum: 0 }),
      hands: Type.Array(
        strictObject({
          personId: Identifier(),
          /** The nearest within each step, at most 300; null where no hand was seen. */
          cm: Type.Array(Type.Union([Type.Integer({ minimum: 0, maximum: 300 }), Type.Null()]), { maxItems: 30 }),
        }),
        { maxItems: 3 },
      ),
    }),
  ),
})

/** Journals evidence; the flows take an event from sensing only after this was acknowledged. */
export const AddEvidence = strictObject({
  type: Type.Literal('add-evidence'),
  commandId,
  evidence: Type.Array(Evidence, { minItems: 1, maxItems: 200 }),
})

/** Says which persons on the floor a visit is about. */
export const BindVisit = strictObject({
  type: Type.Literal('bind-visit'),
  commandId,
  visitId: Identifier(),
  personIds: Type.Array(Identifier(), { maxItems: 20 }),
})

/** Somebody walked in by an open entrance: opens their visit, unless that person has one. */
export const WalkIn = strictObject({
  type: Type.Literal('walk-in'),
  commandId,
  gate: Identifier(),
  personId: Identifier(),
  seenAtMs: Type.Number(),
})

/** Replaces a visit's basket; a revision that is not newer than the stored one changes nothing. */
export const SetLines = strictObject({
  type: Type.Literal('set-lines'),
  commandId,
  visitId: Identifier(),
  revision: Type.Integer({ minimum: 0 }),
  final: Type.Boolean(),
  lines: Type.Array(AttributedLine, { maxItems: 300 }),
})

/** The shopper has left. */
export const EndVisit = strictObject({
  type: Type.Literal('end-visit'),
  commandId,
  visitId: Identifier(),
  exitedAtMs: Type.Number(),
  gate: Type.Union([Identifier(), Type.Null()]),
})

/** What the line rules say of a finished visit's lines; the till charges, reviews or closes. */
export const Decide = strictObject({
  type: Type.Literal('decide'),
  commandId,
  visitId: Identifier(),
  basketRevision: Type.Integer({ minimum: 0 }),
  lines: Type.Array(DecidedLine, { maxItems: 300 }),
  policyHash: text,
  profileHash: text,
})

/** A person decides a line that waits for review. */
export const ResolveReview = strictObject({
  type: Type.Literal('resolve-review'),
  commandId,
  visitId: Identifier(),
  lineId: Identifier(),
  outcome: oneOf(['charge', 'let-go']),
  decidedBy: Type.String({ minLength: 1, maxLength: 100 }),
})

/** Gives a paid line back; a line is given back once, however often that is asked for. */
export const RefundLine = strictObject({
  type: Type.Literal('refund-line'),
  commandId,
  visitId: Identifier(),
  lineId: Identifier(),
  reason: text,
  decidedBy: Type.String({ minLength: 1, maxLength: 100 }),
})

/** A shopper says that a line is wrong: a small amount is given back at once, the rest waits for a person. */
export const DisputeLine = strictObject({
  type: Type.Literal('dispute-line'),
  commandId,
  visitId: Identifier(),
  lineId: Identifier(),
  reason: text,
  accountId,
})

export const ResolveDispute = strictObject({
  type: Type.Literal('resolve-dispute'),
  commandId,
  visitId: Identifier(),
  lineId: Identifier(),
  outcome: oneOf(['refund', 'reject']),
  decidedBy: Type.String({ minLength: 1, maxLength: 100 }),
})

/** A person says that nothing is owed any more. */
export const SettleDebt = strictObject({
  type: Type.Literal('settle-debt'),
  commandId,
  visitId: Identifier(),
  how: oneOf(['forgiven', 'paid-elsewhere']),
  decidedBy: Type.String({ minLength: 1, maxLength: 100 }),
})

/** Charges what is owed to the means of payment that the account has now. */
export const CollectDebt = strictObject({
  type: Type.Literal('collect-debt'),
  commandId,
  visitId: Identifier(),
  accountId,
})

/** Records what staff moved, or what was found misplaced; stock follows from it. */
export const MoveStock = strictObject({
  type: Type.Literal('move-stock'),
  commandId,
  reason: oneOf(['staff', 'misplaced', 'sold', 'tidied']),
  plate: Identifier(),
  sku: Type.String({ maxLength: 64 }),
  quantity: Type.Number(),
  eventId: Identifier(),
})

/** Adds a shopper or a member of staff, or replaces what they enter and pay with. */
export const RegisterAccount = strictObject({
  type: Type.Literal('register-account'),
  commandId,
  accountId: Identifier({ description: 'A pseudonym.' }),
  role: oneOf(['shopper', 'staff']),
  /** What the door's reader will read; stored only as a hash. null: they enter by the codes of a registered device. */
  credential: Type.Union([Type.String({ minLength: 8, maxLength: 512 }), Type.Null()]),
  party: Type.Integer({ minimum: 1, maximum: 20 }),
  /** The provider's references to a registered means of payment: Toss's customerKey and billingKey, Stripe's customer and payment method. */
  payment: Type.Union([strictObject({ customerKey: text, billingKey: text }), Type.Null()]),
  /** Which version of the terms they agreed to, and when. */
  consent: Type.Optional(strictObject({ version: Type.String({ minLength: 1, maxLength: 100 }), atMs: Type.Number() })),
})

/** Lets an account enter by the codes that a phone makes (`entry-token.ts`), and by those of no other phone. */
export const RegisterDevice = strictObject({
  type: Type.Literal('register-device'),
  commandId,
  accountId: Identifier(),
  deviceId: Type.String({ pattern: deviceIdPattern.source }),
  /** SubjectPublicKeyInfo of its P-256 key, base64url. */
  publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{100,160}$' }),
})

/** Exchanges the provider's permission, as its page for cards gave it, for what the account pays with from now on. */
export const RegisterCard = strictObject({
  type: Type.Literal('register-card'),
  commandId,
  accountId: Identifier(),
  customerKey: Type.String({ pattern: '^[A-Za-z0-9_=.@-]{2,300}$' }),
  authKey: Type.String({ minLength: 1, maxLength: 300 }),
})

/** Where receipts go by e-mail; null: nowhere. */
export const SetEmail = strictObject({
  type: Type.Literal('set-email'),
  commandId,
  accountId: Identifier(),
  address: Type.Union([EmailAddress(), Type.Null()]),
  language: oneOf(['en', 'ko']),
})

/** Forgets who somebody is; what was bought and paid stays, of nobody. */
export const ForgetAccount = strictObject({
  type: Type.Literal('forget-account'),
  commandId,
  accountId: Identifier(),
})

/** Opens a gate by hand, or lets everybody out. */
export const OpenGate = strictObject({
  type: Type.Literal('open-gate'),
  commandId,
  gate: Identifier(),
  direction: oneOf(['in', 'out']),
  reason: text,
})

/** Ends what an alarm latched: the exit open on fire (refused while the fire input still calls), or the entry shut. */
export const ResetGate = strictObject({
  type: Type.Literal('reset-gate'),
  commandId,
  gate: Identifier(),
  reason: text,
})

export const TillCommand = Type.Union([
  Admit,
  Refuse,
  AddEvidence,
  BindVisit,
  WalkIn,
  SetLines,
  EndVisit,
  Decide,
  ResolveReview,
  RefundLine,
  DisputeLine,
  ResolveDispute,
  SettleDebt,
  CollectDebt,
  MoveStock,
  RegisterAccount,
  RegisterDevice,
  RegisterCard,
  SetEmail,
  ForgetAccount,
  OpenGate,
  ResetGate,
])
export type TillCommand = Static<typeof TillCommand>
export type CommandType = TillCommand['type']
export type CommandOf<T extends CommandType> = Extract<TillCommand, { type: T }>
export type Evidence = Static<typeof Evidence>

/** Which client may send which command. */
export const commandsOfRole = {
  flows: [
    'admit',
    'refuse',
    'add-evidence',
    'bind-visit',
    'walk-in',
    'set-lines',
    'end-visit',
    'decide',
    'resolve-review',
    'move-stock',
  ],
  console: [
    'resolve-review',
    'refund-line',
    'dispute-line',
    'resolve-dispute',
    'settle-debt',
    'collect-debt',
    'open-gate',
    'reset-gate',
  ],
  accounts: [
    'register-account',
    'register-device',
    'register-card',
    'set-email',
    'forget-account',
    'dispute-line',
    'collect-debt',
  ],
  /** It may look and confirm at its kiosks, by routes of their own. */
  kiosk: [],
} as const satisfies Record<string, readonly CommandType[]>
export type TillRole = keyof typeof commandsOfRole

/** The answer to an accepted command. `sequence` is that of the journal entry it made (or had made). */
export interface CommandAnswer {
  sequence: number
  /** admit: the visit that was opened. */
  visitId?: string
  /** True when the command had been taken before. */
  repeated: boolean
}
