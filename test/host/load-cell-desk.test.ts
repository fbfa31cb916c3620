import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreFacts } from '../../nodes/editor/browser/load-cells/views.ts'
import { LoadCellDesk, type LoadCellDeskOptions } from '../../nodes/host/load-cell-desk.ts'
import { StoreDesk } from '../../nodes/host/store-desk.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { LearnedFolder } from '../../runtime/learning/learned-folder.ts'
import { nothingLearned } from '../../runtime/learning/learned-version.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'
import type { LoadCellClient } from '../../runtime/sensing-api/load-cell-client.ts'
import { copyProfile, edit } from '../support/profile-folder.ts'

const devices = await loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))
const cola = '8801001000016'

describe("the load cells' desk", () => {
  let profileDirectory: string
  let deskWith: (options: Pick<LoadCellDeskOptions, 'dataDirectory'>) => LoadCellDesk
  let desk: LoadCellDesk
  let audited: { event: string; facts: Record<string, unknown> }[]
  let restarted: ProgramName[][]
  const loadCells = {
    async execute(plate: string) {
      if (plate === 'broken') throw new AisleError('command-refused', 'It did not.', { action: 'Try again.' })
      return { grossG: 0.2, netG: null, stable: true, tared: null }
    },
  } as unknown as LoadCellClient

  beforeEach(async () => {
    profileDirectory = await copyProfile()
    audited = []
    restarted = []
    const audit = (event: string, facts: object) => audited.push({ event, facts: facts as Record<string, unknown> })
    const store = new StoreDesk({
      ...{ profileDirectory, devices, audit },
      watchesItself: () => true,
      requestRestart: (programs) => restarted.push(programs),
    })
    deskWith = (options) =>
      new LoadCellDesk({
        ...{ store, loadCells, audit, ...options },
        sensing: { plates: () => Promise.reject(new Error('away')) },
      })
    desk = deskWith({})
  })
  afterEach(() => rm(join(profileDirectory, '..'), { recursive: true, force: true }))

  const withoutProducts = ({ products: _, ...plate }: StoreFacts['plates'][number]) => plate
  const lastAudited = () => audited.at(-1) ?? assert.fail('nothing was written into the log')

  it('writes down who ordered what of which plate, and how it ended', async () => {
    await desk.order('olive', 'p1', { command: 'calibrateSpan', knownG: 500 })
    await assert.rejects(desk.order('olive', 'broken', { command: 'zero' }), { code: 'command-refused' })
    assert.deepEqual(audited, [
      {
        event: 'load cell ordered',
        facts: { user: 'olive', plate: 'p1', command: 'calibrateSpan', knownG: 500, grossG: 0.2 },
      },
      {
        event: 'load cell ordered',
        facts: { user: 'olive', plate: 'broken', command: 'zero', failed: 'command-refused' },
      },
    ])
  })

  it('says who has to take up what was changed by hand in the files', async () => {
    assert.deepEqual((await desk.facts()).waiting, [])
    await edit(profileDirectory, 'profile.json', (profile) => {
      const { devices } = profile as { devices: { id: string; pollHz?: number }[] }
      for (const device of devices) if (device.id === 'weighing-gateway') device.pollHz = 12
    })
    assert.deepEqual((await desk.facts()).waiting, ['sensing'])
  })

  it('says what was learned of a product that the catalogue has wrong, until its weight is corrected', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'open-aisle-learned-'))
    try {
      const knowing = deskWith({ dataDirectory })
      const learnedG = async () => (await knowing.facts()).products.find(({ sku }) => sku === cola)?.learnedG
      assert.equal(await learnedG(), undefined)
      const { layout } = await loadStore(profileDirectory)
      const { weightG = null, weightSdG = null } = layout.products.find(({ sku }) => sku === cola) ?? {}
      const learned = { weightG: 610.2, weightSdG: 4 }
      new LearnedFolder(dataDirectory, layout.storeId).add({
        ...{ parent: 0, atMs: 1, kind: 'learned', taken: true },
        source: { countedTo: 9, visits: 3, confirmed: 3, corrected: 0, givenBack: 0 },
        content: {
          ...nothingLearned,
          products: [{ sku: cola, catalogue: { weightG, weightSdG }, learned, takings: [] }],
        },
      })
      assert.equal(await learnedG(), 610.2)
      const { revision } = await knowing.facts()
      await knowing.correctWeight('olive', cola, { revision, weightG: 609, weightSdG: 4 })
      assert.equal(await learnedG(), undefined)
    } finally {
      await rm(dataDirectory, { recursive: true })
    }
  })

  it('corrects a weight with the old one in the log, and has what reads it start anew when it is asked to', async () => {
    const { revision, waiting } = await desk.facts()
    assert.deepEqual(waiting, [])
    const saved = await desk.correctWeight('olive', cola, { revision, weightG: 530.5, weightSdG: 2 })
    assert.deepEqual(saved.waiting, ['flows'])
    const { event, facts } = lastAudited()
    assert.equal(event, 'product weighed in')
    assert.deepEqual(facts, {
      ...{ user: 'olive', sku: cola, weightG: 530.5, weightSdG: 2, oldWeightG: 527, oldWeightSdG: 2.64 },
      ...{ revision, saved: saved.revision },
    })
    const now = await desk.facts()
    assert.deepEqual([now.revision, now.waiting], [saved.revision, ['flows']])
    assert.equal(now.products.find(({ sku }) => sku === cola)?.weightG, 530.5)

    assert.deepEqual(desk.restart('olive'), { programs: ['flows'] })
    assert.deepEqual(restarted, [], 'the answer goes out first')
    while (restarted.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual(restarted, [['flows']])
    assert.deepEqual((await desk.facts()).waiting, [])
  })

  it('refuses a second correction on top of what was seen before the first', async () => {
    const { revision } = await desk.facts()
    await desk.correctWeight('olive', cola, { revision, weightG: 530, weightSdG: null })
    const late = desk.correctWeight('oscar', cola, { revision, weightG: 400, weightSdG: null })
    await assert.rejects(late, { code: 'store-changed' })
    assert.equal(audited.length, 1)
  })

  it('moves a plate, and refuses a channel that the device does not have, or that another plate has', async () => {
    const { revision, plates } = await desk.facts()
    const [first] = plates
    assert.ok(first)
    const plate = withoutProducts(first)
    const before = await readFile(join(profileDirectory, 'profile.json'), 'utf8')
    const wrong = { ...plate, source: { ...plate.source, channel: 9 } }
    await assert.rejects(desk.putPlate('olive', plate.id, { revision, plate: wrong }), AisleError)
    assert.equal(await readFile(join(profileDirectory, 'profile.json'), 'utf8'), before)

    const moved = {
      ...plate,
      source: { ...plate.source, unit: 1, channel: 1 },
      positionM: [1, 1, 1] as typeof plate.positionM,
    }
    const { revision: next, waiting } = await desk.putPlate('olive', plate.id, { revision, plate: moved })
    assert.deepEqual(waiting, ['sensing', 'flows', 'console'])
    assert.deepEqual((lastAudited().facts.old as typeof plate).positionM, plate.positionM)
    const twice = desk.putPlate('olive', undefined, { revision: next, plate: { ...plate, id: 'new' } })
    await assert.rejects(twice, { code: 'profile-invalid' })
  })

  it('says that sensing is away', async () => {
    assert.equal(await desk.plates(), null)
  })
})
