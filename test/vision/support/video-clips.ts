/** Short videos that ffmpeg makes, and how a camera takes them apart for its packets. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0

export interface Clip {
  codec: 'h264' | 'h265'
  /** The NAL units of each picture. */
  pictures: Buffer[][]
}

const encoders = {
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', 'bframes=0:repeat-headers=1:log-level=none'],
  h265: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'bframes=0:repeat-headers=1:log-level=none'],
}

export const fps = 20

/** Twenty moving pictures, every fifth of which needs no other. */
export function makeClip(folder: string, codec: Clip['codec'], size = '160x120'): Clip {
  const path = join(folder, `${size}.${codec}`)
  const input = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${fps}`, '-frames:v', '20', '-pix_fmt', 'yuv420p']
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...input,
    '-g',
    '5',
    ...encoders[codec],
    '-f',
    codec === 'h264' ? 'h264' : 'hevc',
    path,
  ])
  return { codec, pictures: picturesOf(readFileSync(path), codec) }
}

function picturesOf(stream: Buffer, codec: Clip['codec']): Buffer[][] {
  const pictures: Buffer[][] = [[]]
  for (const nal of nalUnits(stream)) {
    pictures.at(-1)?.push(nal)
    const type = codec === 'h264' ? (nal[0] ?? 0) & 31 : ((nal[0] ?? 0) >> 1) & 63
    // One slice a picture, as these encoders are told.
    if (codec === 'h264' ? type >= 1 && type <= 5 : type < 32) pictures.push([])
  }
  return pictures.filter((picture) => picture.length > 0)
}

function nalUnits(stream: Buffer): Buffer[] {
  const mark = Buffer.from([0, 0, 1])
  const nals: Buffer[] = []
  for (let at = stream.indexOf(mark); at >= 0; ) {
    const next = stream.indexOf(mark, at + 3)
    const nal = stream.subarray(at + 3, next < 0 ? stream.length : next)
    // The start code of the next may have a zero more.
    nals.push(nal.at(-1) === 0 ? nal.subarray(0, -1) : nal)
    at = next
  }
  return nals
}
