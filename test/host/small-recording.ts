/** Writes a recording of twelve seconds: one shopper takes one of two products off a shelf. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gaussian, seededRandom } from '../../runtime/contract/random.ts'

const startS = 1_700_000_000
const durationS = 12
const rateHz = 50
const batchS = 0.5
const takenAtS = 6
const plates = ['cola-plate', 'chips-plate']

export function writeSmallRecording(directory: string): void {
  const json = (file: string, value: unknown) => writeFileSync(join(directory, file), JSON.stringify(value))
  const lines = (file: string, values: unknown[]) =>
    writeFileSync(join(directory, file), values.map((value) => `${JSON.stringify(value)}\n`).join(''))
  json('recording.json', {
    format: 'open-aisle-recording/1',
    ...{ name: 'small', source: 'simulated', start: startS, duration: durationS, currency: 'KRW' },
  })
  json('layout.json', {
    fixtures: [{ id: 'shelf', position: [0, 2, 0], yaw: 0 }],
    plates: plates.map((id, i) => ({
      ...{ id, fixture: 'shelf', shelf: 1, index: i + 1, yaw: 0, rating_g: 10_000 },
      position: [0.3 + i * 0.6, 2.2, 1],
      size: [0.5, 0.4],
    })),
    gates: [],
    cameras: [],
  })
  const product = (sku: string, weight: number) => {
    return { sku, name: sku, weight_g: weight, weight_sd_g: 2, price: 1500, sold_by: 'each' }
  }
  json('products.json', [product('cola', 355), product('chips', 82)])
  json('planogram.json', [
    { sku: 'cola', plates: ['cola-plate'] },
    { sku: 'chips', plates: ['chips-plate'] },
  ])
  lines('weights.jsonl', batches())
  lines('people.jsonl', frames())
}

function batches(): object[] {
  const random = seededRandom(7)
  return Array.from({ length: durationS / batchS }, (_, batch) => {
    const firstS = batch * batchS
    const samples = (startG: number, takenG: number) =>
      Array.from({ length: rateHz * batchS }, (_, i) => {
        const taken = firstS + i / rateHz >= takenAtS ? takenG : 0
        return startG - taken + 0.5 * gaussian(random)
      })
    return { t: startS + firstS, hz: rateHz, fixture: 'shelf', plates, g: [samples(3550, 355), samples(820, 0)] }
  })
}

/** The shopper stands before the shelf and reaches for the left plate around the taking. */
function frames(): object[] {
  return Array.from({ length: durationS * 10 }, (_, frame) => {
    const atS = frame / 10
    const reaches = Math.abs(atS - takenAtS) < 1
    const hand = reaches ? [0.3, 2.15, 1.1] : [0.5, 1.4, 1]
    const person = { id: 'p1', head: [0.45, 1.4, 1.7], hands: [hand, [0.7, 1.4, 1]], score: 0.9 }
    return { t: startS + atS, people: [person] }
  })
}
