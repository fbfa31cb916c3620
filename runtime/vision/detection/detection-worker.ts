/** The thread that inference runs in; started by `inference-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { toTold } from '../../contract/errors.ts'
import { FrameDetector } from './frame-detector.ts'
import type { FromWorker, ToWorker, WorkerStart } from './inference-thread.ts'
import type { PreparedFrame } from './prepare-frame.ts'

const { models, run } = workerData as WorkerStart
const tell = (message: FromWorker) => parentPort?.postMessage(message)

async function serve(): Promise<void> {
  let detector: FrameDetector
  try {
    detector = await FrameDetector.open(models, run)
  } catch (error) {
    return tell({ is: 'refused', error: toTold(error) })
  }
  const detect = (job: number, prepared: PreparedFrame) =>
    detector.detect(prepared).then(
      (detections) => tell({ is: 'detected', job, detections }),
      (error: unknown) => tell({ is: 'failed', job, error: toTold(error) }),
    )
  // One after the other: all frames are written to the same input of the model.
  let last: Promise<void> = Promise.resolve()
  parentPort?.on('message', (message: ToWorker) => {
    last = last.then(() => (message.is === 'end' ? end(detector) : detect(message.job, message.prepared)))
  })
  tell({ is: 'ready', provider: detector.provider, notices: detector.notices })
}

async function end(detector: FrameDetector): Promise<void> {
  await detector.close()
  parentPort?.close()
}

void serve()
