import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRealGoods, realGoods } from '../../runtime/twin/goods.ts'
import { cornerShop } from './corner-shop.ts'

const cola = '8801001000016'
const zeroCola = '8801001000023'

describe('what really lies in the twin’s shop', () => {
  it('is what catalogue and planogram say when nothing says otherwise', async () => {
    const store = await cornerShop()
    const { layout, facingQuantity } = await readRealGoods('/nowhere', store)
    assert.equal(layout, store.layout)
    assert.equal(facingQuantity.get(cola), 24)
  })

  it('weighs and lies as the truth says, and the store’s own data stay as they are', async () => {
    const store = await cornerShop()
    const { layout, facingQuantity } = realGoods(store, {
      format: 'open-aisle-twin-goods',
      version: 1,
      weights: [{ sku: cola, weightG: 600 }],
      places: [{ sku: zeroCola, plates: [], facingQuantity: 0 }],
    })
    assert.equal(layout.products.find(({ sku }) => sku === cola)?.weightG, 600)
    assert.deepEqual(layout.planogram.find(({ sku }) => sku === zeroCola)?.plates, [])
    assert.equal(facingQuantity.get(zeroCola), 0)
    assert.equal(store.layout.products.find(({ sku }) => sku === cola)?.weightG, 527)
  })

  it('is refused with file and place when it does not fit', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'twin-goods-'))
    try {
      const wrong = { format: 'open-aisle-twin-goods', version: 1, weights: [{ sku: cola, weightG: -1 }], places: [] }
      await writeFile(join(directory, 'twin-goods.json'), JSON.stringify(wrong))
      await assert.rejects(readRealGoods(directory, await cornerShop()), /\/weights\/0\/weightG is -1/)
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
