import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { answersFile, readAnswers } from '../../runtime/store-design/answers.ts'
import { checkBuses } from '../../runtime/store-design/bus-check.ts'
import { designStore } from '../../runtime/store-design/design-store.ts'
import { doubtsAbout } from '../../runtime/store-design/doubts.ts'
import { readProductList } from '../../runtime/store-design/product-list.ts'
import { storeFiles } from '../../runtime/store-design/store-files.ts'

const profiles = join(root, 'hardware-profiles')
const definitions = await loadDeviceDefinitions(join(profiles, 'devices'))

describe('a shipped store that is made of answers', () => {
  for (const [name, plates, cameras] of [
    ['gs25-euljiro', 300, 34],
    ['emart24-gimpo', 850, 30],
  ] as const) {
    const folder = join(profiles, name)

    it(`${name} comes out again, byte for byte`, async () => {
      const answers = readAnswers(await readFile(join(folder, answersFile), 'utf8'), answersFile)
      const list = await readFile(join(folder, answers.products), 'utf8')
      const files = storeFiles(designStore(name, answers, readProductList(list, 'list', 'KRW'), definitions))
      assert.deepEqual([...files.keys()], ['profile.json', 'catalogue.json', 'planogram.json', 'twin-goods.json'])
      for (const [file, text] of files) assert.equal(await readFile(join(folder, file), 'utf8'), text, file)
    })

    it(`${name} has what its description says, and buses that give the stated rate`, async () => {
      const { profile } = await loadStore(folder)
      assert.deepEqual([profile.plates.length, profile.cameras.length], [plates, cameras])
      assert.deepEqual(checkBuses(profile, definitions), [])
    })

    it(`${name} has mistakes in its data, and the report finds the gross ones without crying wolf`, async () => {
      const truth = JSON.parse(await readFile(join(folder, 'twin-goods.json'), 'utf8'))
      const store = await loadStore(folder)
      const spoiled = new Set([...truth.weights, ...truth.places].map(({ sku }) => sku))
      const doubted = doubtsAbout(store, definitions).map(({ file, pointer }) => {
        const index = Number(pointer.split('/')[2])
        return file === 'catalogue.json' ? store.catalogue.products[index]?.sku : store.planogram.entries[index]?.sku
      })
      for (const sku of doubted) assert.ok(spoiled.has(sku), `${sku} is as it should be`)
      const unweighed = store.catalogue.products.filter(({ weightG }) => weightG === null).map(({ sku }) => sku)
      assert.ok(unweighed.length > 0 && unweighed.every((sku) => doubted.includes(sku)))
      assert.ok(doubted.length > unweighed.length + 4)
    })
  }
})
