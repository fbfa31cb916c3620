import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { AisleError } from '../../runtime/contract/errors.ts'
import { readRecording } from '../../runtime/recording/recording.ts'
import { RecordingWriter } from '../../runtime/recording/recording-writer.ts'
import { score } from '../../runtime/recording/score.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import { smallStore } from '../fusion/small-store.ts'
import { recordVisit } from './recorded-visit.ts'

const anna = (atS: number, plate: string, deltaG: number) => ({ atS, person: 'anna', plate, deltaG })
const ben = (atS: number, plate: string, deltaG: number) => ({ atS, person: 'ben', plate, deltaG })

describe('recordings', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recording-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('reads what was written', async () => {
    await recordVisit(directory, [anna(4, 'a', -500)], 8)
    const { layout, durationMs, arrivals } = await readRecording(directory)
    assert.deepEqual(layout.plates, smallStore.plates)
    assert.deepEqual(layout.products, smallStore.products)
    assert.deepEqual(layout.gates, smallStore.gates)
    assert.equal(durationMs, 8000)
    assert.equal(arrivals.filter(({ kind }) => kind === 'samples').length, 40)
    assert.ok(arrivals.every(({ arrivedAtMs }, i) => i === 0 || arrivedAtMs >= (arrivals[i - 1]?.arrivedAtMs ?? 0)))
  })

  it('reads a gzipped file as the plain one', async () => {
    await recordVisit(directory, [anna(4, 'a', -500)], 8)
    const plain = await readRecording(directory)
    const path = join(directory, 'weights.jsonl')
    await writeFile(`${path}.gz`, gzipSync(await readFile(path)))
    await rm(path)
    assert.deepEqual(await readRecording(directory), plain)
  })

  it('names the file and the line that are wrong', async () => {
    await recordVisit(directory, [anna(4, 'a', -500)], 8)
    const path = join(directory, 'people.jsonl')
    const lines = (await readFile(path, 'utf8')).split('\n')
    lines[2] = '{"t":1,"people":[{"id":"anna"}]}'
    await writeFile(path, lines.join('\n'))
    await assert.rejects(readRecording(directory), (error) => {
      assert.ok(error instanceof AisleError)
      assert.match(error.sentence, /people\.jsonl, line 3: .*head is missing/)
      return true
    })
  })

  it('says that a gzipped file is broken', async () => {
    await recordVisit(directory, [anna(4, 'a', -500)], 8)
    const path = join(directory, 'weights.jsonl')
    const whole = gzipSync(await readFile(path))
    await writeFile(`${path}.gz`, whole.subarray(0, whole.length / 2))
    await rm(path)
    await assert.rejects(readRecording(directory), { code: 'recording-unreadable' })
  })

  it('refuses to write over something', async () => {
    await writeFile(join(directory, 'holiday.jpg'), '')
    const options = { name: 'x', source: 'real', layout: smallStore, startMs: 0 } as const
    await assert.rejects(RecordingWriter.open(directory, options), { code: 'recording-exists' })
  })

  describe('run again', () => {
    const replayed = async () => replayStore(await readRecording(directory)).answer

    it('give the receipts of what happened', async () => {
      await recordVisit(directory, [anna(5, 'a', -500), ben(8, 'd', -120), anna(11, 'b', -300), anna(15, 'b', 300)], 20)
      assert.deepEqual(await replayed(), {
        receipts: [
          { person: 'anna', items: [{ sku: 'cola', quantity: 1 }] },
          { person: 'ben', items: [{ sku: 'crisps', quantity: 2 }] },
        ],
      })
    })

    it('charge a misplaced thing to whoever takes it from there', async () => {
      await recordVisit(directory, [anna(5, 'a', -500), anna(9, 'e', 500), ben(14, 'e', -500)], 19)
      assert.deepEqual((await replayed()).receipts, [{ person: 'ben', items: [{ sku: 'cola', quantity: 1 }] }])
    })

    it('give the same bytes each time, whatever the truth file says', async () => {
      await recordVisit(directory, [anna(5, 'a', -500), ben(8, 'c', -400)], 13)
      const first = JSON.stringify(await replayed())
      await writeFile(join(directory, 'truth.json'), 'this is no JSON')
      assert.equal(JSON.stringify(await replayed()), first)
    })
  })
})

describe('scoring', () => {
  const truth = {
    people: [{ person: 'anna', ids: ['anna', 'track-9'] }],
    receipts: [
      {
        person: 'anna',
        items: [
          { sku: 'cola', quantity: 2 },
          { sku: 'tea', quantity: 1 },
        ],
      },
    ],
  }
  const products = [{ sku: 'cola', aliases: ['kola'] }]
  const receipt = (person: string, sku: string, quantity: number) => ({ person, items: [{ sku, quantity }] })

  it('adds up receipts of several ids of one shopper and counts an alias as its product', () => {
    const answer = { receipts: [receipt('anna', 'kola', 1), receipt('track-9', 'cola', 1), receipt('anna', 'tea', 1)] }
    assert.deepEqual(score(truth, answer, products), { f1: 1, precision: 1, recall: 1, exact: 1 })
  })

  it('counts what is missing and what is too much', () => {
    const answer = { receipts: [receipt('anna', 'cola', 1), receipt('ben', 'soap', 1)] }
    const { f1, precision, recall, exact } = score(truth, answer, products)
    assert.deepEqual([f1, precision, recall, exact], [2 / 5, 1 / 2, 1 / 3, 0])
  })

  it('finds nothing wrong with nothing', () => {
    assert.equal(score({ people: [], receipts: [] }, { receipts: [] }, products).f1, 1)
  })
})
