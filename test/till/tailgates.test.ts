import assert from 'node:assert/strict'
import type { TailgatePolicy } from '../../runtime/profile/profile-schema.ts'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { newLedgerPath, openLedger, openVisit } from './support/test-ledger.ts'

describe('somebody who walks in behind a party', () => {
  let ledger: Ledger
  let visitId: string

  beforeEach(async () => {
    ledger = await openLedger(await newLedgerPath())
    visitId = await openVisit(ledger, 'anna')
  })
  afterEach(() => ledger.close())

  const allowParty = (party: number) =>
    ledger.take(
      {
        ...{ type: 'register-account', commandId: `party-${party}`, accountId: 'anna', role: 'shopper', party },
        ...{ credential: 'hash-of-anna', payment: null },
      },
      0,
    )
  const tailgates = (policy: TailgatePolicy, behind: string | null = visitId) =>
    ledger.recordTailgate({ gate: 'gate-1', policy, behind, seenAtMs: 5, count: null }, 5)
  const told = async (type: 'gate-pass' | 'gate-alarm') =>
    (await ledger.events(0, 1000)).events.filter((event) => event.type === type).map(({ data }) => data)
  const lastPass = async () => (await told('gate-pass')).at(-1) as { visitId: string | null }
  const partyOf = async () => (await ledger.visit(visitId)).party

  it('is told, and is of no visit', async () => {
    await allowParty(4)
    await tailgates('alarm')
    assert.equal((await lastPass()).visitId, null)
    assert.equal((await told('gate-alarm')).length, 1)
    assert.equal(await partyOf(), 1)
  })

  it('counts into the party where the gate says so and the account may bring so many, and no further', async () => {
    await allowParty(2)
    await tailgates('add-to-party')
    assert.equal((await lastPass()).visitId, visitId)
    assert.equal(await partyOf(), 2)
    await tailgates('add-to-party')
    assert.equal((await lastPass()).visitId, null)
    assert.equal(await partyOf(), 2)
    assert.equal((await told('gate-alarm')).length, 2, 'an alarm each time')
  })

  it('counts into no party that nobody knows, or that has left', async () => {
    await allowParty(4)
    await tailgates('add-to-party', null)
    await ledger.take({ type: 'end-visit', commandId: 'end', visitId, exitedAtMs: 4, gate: null }, 4)
    await tailgates('add-to-party')
    assert.equal((await lastPass()).visitId, null)
    assert.equal(await partyOf(), 1)
  })

  it('makes the gate ask staff where it says so, until it is reset', async () => {
    await tailgates('ask-staff')
    assert.deepEqual((await ledger.doorMemory(0)).asking, ['gate-1'])
    await ledger.take({ type: 'reset-gate', commandId: 'reset', gate: 'gate-1', reason: 'looked' }, 6)
    assert.deepEqual((await ledger.doorMemory(0)).asking, [])
  })

  it('shuts the entry for shoppers and for nobody else', async () => {
    const doors = { closedGates: [], askingGates: ['gate-1'] }
    for (const role of ['shopper', 'staff'] as const) {
      const name = `${role}-bert`
      await ledger.take(
        {
          ...{ type: 'register-account', commandId: name, accountId: name, role, party: 1, payment: null },
          credential: `hash-of-${name}`,
        },
        0,
      )
      const shown = { gate: 'gate-1', method: 'qr' as const, credentialHash: `hash-of-${name}`, seenAtMs: 0 }
      const { scanId } = await ledger.takeScan(shown, 0)
      const admission = {
        type: 'admit' as const,
        commandId: `admit-${name}`,
        scanId,
        party: 1,
        rule: '',
        policyHash: '',
      }
      const admitted = ledger.take(admission, 0, doors)
      if (role === 'staff') await admitted
      else await assert.rejects(admitted, { code: 'gate-asks-staff' })
    }
  })
})
