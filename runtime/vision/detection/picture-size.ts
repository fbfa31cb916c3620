/** How large a picture is, from its first bytes: known before anything is decoded, and so before memory is given out. */
import { AisleError } from '../../contract/errors.ts'

export interface SizePx {
  widthPx: number
  heightPx: number
}

/** 8K; a camera's largest picture is a quarter of it. What claims to be larger is broken, or made to fill memory. */
const mostPixels = 7680 * 4320

const startsWith = (bytes: Uint8Array, start: readonly number[]) => start.every((byte, i) => bytes[i] === byte)

/**
 * @param bytes JPEG or PNG, the two that cameras give
 * @throws AisleError `picture-broken`
 */
export function pictureSize(bytes: Uint8Array): SizePx {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let size: SizePx | undefined
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) size = jpegSize(view)
  else if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47]) && bytes.length >= 24) {
    size = { widthPx: view.getUint32(16), heightPx: view.getUint32(20) }
  }
  const pixels = size ? size.widthPx * size.heightPx : 0
  if (size && pixels > 0 && pixels <= mostPixels) return size
  throw pictureBroken(size ? `it claims ${size.widthPx} × ${size.heightPx} pixels` : 'it is neither JPEG nor PNG')
}

export const pictureBroken = (reason: string, cause?: unknown) =>
  new AisleError('picture-broken', `A picture cannot be read: ${reason}.`, {
    action: 'If it goes on, look at the cable and the stream of this camera.',
    cause,
  })

/** From the frame header (ITU-T T.81, B.2.2), which follows segments of known length. */
function jpegSize(view: DataView): SizePx | undefined {
  let at = 2
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    // SOF0 to SOF15, without DHT, JPG and DAC, which lie between them.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { heightPx: view.getUint16(at + 5), widthPx: view.getUint16(at + 7) }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
