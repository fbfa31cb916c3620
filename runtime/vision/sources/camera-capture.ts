/** How a camera of the profile is reached: by what its model's definition says. */
import { fileURLToPath } from 'node:url'
import type { Camera } from '../../devices/definition-schema.ts'
import type { DecoderSettings } from './decoder/video-decoder.ts'
import type { Capture } from './frame-source.ts'
import { httpSnapshots, type NetworkCameraOptions } from './http-snapshots.ts'
import { mjpegStream } from './mjpeg.ts'
import { pictureFolder } from './picture-folder.ts'
import { rtspStream } from './rtsp-stream.ts'
import { videoFile } from './video-file.ts'

/** The decoder that this machine has, and pictures no larger than detectors look at. */
export const usualDecoder: DecoderSettings = {
  ffmpeg: process.env.OPEN_AISLE_FFMPEG || 'ffmpeg',
  fitIn: { widthPx: 1280, heightPx: 1280 },
}

/** @param options.url as the profile has it: without a path, the definition's is taken; of a recording, its file URL */
export function cameraCapture(options: NetworkCameraOptions & { decoder: DecoderSettings }): Capture {
  const at = { ...options, url: pictureAddress(options.url, options.definition) }
  const recording = () => {
    const { decoder, wireClock, definition } = options
    return {
      path: fileURLToPath(options.url),
      play: 'live',
      intervalMs: definition.intervalMs,
      decoder,
      wireClock,
    } as const
  }
  switch (options.definition.protocol) {
    case 'http-snapshot':
      return httpSnapshots(at)
    case 'mjpeg':
      return mjpegStream(at)
    case 'rtsp':
      return rtspStream(at)
    case 'video-file':
      return videoFile(recording())
    case 'picture-folder':
      return pictureFolder(recording())
  }
}

function pictureAddress(url: string, { path }: Camera): string {
  return path !== undefined && /^[a-z]+:\/\/[^/]*\/?$/.test(url) ? url.replace(/\/$/, '') + path : url
}
