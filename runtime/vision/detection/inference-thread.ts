/** One worker thread of detection, watched: it is given up when it ends or when it takes too long over a frame. */
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../../contract/clock.ts'
import { AisleError, errorSentence, fromTold, type ToldError } from '../../contract/errors.ts'
import type { Detection } from '../detection.ts'
import type { ExecutionProvider, ModelRunOptions } from '../models/open-model.ts'
import type { DetectionModels } from './frame-detector.ts'
import { type PreparedFrame, transferables } from './prepare-frame.ts'

export interface WorkerStart {
  models: DetectionModels
  run: ModelRunOptions
}

export type ToWorker =
  | { is: 'frame'; job: number; prepared: PreparedFrame }
  /** It ends by itself, after the frames that it has. */
  | { is: 'end' }

export type FromWorker =
  | { is: 'ready'; provider: ExecutionProvider; notices: readonly string[] }
  | { is: 'refused'; error: ToldError }
  | { is: 'detected'; job: number; detections: Detection[] }
  | { is: 'failed'; job: number; error: ToldError }

export interface InferenceThreadOptions {
  worker: URL
  start: WorkerStart
  /** Of real time. */
  clock: Clock
  /** For one frame, and for opening the models. */
  hangAfterMs: number
  onReady(provider: ExecutionProvider, notices: readonly string[]): void
  onDetected(job: number, detections: Detection[]): void
  /** One frame; the thread goes on. */
  onFailed(job: number, error: Error): void
  /** Once, and nothing comes afterwards. `detection-refused` means that another one would end the same way. */
  onLost(error: AisleError): void
}

export class InferenceThread {
  readonly #options: InferenceThreadOptions
  readonly #worker: Worker
  readonly #jobs = new Set<number>()
  #deadline: Timer | undefined
  #over = false
  /** Resolves when the thread is really gone: never, while native code does not return. */
  readonly #gone: Promise<unknown>

  constructor(options: InferenceThreadOptions) {
    this.#options = options
    this.#worker = new Worker(options.worker, { workerData: options.start })
    this.#gone = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.on('message', (message: FromWorker) => this.#hear(message))
    this.#worker.on('error', (error) => this.#lose(lost(`ended: ${errorSentence(error)}`)))
    this.#worker.on('exit', () => this.#lose(lost('ended')))
    this.#watch()
  }

  post(job: number, prepared: PreparedFrame): void {
    if (this.#over) return
    if (this.#jobs.size === 0) this.#watch()
    this.#jobs.add(job)
    this.#worker.postMessage({ is: 'frame', job, prepared } satisfies ToWorker, transferables(prepared))
  }

  /**
   * Has the thread end; resolves when it is gone. It is never ended by force: ONNX Runtime ends the whole program when
   * the thread that it returns to is no more.
   */
  end(): Promise<unknown> {
    if (!this.#over) this.#worker.postMessage({ is: 'end' } satisfies ToWorker)
    this.#over = true
    this.#options.clock.clear(this.#deadline)
    return this.#gone
  }

  /** Like {@link end}, and the program may end before it does. */
  abandon(): Promise<unknown> {
    this.#worker.unref()
    return this.end()
  }

  #hear(message: FromWorker): void {
    if (this.#over) return
    if (message.is === 'refused') {
      this.#lose(refused(fromTold(message.error)))
      return
    }
    if (message.is !== 'ready') this.#jobs.delete(message.job)
    if (this.#jobs.size > 0) this.#watch()
    else this.#options.clock.clear(this.#deadline)
    if (message.is === 'ready') this.#options.onReady(message.provider, message.notices)
    else if (message.is === 'detected') this.#options.onDetected(message.job, message.detections)
    else this.#options.onFailed(message.job, fromTold(message.error))
  }

  #watch(): void {
    const { clock, hangAfterMs } = this.#options
    clock.clear(this.#deadline)
    this.#deadline = clock.after(hangAfterMs, () => this.#lose(lost(`did not answer for ${hangAfterMs / 1000} s`)))
  }

  #lose(error: AisleError): void {
    if (this.#over) return
    void this.abandon()
    this.#options.onLost(error)
  }
}

const lost = (what: string) =>
  new AisleError('detection-worker-lost', `A thread of detection ${what}.`, {
    action: 'It is replaced; if this goes on, use another model, or give detection fewer threads.',
  })

const refused = (cause: Error) =>
  cause instanceof AisleError
    ? new AisleError('detection-refused', cause.message, { where: cause.where, action: cause.action, cause })
    : new AisleError('detection-refused', cause.message, { action: 'Use another model.', cause })
