/** How detection fares, in words, told when it changes. */
import type { HealthReport } from '../../devices/health-report.ts'
import type { ExecutionProvider } from '../models/open-model.ts'
import type { CameraShare } from './share-meter.ts'

export type HealthNote = Pick<HealthReport, 'state' | 'reason'>

export interface DetectionState {
  workers: number
  ready: number
  /** True when so many threads hang for ever that no further one is started. */
  givenUp: boolean
  /** The last loss of a worker, while one is missing. */
  loss: string | undefined
  provider: ExecutionProvider
  notices: readonly string[]
  shares: readonly CameraShare[]
}

/** A camera whose share is less is told of; the rest is frames that are on their way. */
const shareKept = 0.8
/** A frame that is lost now and then, as with a worker, is no matter of speed. */
const lossesPerS = 0.5

/** @returns what is worst, and `topic`, which stays the same while only figures change */
export function detectionHealth(state: DetectionState): HealthNote & { topic: string } {
  const { workers, ready, givenUp, loss, shares } = state
  if (ready === 0) {
    const end = givenUp ? ' Threads hang that cannot be ended: start the program anew.' : ''
    return { topic: `none ${givenUp}`, state: 'offline', reason: `No frame is looked at. ${loss ?? ''}${end}` }
  }
  const behind = shares.filter(isBehind)
  if (ready < workers) {
    return { topic: 'fewer', state: 'late', reason: `${ready} of ${workers} threads look at frames. ${loss ?? ''}` }
  }
  if (behind.length > 0) return { topic: 'behind', state: 'late', reason: behindReason(shares, behind) }
  const notices = state.notices.map((notice) => ` ${notice}`).join('')
  return {
    topic: 'well',
    state: 'online',
    reason: `Frames are looked at as they come, by ${state.provider}.${notices}`,
  }
}

/** What is wrong with looking at each camera; undefined where nothing is. */
export function troublesOf({ ready, loss, shares }: DetectionState): ReadonlyMap<string, HealthNote | undefined> {
  return new Map(shares.map((share) => [share.camera, troubleOf(share, ready, loss)]))
}

function troubleOf(share: CameraShare, ready: number, loss = ''): HealthNote | undefined {
  if (ready === 0) return { state: 'late', reason: `Its pictures are not looked at. ${loss}`.trimEnd() }
  if (!isBehind(share)) return undefined
  const { offeredPerS, detectedPerS, ageMs } = share
  return {
    state: 'late',
    reason:
      `${detectedPerS.toFixed(1)} of its ${offeredPerS.toFixed(1)} pictures a second are looked at, ` +
      `results are up to ${((ageMs?.worst ?? 0) / 1000).toFixed(1)} s old: ` +
      'let cameras give fewer pictures, or use a smaller model or more cores.',
  }
}

const isBehind = ({ offeredPerS, detectedPerS }: CameraShare): boolean =>
  detectedPerS < shareKept * offeredPerS && offeredPerS - detectedPerS > lossesPerS

function behindReason(shares: readonly CameraShare[], behind: readonly CameraShare[]): string {
  const sum = (of: 'offeredPerS' | 'detectedPerS') => shares.reduce((total, share) => total + share[of], 0)
  const rates = behind.map(({ detectedPerS }) => detectedPerS)
  const worstMs = Math.max(...shares.map(({ ageMs }) => ageMs?.worst ?? 0))
  return (
    `${shares.length} cameras give ${sum('offeredPerS').toFixed(0)} frames a second and ` +
    `${sum('detectedPerS').toFixed(0)} can be looked at: ${behind.length} of them get ` +
    `${Math.min(...rates).toFixed(1)} to ${Math.max(...rates).toFixed(1)} each, results are up to ` +
    `${(worstMs / 1000).toFixed(1)} s old. Let cameras give fewer frames, or use a smaller model or more cores.`
  )
}

export class DetectionHealth {
  readonly #tell: (note: HealthNote) => void
  #topic = ''

  constructor(tell: (note: HealthNote) => void) {
    this.#tell = tell
  }

  look(at: DetectionState): void {
    const { topic, state, reason } = detectionHealth(at)
    if (topic === this.#topic) return
    this.#topic = topic
    this.#tell({ state, reason })
  }
}
