import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { PlanogramEntry, StoreLayout } from '../../runtime/profile/layout.ts'
import { definitionFolders, loadStore } from '../../runtime/profile/load-store.ts'
import { copyProfile, edit } from '../support/profile-folder.ts'

const profiles = fileURLToPath(new URL('../../hardware-profiles/', import.meta.url))
const stores = readdirSync(profiles, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !definitionFolders.includes(entry.name))
  .map((entry) => entry.name)

/** Loads a spoiled copy of the corner shop and gives the error that it must raise. */
async function refusal(file: string, change: (json: Record<string, unknown>) => unknown): Promise<AisleError> {
  const directory = await copyProfile()
  await edit(directory, file, change)
  return loadStore(directory).then(
    () => assert.fail('the store was accepted'),
    (error) => {
      assert.ok(error instanceof AisleError, String(error))
      return error
    },
  )
}

type Json = Record<string, Record<string, unknown>[]>
const first = (json: Record<string, unknown>, list: string) => (json as Json)[list]?.[0] ?? assert.fail(list)

/** Whether another product of a weight within 10 g has a place on a shelf of this one. */
function hasAlikeOnItsShelf({ sku, plates }: PlanogramEntry, layout: StoreLayout): boolean {
  const shelfOf = new Map(layout.plates.map(({ id, fixture, shelf }) => [id, `${fixture} ${shelf}`]))
  const weightOf = new Map(layout.products.map((product) => [product.sku, product.weightG ?? Number.NaN]))
  const shelves = new Set(plates.map((id) => shelfOf.get(id)))
  const own = weightOf.get(sku) ?? Number.NaN
  return layout.planogram.some(
    (other) =>
      other.sku !== sku &&
      Math.abs((weightOf.get(other.sku) ?? Number.NaN) - own) <= 10 &&
      other.plates.some((id) => shelves.has(shelfOf.get(id))),
  )
}

describe('loading a store', () => {
  for (const store of stores) {
    it(`accepts ${store} as shipped, with every plate bound to a channel and every product to a place`, async () => {
      const { profile, layout, planogram, notes } = await loadStore(join(profiles, store))
      assert.equal(profile.storeId, store)
      assert.deepEqual(notes, [])
      const placed = new Set(planogram.entries.map(({ sku }) => sku))
      assert.deepEqual(
        layout.products.filter(({ sku }) => !placed.has(sku)),
        [],
      )
      const neighbours = layout.planogram.filter((entry) => hasAlikeOnItsShelf(entry, layout))
      assert.ok(neighbours.length / layout.planogram.length >= 0.6, 'most products share a shelf with one within 10 g')
    })
  }

  it('says which folder is missing which file', async () => {
    await assert.rejects(loadStore(join(profiles, 'no-such-store')), (error: AisleError) => {
      assert.equal(error.code, 'profile-missing')
      assert.match(error.sentence, /no-such-store.*profile\.json/)
      return true
    })
  })

  it('refuses an unknown field and names it', async () => {
    const error = await refusal('profile.json', (json) => {
      first(json, 'plates').ratingKg = 10
    })
    assert.match(error.message, /profile\.json \/plates\/0\/ratingKg is not a known field/)
  })

  it('refuses a wrong unit of measure by its bounds and says what was found', async () => {
    const error = await refusal('profile.json', (json) => {
      first(json, 'plates').ratingG = -5
    })
    assert.match(error.message, /\/plates\/0\/ratingG is -5/)
  })

  it('refuses __proto__ keys', async () => {
    const directory = await copyProfile()
    await writeFile(
      join(directory, 'catalogue.json'),
      '{"format":"open-aisle-catalogue","version":1,"products":[],"__proto__":{"isAdmin":true}}',
    )
    await assert.rejects(loadStore(directory), { code: 'json-invalid' })
    assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
  })

  it('refuses a file nested deeper than any profile', async () => {
    const directory = await copyProfile()
    await writeFile(join(directory, 'profile.json'), '['.repeat(100_000) + ']'.repeat(100_000))
    await assert.rejects(loadStore(directory), { code: 'json-too-deep' })
  })

  it('finds names that point nowhere and suggests the nearest', async () => {
    const error = await refusal('profile.json', (json) => {
      first(json, 'gates').reader = 'gate-raeder'
    })
    assert.match(error.message, /\/gates\/0\/reader is gate-raeder.*did you mean gate-reader\?/)
  })

  it('finds two plates on one channel', async () => {
    const error = await refusal('profile.json', (json) => {
      const plates = (json as Json).plates ?? []
      if (plates[1]) plates[1].source = plates[0]?.source
    })
    assert.match(error.message, /\/plates\/1\/source is weighing-gateway unit 1 channel 1, which g1-s1-p1 has too/)
  })

  it('refuses an open entrance that has something to open, or no kiosk to pay at, and a terminal that is no device', async () => {
    const closed = await refusal('profile.json', (json) => {
      first(json, 'gates').open = true
    })
    assert.match(closed.message, /\/gates\/0\/open is set, but the gate has contacts/)
    assert.match(closed.message, /\/gates\/0\/open is set, but nobody could pay; add a kiosk/)
    const unknown = await refusal('profile.json', (json) => {
      const { id, zoneM } = first(json, 'gates')
      json.kiosks = [{ id, name: 'Counter', zoneM, terminal: 'terminal' }] as unknown as Json['kiosks']
    })
    assert.match(unknown.message, /\/kiosks\/0\/id is gate-1, as is a gate/)
    assert.match(unknown.message, /\/kiosks\/0\/terminal is terminal, which is not among the devices/)
  })

  it('finds a product in the planogram that the catalogue lacks, and reports all problems at once', async () => {
    const error = await refusal('planogram.json', (json) => {
      first(json, 'entries').sku = '999'
      first(json, 'entries').plates = ['nowhere']
    })
    assert.match(error.message, /\/entries\/0\/sku is 999/)
    assert.match(error.message, /\/entries\/0\/plates\/0 is nowhere/)
  })

  it('refuses promotions that name nothing, or that make one who takes less pay more', async () => {
    const error = await refusal('catalogue.json', (json) => {
      const [a, b] = (json as Json).products ?? []
      const part = (product: unknown) => ({ sku: (product as { sku: string }).sku, quantity: 1 })
      json.promotions = [
        { id: 'one', name: '1+1', offer: { kind: 'one-free', skus: ['nothing'], take: 2 } },
        { id: 'two', name: 'Set', offer: { kind: 'bundle', parts: [part(a), part(b)], priceMinor: 0 } },
        { id: 'two', name: 'Off', offer: { kind: 'percent-off', skus: [a?.sku], percent: 101 } },
      ]
    })
    assert.match(error.message, /\/promotions\/2\/offer\/percent is 101/)
    const deeper = await refusal('catalogue.json', (json) => {
      const [a, b] = (json as Json).products ?? []
      const part = (product: unknown) => ({ sku: (product as { sku: string }).sku, quantity: 1 })
      json.promotions = [
        { id: 'one', name: '1+1', offer: { kind: 'one-free', skus: ['nothing'], take: 2 } },
        { id: 'one', name: 'Set', offer: { kind: 'bundle', parts: [part(a), part(b)], priceMinor: 0 } },
      ]
    })
    assert.match(deeper.message, /\/promotions\/0\/offer names nothing/)
    assert.match(deeper.message, /\/promotions\/1\/id is one a second time/)
    assert.match(deeper.message, /\/promotions\/1\/offer saves \d+, more than its cheapest part/)
  })

  it('brings up a profile without a version and says what it changed', async () => {
    const directory = await copyProfile()
    await edit(directory, 'profile.json', ({ version: _, floor, ...old }) => ({
      ...old,
      floorM: (floor as { sizeM: unknown }).sizeM,
    }))
    const { profile, notes } = await loadStore(directory)
    assert.deepEqual(profile.floor.sizeM, [8, 6])
    assert.equal(notes.length, 1)
  })

  it('refuses a profile of a later release', async () => {
    const error = await refusal('profile.json', (json) => {
      json.version = 99
    })
    assert.equal(error.code, 'profile-version')
  })

  it('gives the same hash for the same content and another for another', async () => {
    const directory = await copyProfile()
    const before = (await loadStore(directory)).hash
    await edit(directory, 'catalogue.json', (json) => {
      first(json, 'products').priceMinor = 1
    })
    assert.equal(before, (await loadStore(join(profiles, 'corner-shop'))).hash)
    assert.notEqual(before, (await loadStore(directory)).hash)
  })
})
