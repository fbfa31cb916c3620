import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import type { Scan } from '../../runtime/contract/messages.ts'
import { localMoment, type weekdays } from '../../runtime/contract/opening-hours.ts'
import {
  decideEntry,
  defaultEntryRules,
  type EntryRulesPolicy,
  type StoreCondition,
  storeMode,
} from '../../runtime/policy/entry-rules.ts'
import { policyHash } from '../../runtime/policy/policy-hash.ts'

type Account = Scan['account']
const member: Account = {
  known: true,
  accountId: 'a-1',
  role: 'shopper',
  party: 1,
  openVisit: false,
  debt: false,
  blocked: false,
  adult: null,
  usable: true,
}
const staff: Account = { ...member, role: 'staff' }
const stranger: Account = { ...member, known: false, accountId: null, role: 'unknown' }
// Wednesday 2026-07-01 12:00 in Seoul.
const noon = { atMs: Date.UTC(2026, 6, 1, 3), timeZone: 'Asia/Seoul' }

function ruleFor(account: Account, policy: Partial<EntryRulesPolicy> = {}, store: Partial<StoreCondition> = {}) {
  const { decision, rule } = decideEntry(account, { ...defaultEntryRules, ...policy }, noon, {
    inside: 0,
    canSee: true,
    ...store,
  })
  equal(decision, rule === 'welcome' ? 'admit' : 'refuse')
  return rule
}

describe('entry rules', () => {
  it('admit a shopper whom the till knows', () => equal(ruleFor(member), 'welcome'))

  it('refuse an unusable credential and a blocked account, of staff too', () => {
    equal(ruleFor({ ...member, usable: false }), 'credential-unusable')
    equal(ruleFor({ ...staff, usable: false }), 'credential-unusable')
    equal(ruleFor({ ...staff, blocked: true }), 'blocked')
  })

  it('refuse newcomers while the store cannot see, but let staff in to repair it', () => {
    equal(ruleFor(member, {}, { canSee: false }), 'cannot-see')
    equal(ruleFor(staff, {}, { canSee: false }), 'welcome')
  })

  it('refuse strangers unless the policy admits them', () => {
    equal(ruleFor(stranger), 'unknown-account')
    equal(ruleFor(stranger, { unknownAccount: 'admit' }), 'welcome')
    equal(ruleFor(stranger, { unknownAccount: 'admit', otherwise: 'members' }), 'members-only')
  })

  it('follow the mode of the hour', () => {
    equal(ruleFor(member, { otherwise: 'closed' }), 'closed')
    equal(ruleFor(staff, { otherwise: 'closed' }), 'closed')
    equal(ruleFor(member, { otherwise: 'staff' }), 'staff-only')
    equal(ruleFor(staff, { otherwise: 'staff' }), 'welcome')
    equal(ruleFor({ ...member, known: false, role: 'staff' }, { otherwise: 'staff' }), 'staff-only')
  })

  it('refuse who owes or is inside already, unless the policy admits them', () => {
    equal(ruleFor({ ...member, debt: true }), 'debt')
    equal(ruleFor({ ...member, debt: true }, { debt: 'admit' }), 'welcome')
    equal(ruleFor({ ...member, openVisit: true }), 'already-inside')
    equal(ruleFor({ ...member, openVisit: true }, { openVisit: 'admit' }), 'welcome')
  })

  it('admit only verified adults where they must be', () => {
    equal(ruleFor(member, { adultsOnly: true }), 'adults-only')
    equal(ruleFor({ ...member, adult: false }, { adultsOnly: true }), 'adults-only')
    equal(ruleFor({ ...member, adult: true }, { adultsOnly: true }), 'welcome')
  })

  it('count the party against its own limit and against the room that is left', () => {
    equal(ruleFor({ ...member, party: 5 }), 'party-too-large')
    equal(ruleFor({ ...member, party: 2 }, { occupancyLimit: 10 }, { inside: 8 }), 'welcome')
    equal(ruleFor({ ...member, party: 2 }, { occupancyLimit: 10 }, { inside: 9 }), 'full')
    equal(ruleFor(member, { occupancyLimit: 0 }, { inside: 9999 }), 'welcome')
  })

  it('give the reason in the language of the door', () => {
    const reason = (language: 'en' | 'ko') =>
      decideEntry(member, { ...defaultEntryRules, language }, noon, { inside: 0, canSee: true }).reason
    equal(reason('en'), 'Welcome.')
    equal(reason('ko'), '어서 오세요.')
  })
})

describe('opening hours', () => {
  const policy: EntryRulesPolicy = {
    ...defaultEntryRules,
    hours: [
      { days: 'sunday', from: '00:00', to: '00:00', mode: 'closed' },
      { days: 'weekdays', from: '07:00', to: '22:00', mode: 'open' },
      { days: 'every-day', from: '22:00', to: '02:00', mode: 'members' },
    ],
    otherwise: 'staff',
  }
  const at = (weekday: (typeof weekdays)[number], time: string) =>
    storeMode(policy, { weekday, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) })

  it('include their start and exclude their end', () => {
    equal(at('monday', '06:59'), 'staff')
    equal(at('monday', '07:00'), 'open')
    equal(at('monday', '21:59'), 'open')
    equal(at('monday', '22:00'), 'members')
  })

  it('run past midnight as part of the day on which they began', () => {
    equal(at('saturday', '23:00'), 'members')
    equal(at('monday', '01:59'), 'members')
    equal(at('monday', '02:00'), 'staff')
  })

  it('cover the whole day when start and end are equal, and the first row wins', () => {
    equal(at('sunday', '01:00'), 'closed')
    equal(at('sunday', '23:30'), 'closed')
  })

  it("go by the wall clock of the store's time zone, through a change to summer time", () => {
    deepEqual(localMoment(Date.UTC(2026, 2, 29, 0, 30), 'Europe/Berlin'), { weekday: 'sunday', minute: 90 })
    deepEqual(localMoment(Date.UTC(2026, 2, 29, 1, 30), 'Europe/Berlin'), { weekday: 'sunday', minute: 210 })
    deepEqual(localMoment(Date.UTC(2026, 6, 1, 15), 'Asia/Seoul'), { weekday: 'thursday', minute: 0 })
  })
})

describe('entry rules, whatever the policy', () => {
  const account: fc.Arbitrary<Account> = fc.record({
    known: fc.boolean(),
    accountId: fc.constant('a-1'),
    role: fc.constantFrom('shopper', 'staff', 'unknown'),
    party: fc.integer({ min: 1, max: 20 }),
    openVisit: fc.boolean(),
    debt: fc.boolean(),
    blocked: fc.boolean(),
    adult: fc.constantFrom(true, false, null),
    usable: fc.boolean(),
  })

  it('never admit an unusable or blocked credential, nor a shopper whom the store could not see', () => {
    fc.assert(
      fc.property(account, fc.boolean(), fc.integer({ min: 0, max: 50 }), (who, canSee, inside) => {
        const lenient: EntryRulesPolicy = {
          ...defaultEntryRules,
          unknownAccount: 'admit',
          debt: 'admit',
          openVisit: 'admit',
          maximumParty: 20,
        }
        if (decideEntry(who, lenient, noon, { inside, canSee }).decision === 'refuse') return
        ok(who.usable && !who.blocked)
        ok(canSee || (who.known && who.role === 'staff'))
      }),
    )
  })
})

describe('the hash of a policy', () => {
  it('does not depend on the order of its fields, but on every value', () => {
    const { language, ...rest } = defaultEntryRules
    equal(policyHash({ language, ...rest }), policyHash({ ...rest, language }))
    ok(policyHash(defaultEntryRules) !== policyHash({ ...defaultEntryRules, maximumParty: 5 }))
    equal(policyHash({}), '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
  })
})
