/**
 * `aisle bench plates [--recording DIR] [--write] [--seeds N] [--json]`: sets figures about the twin's plates beside
 * those of the one real recording. With `--recording`, the real figures are reckoned anew from the recording
 * `real-benchmark-1`; `--write` keeps them in `bench/plates/real-benchmark-1.json`, which the tests compare with (then `npm run format`).
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Plate, PointM } from '../runtime/profile/layout.ts'
import { readRecording } from '../runtime/recording/recording.ts'
import type { Recording } from '../runtime/store/recorded-store.ts'
import { type RealPlates, readRealPlates, twinSeries } from './plates/scene.ts'
import {
  distributionDistance,
  type Moments,
  type PlateSeries,
  type PlateStatistics,
  plateStatistics,
} from './plates/statistics.ts'

/** What happens when in real-benchmark-1, as its samples and tracks show it. */
const moments: Moments = { rest: [3, 5], walking: [9, 10, 11, 12, 16.5, 17.5], plate: 'g1-s5-p11', fallS: 14.88 }
const strideM = 0.65
const longestStrideS = 2

export default async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      recording: { type: 'string' },
      write: { type: 'boolean', default: false },
      seeds: { type: 'string', default: '8' },
      json: { type: 'boolean', default: false },
    },
  })
  const real = values.recording === undefined ? readRealPlates() : await realPlates(values.recording)
  if (values.write) {
    const text = JSON.stringify(real, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value))
    writeFileSync(new URL('plates/real-benchmark-1.json', import.meta.url), `${text}\n`)
  }
  const twins = Array.from({ length: Number(values.seeds) }, (_, i) =>
    plateStatistics(twinSeries(real, i + 1), real.moments),
  )
  if (values.json) console.log(JSON.stringify({ real: real.statistics, twins }))
  else print(real.statistics, twins)
}

async function realPlates(directory: string): Promise<RealPlates> {
  const recording = await readRecording(directory)
  const { layout, durationMs } = recording
  const series = seriesOf(recording)
  const heard = new Set(series.map(({ id }) => id))
  const plates = layout.plates.filter(({ id }) => heard.has(id))
  return {
    recording: 'real-benchmark-1',
    origin: 'testcases/BENCHMARK-1 of QuandoSJ/AUTOCHECKOUT-TEAM6 (MIT licence, Copyright (c) 2020 QuandoSJ)',
    durationS: Math.floor(durationMs / 1000),
    fixtures: layout.fixtures.filter(({ id }) => plates.some(({ fixture }) => fixture === id)),
    shelves: [...Map.groupBy(plates, ({ fixture, shelf }) => `${fixture}/${shelf}`).values()].map(rowOf),
    footfalls: footfalls(recording),
    moments,
    statistics: plateStatistics(series, moments),
  }
}

/** The recording's samples, plate by plate; batches are put one behind the other, as their times are those of sending. */
function seriesOf({ layout, startMs, arrivals }: Recording): PlateSeries[] {
  const plateOf = new Map(layout.plates.map((plate) => [plate.id, plate]))
  const series = new Map<string, PlateSeries & { grams: number[] }>()
  for (const arrival of arrivals) {
    if (arrival.kind !== 'samples') continue
    const { batch } = arrival
    for (const [row, id] of batch.plates.entries()) {
      const plate = plateOf.get(id)
      if (!plate) continue
      const { fixture, shelf, index } = plate
      const fromS = (batch.firstAtMs - startMs) / 1000
      const one = series.get(id) ?? { id, fixture, shelf, index, fromS, grams: [] }
      series.set(id, one)
      one.grams.push(...(batch.grams[row] ?? []).map((grams) => grams ?? Number.NaN))
    }
  }
  return [...series.values()].filter(({ grams }) => grams.some(Number.isFinite))
}

function rowOf(plates: readonly Plate[]): RealPlates['shelves'][number] {
  const sorted = [...plates].sort((a, b) => a.index - b.index)
  const [first, last] = [sorted[0] as Plate, sorted.at(-1) as Plate]
  const pitchM = (last.positionM[0] - first.positionM[0]) / (last.index - first.index)
  const { fixture, shelf, positionM } = first
  return { fixture, shelf, firstM: positionM, indices: sorted.map(({ index }) => index), pitchM }
}

function footfalls({ arrivals, startMs }: Recording): RealPlates['footfalls'] {
  const found: RealPlates['footfalls'] = []
  let [last, walkedM, strideSinceS]: [PointM | undefined, number, number] = [undefined, 0, 0]
  for (const arrival of arrivals) {
    const head = arrival.kind === 'people' ? arrival.people.people[0]?.headM : undefined
    if (!head) continue
    const at: PointM = [head[0], head[1]]
    const before = Math.floor(walkedM / strideM)
    if (last) walkedM += Math.hypot(at[0] - last[0], at[1] - last[1])
    last = at
    if (Math.floor(walkedM / strideM) === before) continue
    const atS = (arrival.arrivedAtMs - startMs) / 1000
    // Whoever only leans moves the head as far, but takes longer.
    if (atS - strideSinceS < longestStrideS) found.push({ atS, atM: at })
    strideSinceS = atS
  }
  return found
}

function print(real: PlateStatistics, twins: readonly PlateStatistics[]): void {
  const row = (name: string, of: (statistics: PlateStatistics) => number, digits = 2) => {
    const figures = twins.map(of).sort((a, b) => a - b)
    const [least, middle, most] = [0, 0.5, 1].map((share) => figures[Math.round(share * (figures.length - 1))] ?? 0)
    const texts = [of(real), middle, least, most].map((value) => (value as number).toFixed(digits).padStart(9))
    console.log(`${name.padEnd(44)}${texts.join('')}`)
  }
  console.log(`${''.padEnd(44)}     real   median    least     most of ${twins.length} twins`)
  for (const share of [0.1, 0.5, 0.9, 1]) row(`rest, g: ${share * 100} %`, (s) => s.restG[share * 20] as number)
  row('rest: Kolmogorov-Smirnov distance', (s) => distributionDistance(s.restG, real.restG))
  for (const lag of [1, 2, 3]) row(`rest: autocorrelation, lag ${lag}`, (s) => s.restAutocorrelation[lag - 1] as number)
  for (const share of [0.1, 0.5, 0.9, 1])
    row(`walking, g: ${share * 100} %`, (s) => s.walkingG[share * 20] as number, 1)
  row('walking: Kolmogorov-Smirnov distance', (s) => distributionDistance(s.walkingG, real.walkingG))
  row('loosest fixture to firmest', (s) => s.loosestToFirmest)
  row('upper shelves to lower', (s) => s.upperToLowerShelves)
  for (const [i, band] of ['3-6', '6-11', '11-15', '15-23', '23-29'].entries())
    row(`swing at ${band} Hz`, (s) => s.swingBands[i] as number)
  for (const pair of ['nextPlate', 'sameShelf', 'otherShelf'] as const)
    row(`correlation, ${pair}`, (s) => s.correlation[pair])
  for (const figure of Object.keys(real.take) as (keyof PlateStatistics['take'])[])
    row(`take: ${figure}`, (s) => s.take[figure])
}
