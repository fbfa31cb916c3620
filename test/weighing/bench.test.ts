import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import bench from '../../bench/weights.ts'
import { recordVisit } from '../recording/recorded-visit.ts'

const startS = 1_700_000_000
const event = (atS: number, plate: string, deltaG: number) => ({
  ...{ t0: startS + atS - 0.1, t1: startS + atS, person: 'anna', sku: 'cola', quantity: 1 },
  ...{ delta_g: deltaG, plates: [plate] },
})

describe('aisle bench weights', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weights-'))
    const acts = [5, 9].map((atS) => ({ atS, person: 'anna', plate: 'a', deltaG: -300 }))
    await recordVisit(directory, acts, 13)
    // What the truth says of 9 s is off, and what it says of 11 s did not happen.
    const events = [event(5, 'a', -300), event(9, 'a', -330), event(11, 'b', -50)]
    await writeFile(join(directory, 'truth.json'), JSON.stringify({ people: [], receipts: [], events }))
  })
  after(() => rm(directory, { recursive: true }))

  it('prints one JSON object with precision and recall', async () => {
    const lines: string[] = []
    const { log } = console
    console.log = (line: string) => lines.push(line)
    try {
      await bench(['--recordings', directory, '--json'])
    } finally {
      console.log = log
    }
    assert.equal(lines.length, 1)
    const { precision, recall, right, told, really } = JSON.parse(lines[0] ?? '')
    assert.deepEqual(
      { precision, recall, right, told, really },
      { precision: 1 / 2, recall: 1 / 3, right: 1, told: 2, really: 3 },
    )
  })

  it('says where there is no recording', async () => {
    await assert.rejects(bench(['--recordings', join(directory, 'nowhere')]), { code: 'no-recordings' })
  })
})
