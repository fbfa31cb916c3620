/** Sixteen small pictures that differ, for cameras of tests. */
import sharp from 'sharp'

export const smallJpegs: readonly Buffer[] = await Promise.all(
  Array.from({ length: 16 }, (_, i) =>
    sharp({ create: { width: 32, height: 24, channels: 3, background: { r: 15 * i, g: 100, b: 200 } } })
      .jpeg()
      .toBuffer(),
  ),
)
