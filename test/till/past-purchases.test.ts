/** What the flows may know of an account's earlier visits. */
import assert from 'node:assert/strict'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { beginCharge, endCharge, newLedgerPath, openLedger, openVisit, paid, tea } from './support/test-ledger.ts'

describe('what an account bought before a visit', () => {
  let ledger: Ledger
  beforeEach(async () => {
    ledger = await openLedger(await newLedgerPath())
  })
  afterEach(() => ledger.close())

  /** Mina buys a tea in each of these minutes. */
  async function buys(...minutes: number[]): Promise<string[]> {
    const visits: string[] = []
    for (const minute of minutes) {
      const visitId = await beginCharge(ledger, 'mina', minute * 60_000)
      await endCharge(ledger, visitId, paid(`charge-${minute}`), minute * 60_000 + 1)
      visits.push(visitId)
    }
    return visits
  }

  it('is counted by visits, of those before it and of that account alone', async () => {
    const [, , last = ''] = await buys(1, 2, 3)
    const others = await openVisit(ledger, 'jun', 4 * 60_000)
    const now = await openVisit(ledger, 'mina', 5 * 60_000)
    assert.deepEqual(await ledger.pastPurchases(now), { visits: 3, goods: [{ sku: tea.sku, visits: 3 }] })
    assert.deepEqual(await ledger.pastPurchases(last), { visits: 2, goods: [{ sku: tea.sku, visits: 2 }] })
    assert.deepEqual(await ledger.pastPurchases(others), { visits: 0, goods: [] })
  })

  it('leaves out what was given back, and what is not paid', async () => {
    const [first = ''] = await buys(1, 2)
    const order = { commandId: 'r', visitId: first, lineId: 'line-tea', reason: 'broken', decidedBy: 'owner' }
    await ledger.take({ type: 'refund-line', ...order }, 150_000)
    await beginCharge(ledger, 'mina', 180_000)
    const now = await openVisit(ledger, 'mina', 240_000)
    assert.deepEqual(await ledger.pastPurchases(now), { visits: 2, goods: [{ sku: tea.sku, visits: 1 }] })
  })

  it('is nothing of whoever is forgotten', async () => {
    const [, last = ''] = await buys(1, 2)
    await ledger.take({ type: 'forget-account', commandId: 'forget', accountId: 'mina' }, 180_000)
    assert.deepEqual(await ledger.pastPurchases(last), { visits: 0, goods: [] })
  })

  it('is asked of a visit that there is', async () => {
    await assert.rejects(ledger.pastPurchases('nobody'), { code: 'visit-unknown' })
  })
})
