/**
 * Joins the samples of fast polls into batches for weighing: it looks at whole bins only, and with 850 plates a call
 * for each sample costs it many times as much, most of it the way to memory. Where a fixture lies still its samples
 * wait longer; as soon as one of its plates shows a change, all that waits of the fixture is handed on.
 */
import type { SampleBatch } from '../sensing-api/sensing-client.ts'
import { defaultParameters } from '../weighing/parameters.ts'

export interface JoiningTimes {
  /** Where something moves, or has just moved. */
  movingMs: number
  /** Where nothing does. */
  stillMs: number
}

const binMs = 1000 * defaultParameters.binS
/**
 * Two bins: an event comes 25 ms later on average than with one. Eight where nothing is to be told: what begins
 * meanwhile is handed on with its first samples, and judged bin by bin as ever.
 */
export const joiningTimes: JoiningTimes = { movingMs: 2 * binMs, stillMs: 8 * binMs }

/** Less than half of the lightest item, more than noise: a plate that left its level by this much is moving. */
const movedG = defaultParameters.lightestItemG / 2.5
/** An event is out this long after the last movement; its revisions may take their time. */
const movingForMs = 1000 * (defaultParameters.restS + defaultParameters.confirmS)
/** Samples follow each other at their rate, give or take how late a machine comes to its work. */
const latestPeriods = 1.5
const lateMs = 10

/** What comes from one unit, or from one device that speaks by itself, of one fixture. */
interface Source {
  fixture: Fixture
  /** Each plate's level when it last moved. */
  levelsG: Float64Array
  /** The first batch that waits; undefined: none does. */
  first: SampleBatch | undefined
  /** By plate: what waits. */
  rows: (number | null)[][]
  lastAtMs: number
}

interface Fixture {
  movingUntilMs: number
  waiting: Set<Source>
}

export class SampleJoiner {
  readonly #times: JoiningTimes
  readonly #onBatch: (batch: SampleBatch) => void
  /** By the list of plates, which whoever reads them makes once. */
  readonly #sources = new WeakMap<string[], Source>()
  readonly #fixtures = new Map<string, Fixture>()

  constructor(times: JoiningTimes, onBatch: (batch: SampleBatch) => void) {
    this.#times = times
    this.#onBatch = onBatch
  }

  push(batch: SampleBatch): void {
    const source = this.#sources.get(batch.plates) ?? this.#addSource(batch)
    if (source.first && !follows(source, batch)) this.#handOn(source)
    const { fixture } = source
    const lastAtMs = batch.firstAtMs + ((batch.grams[0]?.length ?? 1) - 1) * (1000 / batch.rateHz)
    const wasStill = lastAtMs >= fixture.movingUntilMs
    const moves = moved(source, batch)
    // The clock may have been set back meanwhile.
    if (moves || fixture.movingUntilMs > lastAtMs + movingForMs) fixture.movingUntilMs = lastAtMs + movingForMs
    take(source, batch, lastAtMs)
    fixture.waiting.add(source)
    if (moves && wasStill) for (const each of [...fixture.waiting]) this.#handOn(each)
    else if (this.#isEnough(source)) this.#handOn(source)
  }

  /** Hands on all that waits: what is to be said to weighing comes after it. */
  flush(): void {
    for (const { waiting } of this.#fixtures.values()) for (const source of [...waiting]) this.#handOn(source)
  }

  #isEnough({ first, fixture, lastAtMs }: Source): boolean {
    if (!first) return false
    const periodMs = 1000 / first.rateHz
    const { movingMs, stillMs } = this.#times
    const joinMs = lastAtMs < fixture.movingUntilMs ? movingMs : stillMs
    // The next one would be beyond it.
    return lastAtMs + 2 * periodMs - first.firstAtMs > joinMs + periodMs / 2
  }

  #handOn(source: Source): void {
    const { first, rows, lastAtMs, fixture } = source
    fixture.waiting.delete(source)
    if (!first) return
    source.first = undefined
    source.rows = []
    const samples = rows[0]?.length ?? 0
    const spanMs = lastAtMs - first.firstAtMs
    // Their own times say at what rate they came.
    const rateHz = samples > 1 && spanMs > 0 ? (1000 * (samples - 1)) / spanMs : first.rateHz
    this.#onBatch({ ...first, rateHz, grams: rows })
  }

  #addSource({ fixture: name, plates }: SampleBatch): Source {
    const fixture = this.#fixtures.get(name) ?? { movingUntilMs: 0, waiting: new Set() }
    this.#fixtures.set(name, fixture)
    const levelsG = new Float64Array(plates.length).fill(Number.NaN)
    const source: Source = { fixture, levelsG, first: undefined, rows: [], lastAtMs: 0 }
    this.#sources.set(plates, source)
    return source
  }
}

/** What came early, late, or at another rate does not lie on one line with what waits. */
function follows({ first, lastAtMs }: Source, { firstAtMs, rateHz }: SampleBatch): boolean {
  const aheadMs = firstAtMs - lastAtMs
  const mostMs = Math.max(lateMs, (latestPeriods * 1000) / rateHz)
  return first?.rateHz === rateHz && aheadMs >= 0 && aheadMs <= mostMs
}

function take(source: Source, batch: SampleBatch, lastAtMs: number): void {
  source.lastAtMs = lastAtMs
  const { rows } = source
  for (let row = 0; row < batch.grams.length; row++) {
    const samples = batch.grams[row] as (number | null)[]
    if (source.first) for (let i = 0; i < samples.length; i++) rows[row]?.push(samples[i] as number | null)
    else rows.push([...samples])
  }
  source.first ??= batch
}

/** Whether a plate of the batch left the level that it was on; it then is on the new one. */
function moved({ levelsG }: Source, { grams }: SampleBatch): boolean {
  let moves = false
  for (let row = 0; row < grams.length; row++) {
    const samples = grams[row] as (number | null)[]
    for (let i = 0; i < samples.length; i++) {
      const value = samples[i] ?? Number.NaN
      if (Number.isNaN(value) || Math.abs(value - (levelsG[row] as number)) <= movedG) continue
      levelsG[row] = value
      moves = true
    }
  }
  return moves
}
