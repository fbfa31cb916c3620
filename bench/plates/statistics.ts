/** Figures about plates' samples that a real recording and the twin can be compared by. */

/** What one plate showed, 60 times a second. */
export interface PlateSeries {
  id: string
  fixture: string
  shelf: number
  index: number
  /** Seconds after the recording's start. */
  fromS: number
  grams: readonly number[]
}

/** When what happens in the recording, in seconds after its start. */
export interface Moments {
  /** Nobody moves. */
  rest: [from: number, until: number]
  /** The shopper walks by; each second from these on is looked at. */
  walking: number[]
  /** Where the item leaves. */
  plate: string
  /** Within a quarter of a second of its fall. */
  fallS: number
}

export interface PlateStatistics {
  /** Standard deviation of each plate at rest: its quantiles in steps of 5 %. */
  restG: number[]
  /** Medians of the autocorrelation at rest, one to three samples apart. */
  restAutocorrelation: number[]
  /** Peak to peak of each plate of the store in one second of walking: quantiles in steps of 5 %. */
  walkingG: number[]
  /** The median plate of the fixture that swings the most, as a multiple of that of the firmest. */
  loosestToFirmest: number
  /** The same on the upper third of the nearest fixture's shelves, as a multiple of the lower third. */
  upperToLowerShelves: number
  /** Shares of the swing's power by {@link bandsHz}, mean over the plates of the nearest fixture. */
  swingBands: number[]
  /** Median size of the correlation of two plates of the nearest fixture, while it swings. */
  correlation: { nextPlate: number; sameShelf: number; otherShelf: number }
  take: TakeStatistics
}

export interface TakeStatistics {
  stepG: number
  /** Highest push of the hand before the fall, as a share of the step. */
  pushShare: number
  /** From 90 % to 10 % of the load. */
  fallMs: number
  /** From the first push of more than 1.5 % to where it stays within 3 % of the new level. */
  transitionMs: number
  /**
   * Peak to peak while it leaves, less what it was just before (in squares): median of the next plates (three
   * steps), of the whole shelf and of the one above.
   */
  nextPlatesG: number
  sameShelfG: number
  shelfAboveG: number
  /** Largest lasting change of the plates within two steps, with its sign, and the size of the median one beyond. */
  nextPlateKeepsG: number
  farPlatesKeepG: number
}

export const rateHz = 60
export const bandsHz: readonly [number, number][] = [
  [3, 6],
  [6, 11],
  [11, 15],
  [15, 23],
  [23, 29],
]

export function plateStatistics(series: readonly PlateSeries[], moments: Moments): PlateStatistics {
  const rests = series.map((one) => cut(one, ...moments.rest)).filter(isWhole)
  const [nearest] = moments.plate.split('-')
  const isNear = ({ fixture }: PlateSeries) => fixture === nearest
  const seconds = (one: PlateSeries) => moments.walking.map((s) => cut(one, s, s + 1)).filter(isWhole)
  const swings = (some: readonly PlateSeries[]) => some.flatMap((one) => seconds(one).map(peakToPeak))
  const near = series.filter(isNear)
  const swingOfFixture = [...Map.groupBy(series, ({ fixture }) => fixture).values()].map((one) => median(swings(one)))
  const shelves = Math.max(...near.map(({ shelf }) => shelf))
  return {
    restG: quantiles(rests.map(deviation)),
    restAutocorrelation: [1, 2, 3].map((lag) => median(rests.map((values) => autocorrelation(values, lag)))),
    walkingG: quantiles(swings(series)),
    loosestToFirmest: Math.max(...swingOfFixture) / Math.min(...swingOfFixture),
    upperToLowerShelves:
      median(swings(near.filter(({ shelf }) => shelf > (2 * shelves) / 3))) /
      median(swings(near.filter(({ shelf }) => shelf <= shelves / 3))),
    swingBands: bandShares(near.flatMap(seconds)),
    correlation: correlations(near, moments.walking),
    take: takeStatistics(series, moments),
  }
}

function takeStatistics(series: readonly PlateSeries[], { plate, fallS }: Moments): TakeStatistics {
  const taken = series.find(({ id }) => id === plate)
  if (!taken) throw new RangeError(`no plate ${plate}`)
  const around = cut(taken, fallS - 0.3, fallS + 0.3)
  const steepest = around.reduce((best, _, i) => (drop(around, i) > drop(around, best) ? i : best), 2)
  const fall = fallS - 0.3 + (steepest - 1) / rateHz
  const kept = (one: PlateSeries) => mean(cut(one, fall + 0.5, fall + 1.3)) - mean(cut(one, fall - 1.5, fall - 0.6))
  const swing = (one: PlateSeries) => {
    const [during, earlier] = [cut(one, fall - 0.35, fall + 0.5), cut(one, fall - 1.5, fall - 0.65)].map(peakToPeak)
    return Math.sqrt(Math.max(0, (during as number) ** 2 - (earlier as number) ** 2))
  }
  const stepsTo = ({ index }: PlateSeries) => Math.abs(index - taken.index)
  const onShelf = (shelf: number) =>
    series.filter((one) => one.fixture === taken.fixture && one.shelf === shelf && one.id !== plate)
  const shelf = onShelf(taken.shelf)

  const stepG = kept(taken)
  const before = mean(cut(taken, fall - 1.5, fall - 0.6))
  const course = cut(taken, fall - 0.6, fall + 0.8).map((grams) => (grams - before) / -stepG)
  const firstBelow = (share: number) => course.findIndex((value, i) => value < -share && (course[i + 1] ?? 0) < -share)
  const begins = course.findIndex((value, i) => value > 0.015 && (course[i + 1] ?? 0) > 0.015)
  const settles = course.findLastIndex((value) => Math.abs(value + 1) > 0.03) + 1
  return {
    stepG,
    pushShare: Math.max(...course),
    fallMs: ((firstBelow(0.9) - firstBelow(0.1)) * 1000) / rateHz,
    transitionMs: ((settles - begins) * 1000) / rateHz,
    nextPlatesG: median(shelf.filter((one) => stepsTo(one) <= 3).map(swing)),
    sameShelfG: median(shelf.map(swing)),
    shelfAboveG: median(onShelf(taken.shelf + 1).map(swing)),
    nextPlateKeepsG: shelf
      .filter((one) => stepsTo(one) <= 2)
      .map(kept)
      .reduce(larger),
    farPlatesKeepG: median(shelf.filter((one) => stepsTo(one) > 2).map((one) => Math.abs(kept(one)))),
  }
}

const drop = (values: readonly number[], i: number) => (values[i - 2] ?? Number.NaN) - (values[i] ?? Number.NaN)
const larger = (a: number, b: number) => (Math.abs(b) > Math.abs(a) ? b : a)

/** Mean shares over plates of the power in each band, from the spectra of single seconds (Hann window). */
function bandShares(seconds: readonly number[][]): number[] {
  const shares = seconds.map((values) => {
    const power = spectrum(values)
    const bands = bandsHz.map(([from, until]) => sum(power.filter((_, hz) => hz >= from && hz < until)))
    return bands.map((band) => band / sum(bands))
  })
  return bandsHz.map((_, band) => mean(shares.map((share) => share[band] as number)))
}

/** Power at 0, 1, 2 … 30 Hz of one second. */
function spectrum(values: readonly number[]): number[] {
  const middle = mean(values)
  const shaped = values.map((v, i) => (v - middle) * Math.sin((Math.PI * i) / values.length) ** 2)
  return Array.from({ length: values.length / 2 + 1 }, (_, hz) => {
    let [re, im] = [0, 0]
    for (const [i, value] of shaped.entries()) {
      const turn = (2 * Math.PI * hz * i) / values.length
      re += value * Math.cos(turn)
      im += value * Math.sin(turn)
    }
    return re * re + im * im
  })
}

function correlations(near: readonly PlateSeries[], walking: readonly number[]): PlateStatistics['correlation'] {
  const found = { nextPlate: [] as number[], sameShelf: [] as number[], otherShelf: [] as number[] }
  for (const s of walking) {
    const cuts = near.map((one) => cut(one, s, s + 1))
    for (const [i, a] of near.entries()) {
      for (const [j, b] of near.slice(0, i).entries()) {
        const [x, y] = [cuts[i] as number[], cuts[j] as number[]]
        if (!isWhole(x) || !isWhole(y)) continue
        const isNext = a.shelf === b.shelf && Math.abs(a.index - b.index) === 1
        found[isNext ? 'nextPlate' : a.shelf === b.shelf ? 'sameShelf' : 'otherShelf'].push(Math.abs(correlation(x, y)))
      }
    }
  }
  return {
    nextPlate: median(found.nextPlate),
    sameShelf: median(found.sameShelf),
    otherShelf: median(found.otherShelf),
  }
}

function cut({ fromS, grams }: PlateSeries, from: number, until: number): number[] {
  const first = Math.round((from - fromS) * rateHz)
  return grams.slice(Math.max(0, first), Math.max(0, first + Math.round((until - from) * rateHz)))
}

const isWhole = (values: readonly number[]) => values.length >= rateHz && values.every(Number.isFinite)
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]) => sum(values) / values.length
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)))
const peakToPeak = (values: readonly number[]) => Math.max(...values) - Math.min(...values)
const median = (values: readonly number[]) =>
  quantileOf(
    [...values].sort((a, b) => a - b),
    0.5,
  )

function quantileOf(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? Number.NaN
  return low + ((sorted[Math.ceil(place)] ?? Number.NaN) - low) * (place % 1)
}

function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return Array.from({ length: 21 }, (_, i) => quantileOf(sorted, i / 20))
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (const [i, x] of a.entries()) {
    const [dx, dy] = [x - meanA, (b[i] ?? 0) - meanB]
    ab += dx * dy
    aa += dx * dx
    bb += dy * dy
  }
  return ab / Math.sqrt(aa * bb)
}

const autocorrelation = (values: readonly number[], lag: number) =>
  correlation(values.slice(lag), values.slice(0, -lag))

/** Largest distance between two distributions given by their quantiles in steps of 5 % (Kolmogorov-Smirnov). */
export function distributionDistance(a: readonly number[], b: readonly number[]): number {
  const below = (quantiles: readonly number[], value: number) => {
    const above = quantiles.findIndex((quantile) => quantile > value)
    if (above < 0) return 1
    if (above === 0) return 0
    const [low, high] = [quantiles[above - 1] as number, quantiles[above] as number]
    return (above - 1 + (value - low) / (high - low)) / (quantiles.length - 1)
  }
  return Math.max(...[...a, ...b].map((value) => Math.abs(below(a, value) - below(b, value))))
}
