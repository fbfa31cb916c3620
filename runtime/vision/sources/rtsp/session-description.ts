/** The camera's answer to DESCRIBE (SDP, RFC 8866): which of its streams is the picture, and how it is coded. */
import { AisleError } from '../../../contract/errors.ts'

export const videoCodecs = ['h264', 'h265'] as const
export type VideoCodec = (typeof videoCodecs)[number]

export interface VideoStream {
  codec: VideoCodec
  /** Where SETUP goes. */
  control: string
  payloadType: number
  clockHz: number
  /** SPS and PPS, and VPS of H.265: some cameras send them here alone. */
  parameterSets: Buffer[]
}

/**
 * @param base the address that relative ones are appended to
 * @throws AisleError `stream-unusable`: no picture, or coded in another way
 */
export function readVideoStream(sdp: string, base: string): VideoStream {
  const lines = sdp.split(/\r?\n/)
  const start = lines.findIndex((line) => line.startsWith('m=video '))
  if (start < 0) throw unusable('it offers no video', 'Check the path of its address.')
  const section = lines.slice(start + 1)
  const end = section.findIndex((line) => line.startsWith('m='))
  const attributes = (end < 0 ? section : section.slice(0, end)).filter((line) => line.startsWith('a='))
  const attribute = (name: string) => attributes.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3)

  const [, coding = '', clock = ''] = /^\d+\s+([^/\s]+)\/(\d+)/.exec(attribute('rtpmap') ?? '') ?? []
  const codec = ({ H264: 'h264', H265: 'h265', HEVC: 'h265' } as const)[coding.toUpperCase()]
  if (!codec || Number(clock) === 0) {
    throw unusable(
      `it sends ${coding || 'something other'} instead of H.264 or H.265`,
      'Set the video of this stream to H.264 or H.265 in the camera.',
    )
  }
  return {
    codec,
    control: resolveControl(base, attribute('control') ?? '*'),
    payloadType: Number(attribute('rtpmap')?.split(/\s/)[0]),
    clockHz: Number(clock),
    parameterSets: parameterSets(attribute('fmtp') ?? ''),
  }
}

/** Appended, not resolved as a URL: so do the cameras, whose base may end in a query. */
function resolveControl(base: string, control: string): string {
  if (control === '*') return base
  if (/^rtsps?:\/\//i.test(control)) return control
  return base.endsWith('/') || control.startsWith('/') ? base + control : `${base}/${control}`
}

/** RFC 6184, 8.1: sprop-parameter-sets; RFC 7798, 7.1: sprop-vps, sprop-sps, sprop-pps. */
function parameterSets(format: string): Buffer[] {
  return format
    .split(';')
    .map((field) => /(?:^|\s)sprop-(?:parameter-sets|vps|sps|pps)=(\S*)/.exec(field)?.[1] ?? '')
    .flatMap((sets) => sets.split(','))
    .filter(Boolean)
    .map((set) => Buffer.from(set, 'base64'))
}

const unusable = (message: string, action: string) => new AisleError('stream-unusable', `${message}.`, { action })
