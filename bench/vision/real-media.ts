/**
 * Real models on real media, which Open Aisle does not ship: `yolox_nano_416.onnx`, and in `media/` pictures of people, a
 * clip of shoppers in an aisle and one of bottles. No camera of them is calibrated, so people are followed in the picture.
 */
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { FrameDetector } from '../../runtime/vision/detection/frame-detector.ts'
import { prepareFrame } from '../../runtime/vision/detection/prepare-frame.ts'
import type { Detection } from '../../runtime/vision/detection.ts'
import { readModel } from '../../runtime/vision/models/model-file.ts'
import { loadModelDefinitions } from '../../runtime/vision/models/model-library.ts'
import { usualDecoder } from '../../runtime/vision/sources/camera-capture.ts'
import type { Capture, CapturedPicture, CaptureSink } from '../../runtime/vision/sources/frame-source.ts'
import { pictureFolder } from '../../runtime/vision/sources/picture-folder.ts'
import { videoFile } from '../../runtime/vision/sources/video-file.ts'
import { PictureTracker } from '../../runtime/vision/tracking/picture-tracker.ts'

export interface MediaMeasures {
  aisle: {
    frames: number
    /** How many were followed at once, where that changed for a second and more. */
    people: number[]
    /** Ids that lasted for a second and more: as many as people, if nobody got two. */
    ids: number
  }
  /** In each of the folder's pictures. */
  peopleInPictures: number[]
  bottles: { frames: number; found: number; medianScore: number }
}

const definitionId = 'yolox-nano-416'
const everyMs = 200
const lastingFrames = 1000 / everyMs
const [personScore, bottleScore] = [0.5, 0.5]

export async function measureMedia(folder: string): Promise<MediaMeasures> {
  const definition = (await loadModelDefinitions(join(root, 'hardware-profiles/models'))).of(definitionId, 'detect')
  const use = { definition, file: join(folder, 'yolox_nano_416.onnx') }
  const detector = await FrameDetector.open(
    { detector: { ...use, bytes: await readModel(use) } },
    { providers: ['cpu'], threads: 1 },
  )
  const look: Look = async (capture, onFound) => {
    const sink: CaptureSink = {
      async picture(picture) {
        onFound(await detector.detect(await prepareFrame(picture, definition.input, false)), picture)
      },
      damaged: (reason) => void process.stderr.write(`${reason}\n`),
      cameraClock: () => {},
      clockJumped: () => {},
    }
    await capture(sink, new AbortController().signal)
  }
  const media = join(folder, 'media')
  const played = { intervalMs: everyMs, play: 'once', startMs: 0, wireClock: new SystemClock() } as const
  const clip = (name: string) => videoFile({ ...played, path: join(media, name), decoder: usualDecoder })
  try {
    return {
      aisle: await followAisle(clip('store-aisle-detection.gif'), look),
      peopleInPictures: await countPeople(pictureFolder({ ...played, path: media }), look),
      bottles: await findBottles(clip('bottle-detection.mp4'), look),
    }
  } finally {
    await detector.close()
  }
}

/** Gives what is in each picture. */
type Look = (capture: Capture, onFound: (found: Detection[], picture: CapturedPicture) => void) => Promise<void>

async function followAisle(clip: Capture, look: Look): Promise<MediaMeasures['aisle']> {
  const tracker = new PictureTracker()
  const lived = new Map<number, number>()
  const counts: number[] = []
  await look(clip, (detections, { takenAtWireMs: takenAtMs, widthPx, heightPx }) => {
    const frame = { camera: 'aisle', frameId: counts.length, takenAtMs, widthPx, heightPx, detections }
    const tracks = tracker.take(frame)
    for (const { id } of tracks) lived.set(id, (lived.get(id) ?? 0) + 1)
    counts.push(tracks.length)
  })
  const ids = [...lived.values()].filter((frames) => frames >= lastingFrames).length
  return { frames: counts.length, people: lasting(counts), ids }
}

/** The numbers of a row that stay the same for long, one after the other. */
function lasting(counts: readonly number[]): number[] {
  const people: number[] = []
  for (let from = 0; from < counts.length; ) {
    const next = counts.findIndex((count, i) => i > from && count !== counts[from])
    const until = next < 0 ? counts.length : next
    const count = counts[from] as number
    if (until - from >= lastingFrames && people.at(-1) !== count) people.push(count)
    from = until
  }
  return people
}

async function countPeople(pictures: Capture, look: Look): Promise<number[]> {
  const counts: number[] = []
  await look(pictures, (found) => {
    counts.push(found.filter(({ kind, score }) => kind === 'person' && score >= personScore).length)
  })
  return counts
}

async function findBottles(clip: Capture, look: Look): Promise<MediaMeasures['bottles']> {
  const scores: number[] = []
  await look(clip, (detections) => {
    scores.push(Math.max(0, ...detections.filter(({ label }) => label === 'bottle').map(({ score }) => score)))
  })
  const found = scores.filter((score) => score >= bottleScore).sort((a, b) => a - b)
  return { frames: scores.length, found: found.length, medianScore: found[found.length >> 1] ?? 0 }
}
