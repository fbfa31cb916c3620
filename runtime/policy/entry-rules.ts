/** Who is let in, when: a pure function of what the till knows, the store's policy and the clock. */
import { type Static, Type } from 'typebox'
import { Create } from 'typebox/value'
import type { Admission, Scan } from '../contract/messages.ts'
import { dayChoices, type LocalMoment, localMoment, periodCovers } from '../contract/opening-hours.ts'
import { oneOf, strictObject } from '../contract/schema.ts'
import { type EntryReason, entryReasonTexts } from './entry-reasons.ts'

const timeOfDay = (title: string, value: string) =>
  Type.String({ title, description: 'HH:MM', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', default: value })

export const storeModes = ['open', 'members', 'staff', 'closed'] as const
const mode = (options: object) => oneOf(storeModes, options)

export const EntryRulesPolicy = strictObject(
  {
    hours: Type.Array(
      strictObject({
        days: oneOf(dayChoices, { title: 'Days', default: 'every-day' }),
        from: timeOfDay('From', '07:00'),
        to: timeOfDay('To', '23:00'),
        mode: mode({ title: 'Mode', default: 'open' }),
      }),
      {
        title: 'Hours',
        description:
          'The first row that covers the moment decides the mode. A row that ends at or before its start runs past midnight.',
        maxItems: 50,
        default: [],
      },
    ),
    otherwise: mode({
      title: 'Otherwise',
      description: 'The mode at times that no row covers: open, only known accounts, only staff, or closed.',
      default: 'open',
    }),
    occupancyLimit: Type.Integer({
      title: 'Occupancy limit',
      description: 'How many shoppers may be inside at once; 0 is no limit.',
      minimum: 0,
      maximum: 10_000,
      default: 0,
    }),
    maximumParty: Type.Integer({
      title: 'Largest party',
      description: 'How many people one scan may admit.',
      minimum: 1,
      maximum: 20,
      default: 4,
    }),
    adultsOnly: Type.Boolean({
      title: 'Adults only',
      description: 'Admits only accounts whose adulthood was verified.',
      default: false,
    }),
    unknownAccount: oneOf(['refuse', 'admit'], {
      title: 'Unknown account',
      description: 'Somebody whom the till does not know, such as a first-time card.',
      default: 'refuse',
    }),
    debt: oneOf(['refuse', 'admit'], {
      title: 'Unpaid visit',
      description: 'Somebody who still owes an earlier visit.',
      default: 'refuse',
    }),
    openVisit: oneOf(['refuse', 'admit'], {
      title: 'Already inside',
      description: 'A scan by an account that has a visit under way.',
      default: 'refuse',
    }),
    language: oneOf(['en', 'ko'], {
      title: "Language of the door's screen",
      description: 'In which the reason is told.',
      default: 'en',
    }),
  },
  { title: 'Entry rules' },
)
export type EntryRulesPolicy = Static<typeof EntryRulesPolicy>

/** The rules of a store that changed none: always open to those whom the till knows. */
export const defaultEntryRules: EntryRulesPolicy = Create(EntryRulesPolicy)

/** The state of the store that a newcomer would enter. */
export interface StoreCondition {
  /** Shoppers inside now. */
  inside: number
  /** False while shelves or people are not watched: what a newcomer took could not be told. */
  canSee: boolean
}

export type EntryDecision = Pick<Admission, 'decision' | 'reason' | 'rule'>

/** The mode that holds at `moment`. */
export function storeMode(policy: EntryRulesPolicy, moment: LocalMoment): (typeof storeModes)[number] {
  return policy.hours.find((period) => periodCovers(period, moment))?.mode ?? policy.otherwise
}

/** Admits or refuses whoever scanned; the first rule that objects decides. */
export function decideEntry(
  account: Scan['account'],
  policy: EntryRulesPolicy,
  now: { atMs: number; timeZone: string },
  store: StoreCondition,
): EntryDecision {
  const objection = firstObjection(account, policy, storeMode(policy, localMoment(now.atMs, now.timeZone)), store)
  const reason = objection ?? 'welcome'
  return { decision: objection ? 'refuse' : 'admit', rule: reason, reason: entryReasonTexts[policy.language][reason] }
}

function firstObjection(
  account: Scan['account'],
  policy: EntryRulesPolicy,
  mode: (typeof storeModes)[number],
  store: StoreCondition,
): Exclude<EntryReason, 'welcome'> | undefined {
  const staff = account.known && account.role === 'staff'
  if (!account.usable) return 'credential-unusable'
  if (account.blocked) return 'blocked'
  if (mode === 'closed') return 'closed'
  if (mode === 'staff' && !staff) return 'staff-only'
  // Staff come in to repair what is blind and to serve who waits: the remaining rules are for shoppers.
  if (staff) return undefined
  if (!store.canSee) return 'cannot-see'
  if (!account.known && mode === 'members') return 'members-only'
  if (!account.known && policy.unknownAccount === 'refuse') return 'unknown-account'
  if (account.openVisit && policy.openVisit === 'refuse') return 'already-inside'
  if (account.debt && policy.debt === 'refuse') return 'debt'
  if (policy.adultsOnly && account.adult !== true) return 'adults-only'
  if (account.party > policy.maximumParty) return 'party-too-large'
  if (policy.occupancyLimit > 0 && store.inside + account.party > policy.occupancyLimit) return 'full'
  return undefined
}
