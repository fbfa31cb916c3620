/** The limit: `session.run` again and again on the same numbers, and nothing else. */
import { parentPort, workerData } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Detector } from '../../runtime/vision/models/model-definition.ts'
import { inputShape } from '../../runtime/vision/models/model-shapes.ts'

export interface BareStart {
  definition: Detector
  bytes: Uint8Array
  threads: number
}

const { definition, bytes, threads } = workerData as BareStart
const session = await InferenceSession.create(bytes, {
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
})
const { widthPx, heightPx } = definition.input
const numbers = new Float32Array(3 * widthPx * heightPx).fill(0.4)
const feeds = { [session.inputNames[0] as string]: new Tensor(numbers, inputShape(definition.input)) }
await session.run(feeds)
parentPort?.on('message', (seconds: number) => (seconds > 0 ? void measure(seconds) : parentPort?.close()))
parentPort?.postMessage(0)

/** Answers with runs a second. */
async function measure(seconds: number): Promise<void> {
  const startMs = performance.now()
  let [runs, tookMs] = [0, 0]
  for (; tookMs < seconds * 1000; tookMs = performance.now() - startMs) {
    await session.run(feeds)
    runs++
  }
  parentPort?.postMessage((runs * 1000) / tookMs)
}
