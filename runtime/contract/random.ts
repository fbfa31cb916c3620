/** A seeded source of random numbers, so that whatever drew from it can be drawn again. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
}

/** sfc32 seeded by splitmix32 (public-domain algorithms of C. Doty-Humphrey and S. Vigna). */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0
  const split = () => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix ^ (mix >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let [a, b, c, counter] = [split(), split(), split(), 1]
  return {
    next() {
      const sum = (((a + b) | 0) + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + sum) | 0
      return (sum >>> 0) / 4294967296
    },
  }
}

export const uniform = (random: Random, low: number, high: number): number => low + (high - low) * random.next()

export const integerBetween = (random: Random, low: number, high: number): number =>
  Math.floor(uniform(random, low, high + 1))

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random.next() * items.length)]
  if (item === undefined) throw new RangeError('pick from an empty list')
  return item
}

/** Standard normal by Box-Muller. */
export function gaussian(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return radius * Math.cos(2 * Math.PI * random.next())
}
