/** How many of its frames each camera gets looked at, and how old results are: over the last seconds. */

export interface CameraShare {
  camera: string
  offeredPerS: number
  detectedPerS: number
  /** From when the picture was taken to its result; undefined while there is none. */
  ageMs: { median: number; worst: number } | undefined
  /** Since the start. */
  skipped: number
  broken: number
}

/** Long enough for a camera of one frame a second. */
const windowMs = 10_000
/** A first frame at once after the start is no rate yet. */
const leastMs = 5000

interface Counts {
  sinceMs: number
  offeredAtMs: number[]
  results: { atMs: number; ageMs: number }[]
  skipped: number
  broken: number
}

export class ShareMeter {
  readonly #cameras = new Map<string, Counts>()

  offered(camera: string, nowMs: number): void {
    this.#of(camera, nowMs).offeredAtMs.push(nowMs)
  }

  /** A newer one came before its turn. */
  skipped(camera: string, nowMs: number): void {
    this.#of(camera, nowMs).skipped++
  }

  broken(camera: string, nowMs: number): void {
    this.#of(camera, nowMs).broken++
  }

  detected(camera: string, nowMs: number, ageMs: number): void {
    this.#of(camera, nowMs).results.push({ atMs: nowMs, ageMs })
  }

  shares(nowMs: number): CameraShare[] {
    return [...this.#cameras].map(([camera, counts]) => {
      forget(counts, nowMs)
      const seconds = Math.min(windowMs, Math.max(leastMs, nowMs - counts.sinceMs)) / 1000
      const ages = counts.results.map(({ ageMs }) => ageMs).sort((a, b) => a - b)
      const worst = ages.at(-1)
      return {
        camera,
        offeredPerS: counts.offeredAtMs.length / seconds,
        detectedPerS: counts.results.length / seconds,
        ageMs: worst === undefined ? undefined : { median: ages[ages.length >> 1] as number, worst },
        skipped: counts.skipped,
        broken: counts.broken,
      }
    })
  }

  #of(camera: string, nowMs: number): Counts {
    let counts = this.#cameras.get(camera)
    if (!counts) {
      counts = { sinceMs: nowMs, offeredAtMs: [], results: [], skipped: 0, broken: 0 }
      this.#cameras.set(camera, counts)
    }
    // Twice the window: a shift for each entry would cost more than a seldom larger cut.
    if (counts.offeredAtMs[0] !== undefined && counts.offeredAtMs[0] < nowMs - 2 * windowMs) forget(counts, nowMs)
    return counts
  }
}

function forget(counts: Counts, nowMs: number): void {
  const fromMs = nowMs - windowMs
  counts.offeredAtMs = counts.offeredAtMs.filter((atMs) => atMs > fromMs)
  counts.results = counts.results.filter(({ atMs }) => atMs > fromMs)
}
