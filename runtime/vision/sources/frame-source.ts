/** What every camera gives, however it is reached: pictures with the time at which they were taken, and its health. */
import type { HealthReport } from '../../devices/health-report.ts'

export type PictureFormat = 'jpeg' | 'png' | 'rgb24'

export interface Frame {
  /** jpeg and png as the camera sent them; rgb24: three bytes a pixel, row by row from the upper left corner. */
  format: PictureFormat
  bytes: Buffer
  widthPx: number
  heightPx: number
  /** When light fell on the sensor, as far as can be known, in the store's time. */
  takenAtMs: number
}

/** What is known of how a camera's pictures come. */
export interface SourceFigures {
  frames: number
  /** Pictures that were there and could not be used. */
  damaged: number
  /** How often it was reached anew. */
  restarts: number
  /** From when a picture was taken to when it was handed over; a running mean, undefined before the first. */
  latencyMs: number | undefined
  /** The camera's clock less ours, where the camera says its time. Includes what a message takes on the network. */
  clockOffsetMs: number | undefined
}

export interface FrameSource {
  start(): void
  stop(): Promise<void>
  /** The newest picture, unless the camera has been silent for too long: there is never a queue of older ones. */
  readonly newest: Frame | undefined
  readonly figures: SourceFigures
}

export interface FrameListener {
  /** A camera does not wait for what this returns: newer pictures go on coming. A file that is played once does. */
  onFrame?(frame: Frame): void | Promise<void>
  onHealth(report: HealthReport): void
}

/** A picture in the machine's time, before it is known what that is in the store's. */
export interface CapturedPicture extends Omit<Frame, 'takenAtMs'> {
  takenAtWireMs: number
}

/** Where a {@link Capture} puts what it finds. */
export interface CaptureSink {
  picture(picture: CapturedPicture): void | Promise<void>
  /** A picture that was there and could not be used, in words. The stream goes on. */
  damaged(reason: string): void
  /** What the camera's own clock showed when the machine's showed `atWireMs`. */
  cameraClock(cameraMs: number, atWireMs: number, precisionMs: number): void
  /** Its clock, or that of its stream, made a leap. */
  clockJumped(byMs: number): void
}

/**
 * One way of reaching a camera: gives pictures until it fails, which rejects with the reason, or until `signal`
 * aborts. It does not try again; {@link CameraSource} does.
 */
export type Capture = (sink: CaptureSink, signal: AbortSignal) => Promise<void>
