import assert from 'node:assert/strict'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AisleError } from '../../runtime/contract/errors.ts'
import { platePut, type StoreChange, weighed } from '../../runtime/profile/store-changes.ts'
import { StoreFolder } from '../../runtime/profile/store-folder.ts'
import { copyProfile } from '../support/profile-folder.ts'

const cola = '8801001000016'

describe("a store's folder", () => {
  let directory: string
  let folder: StoreFolder
  const refuses: { error: AisleError | null } = { error: null }

  beforeEach(async () => {
    directory = await copyProfile()
    refuses.error = null
    folder = new StoreFolder(directory, () => {
      if (refuses.error) throw refuses.error
    })
  })
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }))

  const text = (file: string) => readFile(join(directory, file), 'utf8')
  const change = async (what: StoreChange) => folder.change((await folder.load()).hash, what)
  const code = (wanted: string) => (error: unknown) => {
    assert.ok(error instanceof AisleError, String(error))
    assert.equal(error.code, wanted, error.sentence)
    return true
  }

  it('takes a weight over: one line of one file changes, and nothing else is left there', async () => {
    const before = await text('catalogue.json')
    const { after } = await change(weighed(cola, { weightG: 531.2, weightSdG: 1.9 }))
    assert.equal(after.hash, (await folder.load()).hash)
    const lines = (await text('catalogue.json')).split('\n')
    const changed = before.split('\n').flatMap((line, i) => (line === lines[i] ? [] : [lines[i]]))
    assert.equal(changed.length, 1)
    assert.match(changed[0] ?? '', /"weightG": 531.2, "weightSdG": 1.9, "priceMinor": 2100/)
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.endsWith('.draft')),
      [],
    )
  })

  it('leaves the spread alone where it was not measured', async () => {
    const { before, after } = await change(weighed(cola, { weightG: 500, weightSdG: null }))
    const spread = ({ catalogue }: typeof after) => catalogue.products.find(({ sku }) => sku === cola)?.weightSdG
    assert.equal(spread(after), spread(before))
  })

  it('refuses a change on top of what is not there any more', async () => {
    const { hash } = await folder.load()
    await writeFile(
      join(directory, 'planogram.json'),
      (await text('planogram.json')).replace('"facingQuantity": ', '"facingQuantity": 1'),
    )
    await assert.rejects(folder.change(hash, weighed(cola, { weightG: 1, weightSdG: null })), code('store-changed'))
  })

  it('lets one of two who change at once see that the other was first', async () => {
    const { hash } = await folder.load()
    const both = [500, 600].map((weightG) => folder.change(hash, weighed(cola, { weightG, weightSdG: null })))
    const [first, second] = await Promise.allSettled(both)
    assert.equal(first?.status, 'fulfilled')
    assert.ok(second?.status === 'rejected' && code('store-changed')(second.reason))
  })

  it('writes nothing that a start would refuse, and says it as a start does', async () => {
    const before = await text('profile.json')
    const [plate, other] = (await folder.load()).profile.plates
    assert.ok(plate && other)
    const taken = change(platePut(plate.id, { ...plate, source: other.source }))
    await assert.rejects(taken, (error: AisleError) => {
      assert.match(error.message, /a channel weighs one plate/)
      return code('profile-invalid')(error)
    })
    refuses.error = new AisleError('device-mismatch', 'It has one channel.', { action: 'Choose it.' })
    await assert.rejects(change(platePut(undefined, { ...plate, id: 'new' })), /./)
    assert.equal(await text('profile.json'), before)
  })

  it('moves a plate, adds one, and knows none that is not there', async () => {
    const [plate] = (await folder.load()).profile.plates
    assert.ok(plate)
    const moved = { ...plate, positionM: [1, 1, 1] as [number, number, number] }
    assert.deepEqual((await change(platePut(plate.id, moved))).after.profile.plates[0], moved)
    const source = { device: plate.source.device, unit: 3, channel: 64 }
    const { after } = await change(platePut(undefined, { ...plate, id: 'new', source }))
    assert.equal(after.profile.plates.at(-1)?.id, 'new')
    await assert.rejects(change(platePut('nowhere', plate)), code('plate-unknown'))
    await assert.rejects(change(weighed('nothing', { weightG: 1, weightSdG: null })), code('product-unknown'))
  })
})
