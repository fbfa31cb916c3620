/**
 * Writes coded pictures as Matroska (RFC 9559), so that each comes to the decoder with its time and with its end: in a
 * bare stream of H.264 a picture ends only where the next one begins, which is a picture's worth of delay. No codec
 * private data: the pictures are Annex B and bring their parameter sets with them.
 */
import type { VideoCodec } from '../rtsp/session-description.ts'

const codecIds: Record<VideoCodec, string> = { h264: 'V_MPEG4/ISO/AVC', h265: 'V_MPEGH/ISO/HEVC' }
const nanosecondsInMs = 1_000_000
/** Eight bytes of which all bits of the length are 1: as long as the stream. */
const unknownLength = Buffer.from('01ffffffffffffff', 'hex')
const track = 1
const keyFlag = 0x80

/** What stands before the first picture. The size is that of no picture: decoders go by the parameter sets. */
export function matroskaHead(codec: VideoCodec): Buffer {
  return Buffer.concat([
    element(0x1a45dfa3, [text(0x4282, 'matroska'), number(0x4287, 4), number(0x4285, 2)]),
    id(0x18538067),
    unknownLength,
    element(0x1549a966, [number(0x2ad7b1, nanosecondsInMs), text(0x4d80, 'open-aisle'), text(0x5741, 'open-aisle')]),
    element(0x1654ae6b, [
      element(0xae, [
        ...[number(0xd7, track), number(0x73c5, track), number(0x83, 1), text(0x86, codecIds[codec])],
        element(0xe0, [number(0xb0, 16), number(0xba, 16)]),
      ]),
    ]),
  ])
}

/** One coded picture at `atMs` of the stream, a whole number. */
export function matroskaPicture(bytes: Buffer, atMs: number, key: boolean): Buffer {
  const blockHead = Buffer.from([0x80 | track, 0, 0, key ? keyFlag : 0])
  return element(0x1f43b675, [number(0xe7, atMs), element(0xa3, [blockHead, bytes])])
}

function element(name: number, content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0)
  const size = Buffer.alloc(8)
  size.writeUIntBE(length, 2, 6)
  size[0] = 1
  return Buffer.concat([id(name), size, ...content])
}

/** An id holds its own length in its first bits, so that it is written as it is. */
function id(name: number): Buffer {
  const bytes = Math.ceil(name.toString(16).length / 2)
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(name, 0, bytes)
  return buffer
}

function number(name: number, value: number): Buffer {
  const buffer = Buffer.alloc(6)
  buffer.writeUIntBE(value, 0, 6)
  return element(name, [buffer])
}

const text = (name: number, value: string) => element(name, [Buffer.from(value)])
