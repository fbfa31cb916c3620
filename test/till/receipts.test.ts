import assert from 'node:assert/strict'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { asOfVersion } from './support/old-database.ts'
import { beginCharge, endCharge, newLedgerPath, openLedger, paid, tea } from './support/test-ledger.ts'
import { lineOf } from './support/test-till.ts'

const milk = { ...tea, sku: 'milk', name: 'Milk', priceMinor: 2000, taxFree: true }
const products = new Map([tea, milk].map((product) => [product.sku, product]))
const teaForTwo = { id: 'tea-1+1', name: 'Tea 1+1', offer: { kind: 'one-free' as const, skus: ['tea'], take: 2 } }
const terms = { promotions: [teaForTwo], tax: { name: 'VAT', percent: 10 } }

describe('a receipt', () => {
  let path: string
  let ledger: Ledger
  beforeEach(async () => {
    path = await newLedgerPath()
    ledger = await openLedger(path, 0, { products, terms })
  })
  afterEach(() => ledger.close())

  it('shows lines at list price, discounts, and the tax that the total contains', async () => {
    const visitId = await beginCharge(ledger, 'anna', 0, [lineOf('tea', 3), lineOf('milk', 1)])
    const charging = await ledger.visit(visitId)
    assert.equal(charging.basket?.totalMinor, 5000)
    await endCharge(ledger, visitId, paid('key'), 1)
    const { receipt } = await ledger.visit(visitId)
    assert.deepEqual(
      receipt?.lines.map(({ sku, amountMinor }) => [sku, amountMinor]),
      [
        ['tea', 4500],
        ['milk', 2000],
      ],
    )
    assert.deepEqual(
      receipt?.discounts?.map(({ name, times, amountMinor }) => ({ name, times, amountMinor })),
      [{ name: 'Tea 1+1', times: 1, amountMinor: 1500 }],
    )
    assert.deepEqual(receipt?.tax, { name: 'VAT', percent: 10, supplyMinor: 2727, taxMinor: 273, taxFreeMinor: 2000 })
    assert.equal(receipt?.totalMinor, 5000)
  })

  it('says what was charged, also when promotion and tax were gone before the answer came', async () => {
    const visitId = await beginCharge(ledger, 'anna', 0, [lineOf('tea', 2)])
    await ledger.close()
    ledger = await openLedger(path, 1)
    await endCharge(ledger, visitId, paid('key'), 1)
    const { receipt } = await ledger.visit(visitId)
    assert.equal(receipt?.totalMinor, 1500)
    assert.equal(receipt?.discounts?.length, 1)
    assert.equal(receipt?.tax?.taxMinor, 136)
  })

  it('of a charge that an earlier release began has its lines', async () => {
    const visitId = await beginCharge(ledger, 'anna', 0, [lineOf('milk', 2)])
    await ledger.close()
    ledger = await openLedger(await asOfVersion(path, '0003-recovery'), 1)
    await endCharge(ledger, visitId, paid('key'), 1)
    const { receipt } = await ledger.visit(visitId)
    assert.equal(receipt?.totalMinor, 4000)
    assert.equal(receipt?.lines[0]?.amountMinor, 4000)
  })
})
