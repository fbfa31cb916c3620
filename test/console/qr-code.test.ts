import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { qrCode } from '../../runtime/console/pages/qr-code.ts'

/** The first digits of SHA-256 over rows of 0 and 1, as the package qrcode 1.5.4 draws these texts at level M. */
const drawnElsewhere: [text: string, size: number, digest: string][] = [
  ['HELLO WORLD', 21, '7d552f88a28cd9c7'],
  [`OA1-${'ABCDEFGHIJ'.repeat(13)}`, 41, '56c765dd055ebfc9'],
  [`https://example.com/join#${'a1B2'.repeat(10)}`, 37, 'f7265a927b137586'],
  ['가게로 오세요', 25, 'b8d33b12f15796a6'],
  [`https://phone.shop.example/join#${'a1B2c3'.repeat(40)}`, 65, '113871980ae3415d'],
]

describe('a QR code', () => {
  for (const [text, size, digest] of drawnElsewhere) {
    it(`of "${text.slice(0, 24)}" is the one that others draw`, () => {
      const rows = qrCode(text)
      const drawn = rows.map((row) => `${row.map(Number).join('')}\n`).join('')
      assert.deepEqual([rows.length, createHash('sha256').update(drawn).digest('hex').slice(0, 16)], [size, digest])
    })
  }

  it('is refused for a text that no reader could read', () => {
    assert.throws(() => qrCode('a'.repeat(500)), RangeError)
  })
})
