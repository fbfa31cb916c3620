/** A small synthetic recording, made with the writer: noise on six plates, and what happens on them. */
import { seededRandom } from '../../runtime/contract/random.ts'
import { RecordingWriter } from '../../runtime/recording/recording-writer.ts'
import { people, smallStore } from '../fusion/small-store.ts'

/** Somebody reaches to a plate and the plate changes. */
export interface Act {
  atS: number
  person: string
  plate: string
  deltaG: number
}

const startMs = 1_700_000_000_000
const rateHz = 60
const samplesInBatch = 12
const framePeriodMs = 67
const reachMs = 700

/** Writes a recording of `seconds` in which these acts happen; everybody walks in first and out at the end. */
export async function recordVisit(directory: string, acts: Act[], seconds: number, seed = 1): Promise<void> {
  const writer = await RecordingWriter.open(directory, {
    ...{ name: 'synthetic', source: 'simulated', layout: smallStore, startMs },
  })
  const noise = gaussian(seed)
  const plates = smallStore.plates.map(({ id }) => id)
  const batchMs = (samplesInBatch / rateHz) * 1000
  for (let fromMs = 0; fromMs < seconds * 1000; fromMs += batchMs) {
    const grams = plates.map((plate, i) =>
      Array.from({ length: samplesInBatch }, (_, sample) => {
        const atMs = fromMs + (sample * 1000) / rateHz
        const moved = acts.filter((act) => act.plate === plate && act.atS * 1000 <= atMs)
        return 1000 * (i + 1) + moved.reduce((total, { deltaG }) => total + deltaG, 0) + 0.6 * noise()
      }),
    )
    writer.samples({ fixture: 'shelf', firstAtMs: startMs + fromMs, rateHz, plates, grams })
  }
  const persons = [...new Set(acts.map(({ person }) => person))]
  for (let atMs = 0; atMs < seconds * 1000; atMs += framePeriodMs) {
    const seen = persons.map((person, i) => [person, stance(acts, person, i, atMs)] as const)
    writer.people(people(startMs + atMs, Object.fromEntries(seen)))
  }
  await writer.close(startMs + seconds * 1000)
}

function stance(acts: Act[], person: string, index: number, atMs: number) {
  const act = acts.find((one) => one.person === person && Math.abs(one.atS * 1000 - atMs) < reachMs)
  const plate = smallStore.plates.find(({ id }) => id === act?.plate)
  const home: [number, number] = [2 + index, 1]
  if (!plate) return { head: home, hand: [home[0] + 0.2, home[1], 0.9] as [number, number, number] }
  const [x, y, z] = plate.positionM
  return { head: [x, y - 0.5] as [number, number], hand: [x, y, z + 0.1] as [number, number, number] }
}

function gaussian(seed: number): () => number {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
