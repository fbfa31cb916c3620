/**
 * Random numbers that are a function of what they are for (seed, stream, index) and not of how often anybody
 * asked: a plate can then be sampled at any time, by any number of readers, and always weighs the same.
 */

/** Mixes integers into 32 bits (the finaliser of MurmurHash3, public domain). */
export function hash32(seed: number, stream: number, index: number): number {
  let h = Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream | 0, 0x85ebca6b) ^ Math.imul(index | 0, 0xc2b2ae35)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  h ^= h >>> 16
  h = Math.imul(h ^ (stream | 0), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}

/** Uniform in [0, 1). */
export const hashUniform = (seed: number, stream: number, index: number): number =>
  hash32(seed, stream, index) / 4294967296

/** Standard normal. */
export function hashGaussian(seed: number, stream: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - hashUniform(seed, stream, index)))
  return radius * Math.cos(2 * Math.PI * hashUniform(seed ^ 0x5bd1e995, stream, index))
}

/** A stream number for a name. */
export function streamOf(name: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  return h >>> 0
}
