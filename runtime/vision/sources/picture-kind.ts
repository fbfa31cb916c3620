/** What the bytes of a picture are, told by themselves: the header of an answer can say anything. */
import { AisleError } from '../../contract/errors.ts'

export interface PictureKind {
  format: 'jpeg' | 'png'
  widthPx: number
  heightPx: number
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const pngEnd = Buffer.from('IEND')
const endOfImage = Buffer.from([0xff, 0xd9])
/** Cameras pad the end of a JPEG; farther back, what is found is not its end. */
const longestPadding = 64

/**
 * Walks the segments of a JPEG up to its frame header and looks for its end, without decoding it.
 * @throws AisleError `picture-unusable`: neither JPEG nor PNG, or damaged
 */
export function pictureKind(bytes: Buffer): PictureKind {
  if (bytes.subarray(0, 8).equals(pngSignature)) return pngKind(bytes)
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return jpegKind(bytes)
  throw unusable(
    'what it sent is neither JPEG nor PNG',
    'Check that the address in the profile is that of the picture.',
  )
}

export const unusable = (message: string, action: string) =>
  new AisleError('picture-unusable', `${message}.`, { action })

const damaged = (what: string) =>
  new AisleError('picture-damaged', `its picture is damaged: ${what}.`, {
    action: 'Check its network cable, and that its data rate fits the network.',
  })

/** ISO 10918-1, B.1.1.4: segments follow one another; B.2.2: the frame header holds the size. */
function jpegKind(bytes: Buffer): PictureKind {
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw damaged('a segment does not begin where the one before it ends')
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    if (isFrameHeader(marker)) return sizedJpeg(bytes, at)
    if (marker === 0xda || length < 2) break
    at += 2 + length
  }
  throw damaged('it has no frame header')
}

function sizedJpeg(bytes: Buffer, at: number): PictureKind {
  if (at + 9 > bytes.length) throw damaged('it is cut off')
  if (!endsWith(bytes, endOfImage)) throw damaged('it is cut off')
  const heightPx = bytes.readUInt16BE(at + 5)
  const widthPx = bytes.readUInt16BE(at + 7)
  if (widthPx === 0 || heightPx === 0) throw damaged('it has no size')
  return { format: 'jpeg', widthPx, heightPx }
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which stand among them. */
const isFrameHeader = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

function pngKind(bytes: Buffer): PictureKind {
  if (bytes.length < 24 || !endsWith(bytes, pngEnd)) throw damaged('it is cut off')
  const widthPx = bytes.readUInt32BE(16)
  const heightPx = bytes.readUInt32BE(20)
  if (widthPx === 0 || heightPx === 0) throw damaged('it has no size')
  return { format: 'png', widthPx, heightPx }
}

function endsWith(bytes: Buffer, end: Buffer): boolean {
  const at = bytes.lastIndexOf(end)
  return at >= 0 && at >= bytes.length - longestPadding
}
