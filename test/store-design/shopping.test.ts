import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { readRecording } from '../../runtime/recording/recording.ts'
import { readTruth, score } from '../../runtime/recording/score.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import { readRealGoods } from '../../runtime/twin/goods.ts'
import { writeTwinRecording } from '../../runtime/twin/virtual/write-recording.ts'

const stores = ['gs25-euljiro', 'emart24-gimpo']

describe('shopping in a store that was designed', function () {
  this.timeout(60_000)
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'designed-store-'))
  })
  after(() => rm(directory, { recursive: true }))

  for (const name of stores) {
    it(`gives the right receipts in ${name}, though its data have mistakes`, async () => {
      const folder = join(root, 'hardware-profiles', name)
      const store = await loadStore(folder)
      const { layout, planogram } = store
      const goods = await readRealGoods(folder, store)
      const run = { layout, planogram, goods, seed: 3, visits: 2, shoppersPerHour: 600 }
      await writeTwinRecording(join(directory, name), run)
      const { answer } = replayStore(await readRecording(join(directory, name)))
      const { exact } = score(readTruth(join(directory, name)), answer, layout.products)
      assert.equal(exact, 1, JSON.stringify(answer))
    })
  }

  it('needs no other flow: the shipped one names nothing of a profile', async () => {
    const flow = JSON.parse(await readFile(join(root, 'flows/walk-out.json'), 'utf8')) as Record<string, unknown>[]
    const named = ['gate', 'group', 'zone', 'appliance'].flatMap((field) => flow.map((node) => node[field] ?? ''))
    assert.deepEqual(new Set(named), new Set(['']))
  })
})
