import assert from 'node:assert/strict'
import { noticeWriter } from '../../runtime/till/notices.ts'
import type { TillEvent } from '../../runtime/till-api/events.ts'

const write = noticeWriter({ timeZone: 'Asia/Seoul', currency: 'KRW', byWeight: new Set(['apples']) })
const lines = [
  { name: 'Cola', quantity: 2, sku: 'cola' },
  { name: 'Apples', quantity: 432.4, sku: 'apples' },
]
const receipt = (more: object) =>
  ({
    ...{ sequence: 1, atMs: Date.UTC(2026, 2, 2, 3, 4, 5), type: 'receipt' },
    data: {
      ...{ visitId: 'abc-visit-12', receiptId: 'r', lines, totalMinor: 3000, currency: 'KRW' },
      ...more,
    },
  }) as unknown as TillEvent

describe('the console of whoever started the store', () => {
  it('says what was charged, and what was given back since, once each', () => {
    assert.deepEqual(write(receipt({})), [
      '12:04:05 charge   visit 12  2 items  ₩3,000  paid',
      '12:04:05 receipt  visit 12  r  2 × Cola, 432 g Apples',
    ])
    const many = Array.from({ length: 6 }, () => ({ name: 'Chips', quantity: 1, sku: 'chips' }))
    assert.match(write(receipt({ lines: many }))[1] ?? '', /r {2}Chips, Chips, Chips, Chips and 2 more$/)
    assert.deepEqual(write(receipt({ refunds: [{ lineId: 'a', amountMinor: 500 }] })), [
      '12:04:05 refund   visit 12  ₩500 in all, ₩3,000  paid',
    ])
  })
})
