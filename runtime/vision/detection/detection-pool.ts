/**
 * Detection for all cameras of a store: frames come in at any rate, the newest of each camera get looked at in turn,
 * and what cannot be kept up with is told. Pictures are decoded in libvips' threads while models run in worker
 * threads, so the thread that calls this is never held up.
 */
import { type Clock, sleep } from '../../contract/clock.ts'
import type { AisleError } from '../../contract/errors.ts'
import type { DetectedFrame, Detection } from '../detection.ts'
import type { StoredFrame } from '../frame-store.ts'
import type { Detector, Embedder } from '../models/model-definition.ts'
import { type ModelUse, readModel } from '../models/model-file.ts'
import { tryModel } from '../models/model-trial.ts'
import type { ExecutionProvider, ModelRunOptions } from '../models/open-model.ts'
import { DetectionHealth, type DetectionState, type HealthNote, troublesOf } from './detection-health.ts'
import { FairShare } from './fair-share.ts'
import type { DetectionModels } from './frame-detector.ts'
import { FrameOrder, type Ticket } from './frame-order.ts'
import { InferenceThread } from './inference-thread.ts'
import type { SizePx } from './picture-decoder.ts'
import { prepareFrame } from './prepare-frame.ts'
import { type CameraShare, ShareMeter } from './share-meter.ts'
import type { Slice } from './slices.ts'

export interface DetectionPoolOptions {
  detector: ModelUse & { definition: Detector }
  /** Tells persons from each other by their looks. */
  embedder?: ModelUse & { definition: Embedder }
  /** Frames that are looked at at the same time. More single-threaded workers do more than fewer with more threads. */
  workers: number
  run: ModelRunOptions
  /** The store's time, in which frames are taken. */
  clock: Clock
  /** Real time, for what work may take. */
  wireClock: Clock
  /** For one frame; a worker that takes longer is replaced. */
  hangAfterMs?: number
  /** For a model's first run, in a process of its own. */
  trialMs?: number
  /** Which parts of a camera's pictures are looked at more closely besides; without it, none. */
  slicesOf?(camera: string, size: SizePx): readonly Slice[]
  onDetected(frame: DetectedFrame): void
  /** A picture that cannot be read; the camera's next one may be well again. */
  onBroken(camera: string, error: Error): void
  /** When it changes. */
  onHealth(note: HealthNote): void
  /** Again and again: what is wrong with looking at each camera, or undefined. */
  onCameras?(troubles: ReadonlyMap<string, HealthNote | undefined>): void
}

/** What a worker holds: the frame that it looks at, and the next, which is decoded meanwhile. */
const framesHeld = 2
const defaults = { hangAfterMs: 20_000, trialMs: 60_000 }
/** From the first loss of a worker on; each further one doubles it. */
const backOffMs = { first: 500, most: 30_000 }
/** Threads that hang in native code cannot be ended: each keeps its core and its memory. */
const mostAbandoned = 3
const healthEveryMs = 5000
/** Longer than the frames that a worker still has take; one that hangs is not waited for. */
const endWithinMs = 5000

interface Job {
  frame: StoredFrame
  lane: Lane
  ticket: Ticket
}

interface Lane {
  /** undefined while it is being replaced. */
  thread: InferenceThread | undefined
  ready: boolean
  /** Frames being decoded for it or given to it. */
  held: number
  losses: number
}

export class DetectionPool {
  readonly #options: DetectionPoolOptions
  readonly #models: DetectionModels
  readonly #worker: URL
  readonly #share = new FairShare<StoredFrame>()
  readonly #meter = new ShareMeter()
  readonly #health: DetectionHealth
  readonly #lanes: Lane[]
  readonly #jobs = new Map<number, Job>()
  readonly #order = new FrameOrder()
  #lastJob = 0
  #abandoned = 0
  #loss: string | undefined
  #running: { provider: ExecutionProvider; notices: readonly string[] } = { provider: 'cpu', notices: [] }
  #closed = false

  private constructor(options: DetectionPoolOptions, models: DetectionModels, worker: URL) {
    this.#options = options
    this.#models = models
    this.#worker = worker
    this.#health = new DetectionHealth(options.onHealth)
    this.#lanes = Array.from({ length: options.workers }, () => ({
      ...{ thread: undefined, ready: false, held: 0, losses: 0 },
    }))
  }

  /**
   * Reads and tries the models, and starts the workers.
   * @param worker the file that workers run, which tests replace
   * @throws AisleError as `readModel`, `tryModel` and `openModel` do
   */
  static async open(
    options: DetectionPoolOptions,
    worker = new URL('./detection-worker.ts', import.meta.url),
  ): Promise<DetectionPool> {
    const { detector, embedder, trialMs = defaults.trialMs } = options
    const models: DetectionModels = { detector: { ...detector, bytes: await readModel(detector) } }
    if (embedder) models.embedder = { ...embedder, bytes: await readModel(embedder) }
    for (const use of [detector, embedder]) if (use) await tryModel(use, trialMs)
    const pool = new DetectionPool(options, models, worker)
    try {
      await Promise.all(pool.#lanes.map((lane) => pool.#start(lane)))
    } catch (error) {
      await pool.close()
      throw error
    }
    pool.#watchHealth()
    return pool
  }

  /** Takes a frame; it, or a newer one of its camera, is looked at when it is the camera's turn. */
  offer(frame: StoredFrame): void {
    const nowMs = this.#options.wireClock.nowMs()
    this.#meter.offered(frame.camera, nowMs)
    const older = this.#share.offer(frame)
    if (older) this.#meter.skipped(frame.camera, nowMs)
    this.#pump()
  }

  /** What each camera got in the last seconds. */
  shares(): CameraShare[] {
    return this.#meter.shares(this.#options.wireClock.nowMs())
  }

  /** To be waited for before the program ends: a thread that is cut off amid inference takes the program with it. */
  async close(): Promise<void> {
    this.#closed = true
    const ended = Promise.all(this.#lanes.map(({ thread }) => thread?.end()))
    await Promise.race([ended, sleep(this.#options.wireClock, endWithinMs)])
    for (const { thread } of this.#lanes) void thread?.abandon()
  }

  #pump(): void {
    while (!this.#closed && this.#share.size > 0) {
      const free = this.#lanes.filter(({ ready, held }) => ready && held < framesHeld)
      const [lane] = free.sort((a, b) => a.held - b.held)
      if (!lane) return
      const frame = this.#share.next()
      if (frame) void this.#give(frame, lane)
    }
  }

  async #give(frame: StoredFrame, lane: Lane): Promise<void> {
    const { detector, embedder, slicesOf } = this.#options
    const { thread } = lane
    const ticket = this.#order.begin(frame.camera)
    lane.held++
    try {
      const slices = slicesOf?.(frame.camera, frame)
      const prepared = await prepareFrame(frame, detector.definition.input, embedder !== undefined, slices)
      // The thread may have been lost while the picture was decoded: the camera's next frame is nearer to now.
      if (lane.thread !== thread || this.#closed) return this.#skip(ticket)
      const job = ++this.#lastJob
      this.#jobs.set(job, { frame, lane, ticket })
      thread?.post(job, prepared)
    } catch (error) {
      if (lane.thread === thread) lane.held--
      this.#break(ticket, error as Error)
    }
  }

  /** Resolves when the worker is ready, rejects when it is lost before. */
  #start(lane: Lane): Promise<void> {
    return new Promise((resolve, reject) => {
      lane.thread = new InferenceThread({
        worker: this.#worker,
        start: { models: this.#models, run: this.#options.run },
        clock: this.#options.wireClock,
        hangAfterMs: this.#options.hangAfterMs ?? defaults.hangAfterMs,
        onReady: (provider, notices) => {
          lane.ready = true
          this.#running = { provider, notices }
          resolve()
          this.#pump()
        },
        onDetected: (job, detections) => this.#finish(job, detections),
        onFailed: (job, error) => this.#fail(job, error),
        onLost: (error) => {
          reject(error)
          this.#lose(lane, error)
        },
      })
    })
  }

  #finish(job: number, detections: readonly Detection[]): void {
    const { clock, wireClock, onDetected } = this.#options
    const taken = this.#take(job)
    if (!taken) return
    const { camera, id: frameId, takenAtMs, widthPx, heightPx } = taken.frame
    taken.lane.losses = 0
    this.#pump()
    this.#order.end(taken.ticket, () => {
      this.#meter.detected(camera, wireClock.nowMs(), clock.nowMs() - takenAtMs)
      onDetected({ camera, frameId, takenAtMs, widthPx, heightPx, detections })
    })
  }

  #fail(job: number, error: Error): void {
    const taken = this.#take(job)
    if (taken) this.#break(taken.ticket, error)
  }

  #break(ticket: Ticket, error: Error): void {
    this.#pump()
    this.#order.end(ticket, () => {
      this.#meter.broken(ticket.camera, this.#options.wireClock.nowMs())
      this.#options.onBroken(ticket.camera, error)
    })
  }

  #skip(ticket: Ticket): void {
    this.#order.end(ticket, () => this.#meter.skipped(ticket.camera, this.#options.wireClock.nowMs()))
  }

  #take(job: number) {
    const taken = this.#jobs.get(job)
    this.#jobs.delete(job)
    if (taken) taken.lane.held--
    return taken
  }

  #lose(lane: Lane, error: AisleError): void {
    const { thread } = lane
    const { wireClock } = this.#options
    this.#abandoned++
    void thread?.end().then(() => this.#abandoned--)
    for (const [job, { ticket, lane: of }] of this.#jobs) {
      if (of !== lane) continue
      this.#jobs.delete(job)
      this.#skip(ticket)
    }
    Object.assign(lane, { thread: undefined, ready: false, held: 0, losses: lane.losses + 1 })
    this.#loss = error.sentence
    this.#lookAtHealth()
    if (error.code === 'detection-refused' || this.#closed) return
    const delayMs = Math.min(backOffMs.most, backOffMs.first * 2 ** (lane.losses - 1))
    wireClock.after(delayMs, () => this.#replace(lane))
  }

  #replace(lane: Lane): void {
    if (this.#closed) return
    if (this.#abandoned >= mostAbandoned) {
      this.#lookAtHealth()
      return
    }
    // A further loss is heard of by onLost, as this one was.
    this.#start(lane).then(
      () => this.#lookAtHealth(),
      () => undefined,
    )
  }

  #watchHealth(): void {
    if (this.#closed) return
    this.#lookAtHealth()
    this.#options.wireClock.after(healthEveryMs, () => this.#watchHealth())
  }

  #lookAtHealth(): void {
    const state: DetectionState = {
      workers: this.#lanes.length,
      ready: this.#lanes.filter(({ ready }) => ready).length,
      givenUp: this.#abandoned >= mostAbandoned,
      loss: this.#loss,
      ...this.#running,
      shares: this.shares(),
    }
    this.#health.look(state)
    this.#options.onCameras?.(troublesOf(state))
  }
}
