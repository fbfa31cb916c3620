/** A worker that does what the picture's first byte says, so that a test can have it hang, end or fail. */
import { parentPort } from 'node:worker_threads'
import type { FromWorker, ToWorker } from '../../../runtime/vision/detection/inference-thread.ts'

export const behaviours = { detect: 0, wait: 10, hang: 20, end: 30, fail: 40 } as const

const tell = (message: FromWorker) => parentPort?.postMessage(message)
/** Jobs that wait for the next that does not. */
const waiting: number[] = []

parentPort?.on('message', (message: ToWorker) => {
  if (message.is === 'end') return parentPort?.close()
  const { job, prepared } = message
  const asked = prepared.pixels.bytes[0]
  if (asked === behaviours.hang) for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  if (asked === behaviours.end) process.exit(1)
  if (asked === behaviours.fail) return tell({ is: 'failed', job, error: { message: 'It failed.' } })
  if (asked === behaviours.wait) return waiting.push(job)
  for (const each of [...waiting.splice(0), job]) tell({ is: 'detected', job: each, detections: [] })
})
tell({ is: 'ready', provider: 'cpu', notices: [] })
