/** What detectors find in a camera's frame, and trackers take: the one shape between the two. */

/** Pixels of the frame as the camera gave it, x to the right, y down, from its upper left corner. */
export type PointPx = readonly [xPx: number, yPx: number]
export type BoxPx = readonly [leftPx: number, topPx: number, widthPx: number, heightPx: number]

export interface Detection {
  kind: 'person' | 'hand' | 'object'
  /** The class as the model names it. */
  label: string
  /** As the model scored it, 0 to 1. */
  score: number
  boxPx: BoxPx
  /** Of a pose model: where it sees the wrists, with its confidence. */
  wrists?: readonly { atPx: PointPx; score: number }[]
  /** Of a model for ceiling views: the middle of the head, and the place on the floor that the person stands on. */
  head?: { atPx: PointPx; score: number }
  floor?: { atPx: PointPx; score: number }
  /** Of an appearance model: a vector of length 1 to compare persons by. */
  appearance?: Float32Array
}

export interface DetectedFrame {
  camera: string
  frameId: number
  /** When the picture was taken, in the store's time. */
  takenAtMs: number
  widthPx: number
  heightPx: number
  detections: readonly Detection[]
}
