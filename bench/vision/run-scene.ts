/** One scene through detection and tracking as a store would run them, scored against the truth. */
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { gaussian, type Random, seededRandom } from '../../runtime/contract/random.ts'
import type { Point3DM } from '../../runtime/profile/layout.ts'
import type { TwinStore } from '../../runtime/twin/scenario/scenario-store.ts'
import { tickMs } from '../../runtime/twin/world/world.ts'
import { CameraPeople } from '../../runtime/vision/tracking/camera-people.ts'
import { processorMs } from '../processor-time.ts'
import type { TrackedPerson, TrackScore } from './measures.ts'
import { type BenchCamera, type Moment, type ScenePlan, sceneOf } from './scene.ts'
import type { SceneDetector } from './simulated-detector.ts'

/** Errors of an installation (standard deviations): how well a camera's pose is known, and its clock. */
const positionSdM = 0.015
const lookAtSdM = 0.025
const stampSdMs = 10
/** Cameras are looked at so often a second, one after the other. */
const usualRate = 10
const rememberedMs = 1000

export interface SceneCost {
  frames: number
  trackingMs: number
  seconds: number
}

export async function runScene(
  plan: ScenePlan,
  store: TwinStore,
  cameras: readonly BenchCamera[],
  detector: SceneDetector,
  scores: readonly TrackScore[],
): Promise<SceneCost> {
  const random = seededRandom(plan.seed)
  const offsetsMs = cameras.map(() => stampSdMs * gaussian(random))
  let moments: Moment[] = []
  const clock = new VirtualClock()
  const tracking = new CameraPeople({
    source: 'cameras',
    layout: store.loaded.layout,
    cameras: cameras.map((camera) => poseOf(camera, random)),
    clock,
    idPrefix: 'bench',
    onPeople: ({ seenAtMs, people }) => compare(plan, moments, seenAtMs, people, scores),
  })
  const cost: SceneCost = { frames: 0, trackingMs: 0, seconds: plan.seconds }
  const ticksPerFrame = Math.round(1000 / tickMs / (plan.rate ?? usualRate))
  let tick = 0
  for (const moment of sceneOf(plan, store)) {
    tick++
    moments = [...moments.filter(({ atMs }) => moment.atMs - atMs < rememberedMs), moment]
    const due = cameras.flatMap((camera, i) => (tick % ticksPerFrame === i % ticksPerFrame ? [{ camera, i }] : []))
    for (const { camera, i } of due) {
      const frame = await detector.detect(camera, moment)
      const beforeMs = processorMs()
      clock.advanceTo(moment.atMs)
      tracking.take({ ...frame, takenAtMs: moment.atMs + (offsetsMs[i] as number) })
      cost.trackingMs += processorMs() - beforeMs
      cost.frames++
    }
  }
  tracking.stop()
  return cost
}

function compare(
  { store, seed, shoppers }: ScenePlan,
  moments: readonly Moment[],
  seenAtMs: number,
  people: readonly TrackedPerson[],
  scores: readonly TrackScore[],
): void {
  if (moments.length === 0) return
  const then = moments.reduce((a, b) => (Math.abs(b.atMs - seenAtMs) < Math.abs(a.atMs - seenAtMs) ? b : a))
  const scene = `${store} ${seed} ${shoppers}`
  const named = people.map((person) => ({ ...person, trackId: `${scene} ${person.trackId}` }))
  for (const score of scores) {
    score.add(
      then.people.map((person) => ({ ...person, id: `${scene} ${person.id}` })),
      named,
    )
  }
}

/** What the platform is told of a camera: a little wrong, as after any calibration. */
function poseOf({ id, positionM, lookAtM, widthPx, heightPx, focalPx }: BenchCamera, random: Random) {
  const shifted = (point: Point3DM, sdM: number) => point.map((value) => value + sdM * gaussian(random)) as Point3DM
  const pictureSizePx: [number, number] = [widthPx, heightPx]
  return {
    id,
    positionM: shifted(positionM, positionSdM),
    lookAtM: shifted(lookAtM, lookAtSdM),
    lens: { pictureSizePx, focalPx },
  }
}
