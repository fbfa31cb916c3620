/** Our whole path: pictures are decoded, resized, looked at, boxed and followed on the floor. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { DetectionPool } from '../../runtime/vision/detection/detection-pool.ts'
import type { Picture } from '../../runtime/vision/detection/picture-decoder.ts'
import type { DetectedFrame } from '../../runtime/vision/detection.ts'
import type { Detector } from '../../runtime/vision/models/model-definition.ts'
import type { ModelUse } from '../../runtime/vision/models/model-file.ts'
import { FloorTracker } from '../../runtime/vision/tracking/floor-tracker.ts'

export interface WholePathOptions {
  detector: ModelUse & { definition: Detector }
  pictures: readonly Picture[]
  workers: number
  threads: number
  cameras: number
}

export interface CameraLoad {
  camera: string
  offered: number
  ages: number[]
}

const clock = new SystemClock()

export async function openWholePath({ detector, pictures, workers, threads, cameras }: WholePathOptions) {
  const ids = Array.from({ length: cameras }, (_, i) => `camera-${i + 1}`)
  const tracker = new FloorTracker({
    layout: { fixtures: [], gates: [], floorM: [10, 10] },
    cameras: ids.map((id) => ({ id, positionM: [5, 0, 2.8], lookAtM: [5, 5, 1] })),
    newName: () => 'somebody',
  })
  const health: string[] = []
  let heard = (_: DetectedFrame) => {}
  let lastId = 0
  const pool = await DetectionPool.open({
    ...{ detector, workers, clock, wireClock: clock },
    run: { providers: ['cpu'], threads },
    onDetected: (frame) => {
      tracker.take(frame)
      heard(frame)
    },
    onBroken: (camera, error) => {
      throw new Error(`${camera}: ${error.message}`)
    },
    onHealth: ({ reason }) => health.push(reason),
  })
  const offer = (camera: string) => {
    const picture = pictures[++lastId % pictures.length] as Picture
    pool.offer({ ...picture, camera, id: lastId, takenAtMs: clock.nowMs() })
  }

  return {
    health,
    close: () => pool.close(),

    /** Each camera gives its next picture as soon as its last was looked at. @returns frames a second */
    async asFastAsPossible(seconds: number): Promise<{ fps: number; loopP99Ms: number }> {
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const startMs = performance.now()
      let frames = 0
      await new Promise<void>((resolve) => {
        heard = ({ camera }) => {
          frames++
          if (performance.now() - startMs < seconds * 1000) offer(camera)
          else resolve()
        }
        for (const camera of ids) offer(camera)
      })
      heard = () => {}
      const tookMs = performance.now() - startMs
      delay.disable()
      return { fps: (frames * 1000) / tookMs, loopP99Ms: delay.percentile(99) / 1e6 }
    },

    /** Each camera gives so many pictures a second, whether they are looked at or not. */
    async atRate(fps: number, seconds: number): Promise<{ loads: CameraLoad[]; loopP99Ms: number }> {
      const loads = new Map(ids.map((camera): [string, CameraLoad] => [camera, { camera, offered: 0, ages: [] }]))
      heard = ({ camera, takenAtMs }) => loads.get(camera)?.ages.push(clock.nowMs() - takenAtMs)
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const startMs = performance.now()
      // Cameras are not in step: their pictures come evenly over the time between two of one camera.
      for (let sent = 0; ; sent++) {
        const dueMs = startMs + (sent * 1000) / (fps * ids.length)
        if (dueMs - startMs >= seconds * 1000) break
        const waitMs = dueMs - performance.now()
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
        const camera = ids[sent % ids.length] as string
        const load = loads.get(camera)
        if (load) load.offered++
        offer(camera)
      }
      delay.disable()
      heard = () => {}
      return { loads: [...loads.values()], loopP99Ms: delay.percentile(99) / 1e6 }
    },
  }
}
