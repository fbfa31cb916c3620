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

export interface ToWorker {
  job: number
  prepared: PreparedFrame
}

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
  #ended: Promise<unknown> | undefined

  constructor(options: InferenceThreadOptions) {
    this.#options = options
    this.#worker = new Worker(options.worker, { workerData: options.start })
    this.#worker.on('message', (message: FromWorker) => this.#hear(message))
    this.#worker.on('error', (error) => this.#lose(lost(`ended: ${errorSentence(error)}`)))
    this.#worker.on('exit', () => this.#lose(lost('ended')))
    this.#watch()
  }

  post(job: number, prepared: PreparedFrame): void {
    if (this.#over) return
    if (this.#jobs.size === 0) this.#watch()
    this.#jobs.add(job)
    this.#worker.postMessage({ job, prepared } satisfies ToWorker, transferables(prepared))
  }

  /** Ends the thread; resolves when it is gone. */
  end(): Promise<unknown> {
    this.#over = true
    this.#options.clock.clear(this.#deadline)
    this.#ended ??= this.#worker.terminate()
    return this.#ended
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
    void this.end()
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
