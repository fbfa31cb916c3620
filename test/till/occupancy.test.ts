import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { defaultDeadlines } from '../../runtime/till/visits/deadlines.ts'
import { afterWalkingIn, afterWalkingOut, emptyStore } from '../../runtime/till/visits/occupancy.ts'
import { admitVisit, newLedgerPath, openLedger, openVisit, tea } from './support/test-ledger.ts'
import { lineOf } from './support/test-till.ts'

const { emptyMs, decisionMs } = defaultDeadlines

describe('the count of people in a store', () => {
  const passes = fc.array(fc.constantFrom('in', 'out'), { maxLength: 100 })

  it('is never negative, and empty is when it is zero after somebody left', () => {
    fc.assert(
      fc.property(passes, (story) => {
        let store = emptyStore
        for (const [atMs, direction] of story.entries()) {
          store = direction === 'in' ? afterWalkingIn(store) : afterWalkingOut(store, atMs)
          assert.ok(store.inside >= 0)
          assert.equal(store.emptiedAtMs, direction === 'out' && store.inside === 0 ? atMs : null)
        }
      }),
    )
  })

  it('is right again after an extra count, once as many left as came', () => {
    fc.assert(
      fc.property(passes, fc.integer({ min: 1, max: 20 }), (story, people) => {
        let store = story.reduce(
          (before, direction) => (direction === 'in' ? afterWalkingIn(before) : afterWalkingOut(before, 0)),
          emptyStore,
        )
        while (store.inside > 0) store = afterWalkingOut(store, 1)
        store = afterWalkingIn(store, people)
        for (let i = 0; i < people; i++) {
          assert.equal(store.emptiedAtMs, null)
          store = afterWalkingOut(store, 2)
        }
        assert.equal(store.emptiedAtMs, 2)
      }),
    )
  })
})

describe('a visit of which nobody saw the end', () => {
  let path: string
  let ledger: Ledger

  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path)
  })
  afterEach(() => ledger.close())

  const out = (atMs: number) =>
    ledger.recordPass({ gate: 'gate-1', direction: 'out', visitId: null, seenAtMs: atMs, count: null }, atMs)
  const stateOf = async (visitId: string) => (await ledger.visit(visitId)).state
  const bind = (visitId: string, atMs: number) =>
    ledger.take({ type: 'bind-visit', commandId: `b-${visitId}`, visitId, personIds: [`p-${visitId}`] }, atMs)
  const end = (visitId: string, atMs: number) =>
    ledger.take({ type: 'end-visit', commandId: `e-${visitId}`, visitId, exitedAtMs: atMs, gate: null }, atMs)

  it('ends with the last who walked out, after a time in which the flows may say so themselves', async () => {
    const [anna, bert] = [await openVisit(ledger, 'anna', 0), await openVisit(ledger, 'bert', 10)]
    await out(1000)
    await ledger.sweep(1000 + emptyMs)
    assert.equal(await stateOf(anna), 'open', 'one of the two is still in the store')
    await out(100_000)
    await end(bert, 100_000)
    await ledger.sweep(100_000 + emptyMs - 1)
    assert.equal(await stateOf(anna), 'open')
    await ledger.sweep(100_000 + emptyMs)
    const left = await ledger.visit(anna)
    assert.deepEqual([left.state, left.exitedAtMs], ['exited', 100_000])
  })

  it('is not ended while somebody comes, and is also when the till was started again', async () => {
    const anna = await openVisit(ledger, 'anna', 0)
    await out(1000)
    const bert = await openVisit(ledger, 'bert', 2000)
    await ledger.sweep(1000 + emptyMs)
    assert.equal(await stateOf(anna), 'open')
    await out(3000)
    await ledger.close()
    ledger = await openLedger(path, 4000)
    await ledger.sweep(3000 + emptyMs)
    assert.deepEqual([await stateOf(anna), await stateOf(bert)], ['exited', 'exited'])
    const { sequence } = ledger
    await ledger.sweep(3000 + emptyMs + 1000)
    assert.equal(ledger.sequence, sequence, 'it is done once')
  })

  it('waits for the decision and then for a person: the till charges nothing by itself', async () => {
    const anna = await openVisit(ledger, 'anna', 0)
    const lines = [lineOf(tea.sku, 1)]
    await ledger.take({ type: 'set-lines', commandId: 's', visitId: anna, revision: 1, final: false, lines }, 500)
    await out(1000)
    await ledger.sweep(1000 + emptyMs)
    await ledger.sweep(1000 + emptyMs + decisionMs)
    const visit = await ledger.visit(anna)
    assert.equal(visit.state, 'review')
    assert.deepEqual(
      visit.decision?.lines.map(({ outcome }) => outcome),
      ['review'],
    )
    assert.equal(await ledger.nextPaymentDueMs(), undefined)
  })

  it('counts whom the flows bound although the gate had not seen them, once', async () => {
    const anna = await openVisit(ledger, 'anna', 0)
    const bert = await admitVisit(ledger, 'bert', 0)
    await bind(bert, 500)
    await ledger.recordPass({ gate: 'gate-1', direction: 'in', visitId: bert, seenAtMs: 100, count: null }, 600)
    await out(1000)
    await ledger.sweep(1000 + emptyMs)
    assert.equal(await stateOf(anna), 'open', 'two had come, one has left')
    await out(2000)
    await ledger.sweep(2000 + emptyMs)
    assert.deepEqual([await stateOf(anna), await stateOf(bert)], ['exited', 'exited'])
  })

  it('is found again after passes were missed: with nobody shopping the count begins anew', async () => {
    const [anna, bert] = [await openVisit(ledger, 'anna', 0), await openVisit(ledger, 'bert', 0)]
    await end(anna, 1000)
    await end(bert, 1000)
    const carl = await openVisit(ledger, 'carl', 2000)
    await out(3000)
    await ledger.sweep(3000 + emptyMs)
    assert.equal(await stateOf(carl), 'exited')
  })

  it('never stays, whoever comes and goes, is bound, ended or miscounted, once as many left as came', async () => {
    const step = fc.oneof(
      fc.record({ what: fc.constantFrom('in' as const, 'unseen' as const), who: fc.nat(5) }),
      fc.record({ what: fc.constantFrom('out' as const, 'end' as const, 'sweep' as const), who: fc.nat(5) }),
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (story) => {
        const visits: string[] = []
        let nowMs = run++ * 1e9
        for (const { what, who } of story) {
          nowMs += 20_000
          const visitId = visits[who % Math.max(1, visits.length)]
          if (what === 'in') visits.push(await openVisit(ledger, `in-${nowMs}`, nowMs))
          if (what === 'unseen') {
            const admitted = await admitVisit(ledger, `unseen-${nowMs}`, nowMs)
            visits.push(admitted)
            await bind(admitted, nowMs)
          }
          if (what === 'out') await out(nowMs)
          if (what === 'end' && visitId && (await stateOf(visitId)) === 'open') await end(visitId, nowMs)
          if (what === 'sweep') await ledger.sweep(nowMs)
        }
        for (const _ of visits) await out(++nowMs)
        await ledger.sweep(nowMs + emptyMs)
        for (const visitId of visits) assert.notEqual(await stateOf(visitId), 'open')
      }),
      { numRuns: 25 },
    )
  }).timeout(60_000)
})
