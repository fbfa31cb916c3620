import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { Learning } from '../../runtime/learning/learn.ts'
import { LearnedFolder } from '../../runtime/learning/learned-folder.ts'
import { type LearnedContent, nothingLearned } from '../../runtime/learning/learned-version.ts'
import type { Outcomes } from '../../runtime/learning/outcomes.ts'
import { acceptProposed, addLearned, countedTo, goBack } from '../../runtime/learning/versions.ts'

const outcomes: Outcomes = {
  ...{ visits: 4, confirmed: 3, corrected: 1, givenBack: 0, takings: [] },
  ...{ doubtedEvents: new Set(), sold: new Map(), mistaken: [] },
}
const content = (weightG: number): LearnedContent => ({
  ...nothingLearned,
  products: [
    { sku: 'cola', catalogue: { weightG: 500, weightSdG: 3 }, learned: { weightG, weightSdG: 3 }, takings: [] },
  ],
})
const learning = (weightG: number, doubts: string[] = []): Learning => ({
  ...{ content: content(weightG), changes: [], waiting: [], doubts },
})

describe('the versions of what was learned', () => {
  let directory: string
  let folder: LearnedFolder
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'open-aisle-learned-'))
    folder = new LearnedFolder(directory, 'small')
  })
  afterEach(() => rm(directory, { recursive: true }))

  const add = (weightG: number, doubts?: string[], countedTo = 10) =>
    addLearned(folder, learning(weightG, doubts), outcomes, { countedTo, atMs: 1 })
  const weight = () => folder.inForce().content.products[0]?.learned?.weightG

  it('begin with the catalogue alone', () => {
    assert.deepEqual(folder.inForce(), { number: 0, content: nothingLearned })
    assert.deepEqual([folder.history(), countedTo(folder)], [[], 0])
  })

  it('go back one at a time, to the catalogue in the end, and no outcome is learned twice', () => {
    add(600)
    add(610, [], 20)
    const texts = [folder.inForce().content]
    goBack(folder, 2)
    assert.deepEqual([weight(), countedTo(folder)], [600, 20])
    goBack(folder, 3)
    assert.equal(JSON.stringify(folder.inForce().content), JSON.stringify(nothingLearned))
    assert.throws(() => goBack(folder, 4), { code: 'nothing-to-undo' })
    assert.deepEqual(folder.version(2).content, texts[0], 'what was written stays')
    assert.deepEqual(
      folder.history().map(({ number, parent, kind }) => [number, parent, kind]),
      [
        [1, 0, 'learned'],
        [2, 1, 'learned'],
        [3, 0, 'back'],
        [4, 0, 'back'],
      ],
    )
  })

  it('hold only when they are taken, and a person may take what was proposed', () => {
    add(600)
    add(1000, ['much'], 20)
    assert.deepEqual([weight(), countedTo(folder)], [600, 10])
    assert.equal(add(1000, ['much'], 30), undefined, 'it waits already')
    acceptProposed(folder, 2)
    assert.deepEqual([weight(), countedTo(folder)], [1000, 20])
    assert.throws(() => acceptProposed(folder, 3), { code: 'nothing-to-accept' })
    goBack(folder, 4)
    assert.equal(weight(), 600)
  })

  it('are not written where nothing is new', () => {
    assert.notEqual(add(600), undefined)
    assert.equal(add(600, [], 99), undefined)
  })

  it('say when one was changed, is missing or is not of this store', async () => {
    add(600)
    add(610)
    const [first, second] = (await readdir(join(directory, 'learned')))
      .sort()
      .map((name) => join(directory, 'learned', name))
    const text = await readFile(first as string, 'utf8')
    await writeFile(first as string, text.replace('"weightG": 600', '"weightG": 601'))
    assert.throws(() => folder.history(), { code: 'learned-broken' })
    await rm(first as string)
    assert.throws(() => folder.history(), { code: 'learned-broken' })
    await writeFile(second as string, '{"schemaVersion": 1}')
    assert.throws(
      () => folder.inForce(),
      (error) => error instanceof AisleError && error.code === 'learned-invalid',
    )
    assert.throws(() => new LearnedFolder(directory, 'other').inForce(), { code: 'learned-invalid' })
  })

  it('are for nobody else to read, and hold nothing of persons', async () => {
    add(600)
    const [name] = await readdir(join(directory, 'learned'))
    const text = await readFile(join(directory, 'learned', name as string), 'utf8')
    assert.doesNotMatch(text, /visitId|accountId|personId/)
  })
})
