/**
 * QR codes (ISO/IEC 18004) as a page draws them without a network: letters and digits or bytes, versions 1 to 15,
 * error correction M. Small enough to be its own code: the libraries that draw more are no modules that a browser
 * takes as they are.
 */

/** Rows of modules, true is dark; without the quiet zone of 4. */
export type QrCode = readonly (readonly boolean[])[]

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
/** For versions 1 to 15 at level M: error correction codewords in a block, and how many blocks there are. */
const correctionOf = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24]
const blocksOf = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10]

/** @throws RangeError for a text that is too long */
export function qrCode(text: string): QrCode {
  const segment = segmentOf(text)
  for (let version = 1; version <= correctionOf.length; version++) {
    const room = dataCodewords(version) * 8
    const bits = segment.bits(version)
    if (bits.length <= room) return draw(version, interleaved(version, padded(bits, room)))
  }
  throw new RangeError('This is too long for a QR code.')
}

// ---- the data ------------------------------------------------------------------------------------------

const numberBits = (value: number, length: number) =>
  Array.from({ length }, (_, i) => ((value >>> (length - 1 - i)) & 1) === 1)

function segmentOf(text: string): { bits(version: number): boolean[] } {
  if ([...text].every((letter) => alphanumeric.includes(letter))) {
    const pairs = text.match(/..?/gs) ?? []
    const value = (pair: string) => [...pair].reduce((sum, letter) => sum * 45 + alphanumeric.indexOf(letter), 0)
    const data = pairs.flatMap((pair) => numberBits(value(pair), pair.length === 2 ? 11 : 6))
    return { bits: (version) => [...numberBits(2, 4), ...numberBits(text.length, version < 10 ? 9 : 11), ...data] }
  }
  const bytes = [...new TextEncoder().encode(text)]
  const data = bytes.flatMap((byte) => numberBits(byte, 8))
  return { bits: (version) => [...numberBits(4, 4), ...numberBits(bytes.length, version < 10 ? 8 : 16), ...data] }
}

/** Terminator, whole bytes, and the two pad bytes in turn. */
function padded(bits: boolean[], room: number): number[] {
  const ended = [...bits, ...numberBits(0, Math.min(4, room - bits.length))]
  ended.push(...numberBits(0, (8 - (ended.length % 8)) % 8))
  const bytes: number[] = []
  for (let i = 0; i < ended.length; i += 8) {
    bytes.push(ended.slice(i, i + 8).reduce((byte, bit) => byte * 2 + Number(bit), 0))
  }
  for (let pad = 0xec; bytes.length < room / 8; pad ^= 0xec ^ 0x11) bytes.push(pad)
  return bytes
}

/** Codewords that a version carries, error correction included. */
function allCodewords(version: number): number {
  const alignments = version === 1 ? 0 : Math.floor(version / 7) + 2
  const taken = alignments === 0 ? 0 : (25 * alignments - 10) * alignments - 55
  return Math.floor(((16 * version + 128) * version + 64 - taken - (version >= 7 ? 36 : 0)) / 8)
}
const of = (table: readonly number[], version: number) => table[version - 1] ?? 0
const dataCodewords = (version: number) => allCodewords(version) - of(correctionOf, version) * of(blocksOf, version)

/** Blocks with their error correction, taken in turns; the last ones may be a codeword longer. */
function interleaved(version: number, data: number[]): number[] {
  const [count, correction] = [of(blocksOf, version), of(correctionOf, version)]
  const short = Math.floor(data.length / count)
  const longFrom = count - (data.length % count)
  const blocks = Array.from({ length: count }, (_, i) => {
    const start = i * short + Math.max(0, i - longFrom)
    return data.slice(start, start + short + (i >= longFrom ? 1 : 0))
  })
  const divisor = generator(correction)
  const corrections = blocks.map((block) => remainder(block, divisor))
  const inTurns = (rows: number[][]): number[] => {
    const longest = Math.max(...rows.map((row) => row.length))
    return Array.from({ length: longest }, (_, i) => rows.flatMap((row) => row[i] ?? [])).flat()
  }
  return [...inTurns(blocks), ...inTurns(corrections)]
}

// ---- Reed-Solomon over GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1 -----------------------------------------------

function times(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d)
    product ^= ((b >>> bit) & 1) * a
  }
  return product
}

/** Without its first coefficient, which is 1. */
function generator(degree: number): number[] {
  const coefficients = [...Array.from({ length: degree - 1 }, () => 0), 1]
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    for (let j = 0; j < degree; j++) {
      coefficients[j] = times(coefficients[j] ?? 0, root) ^ (coefficients[j + 1] ?? 0)
    }
  }
  return coefficients
}

function remainder(data: number[], divisor: number[]): number[] {
  let rest = divisor.map(() => 0)
  for (const byte of data) {
    const factor = byte ^ (rest[0] ?? 0)
    rest = divisor.map((coefficient, i) => (rest[i + 1] ?? 0) ^ times(coefficient, factor))
  }
  return rest
}

// ---- the picture ----------------------------------------------------------------------------------------

type Grid = boolean[][]
const gridOf = (size: number): Grid => Array.from({ length: size }, () => Array.from({ length: size }, () => false))

function draw(version: number, codewords: number[]): QrCode {
  const size = version * 4 + 17
  const [dark, fixed] = [gridOf(size), gridOf(size)]
  const set = (x: number, y: number, isDark: boolean) => {
    const [row, fixedRow] = [dark[y], fixed[y]]
    if (!row || !fixedRow || x < 0 || x >= size) return
    row[x] = isDark
    fixedRow[x] = true
  }
  drawPatterns(version, size, set)
  // The place of the format is not the data's, whichever mask it will tell of.
  drawFormat(0, size, set)
  fill(codewords, dark, fixed)
  const masked = masks.map((_, mask) => {
    const grid = dark.map((row, y) => row.map((isDark, x) => isDark !== (!fixed[y]?.[x] && isMasked(mask, x, y))))
    drawFormat(mask, size, (x, y, isDark) => {
      const row = grid[y]
      if (row) row[x] = isDark
    })
    return grid
  })
  return masked.reduce((best, grid) => (penalty(grid) < penalty(best) ? grid : best))
}

type Set = (x: number, y: number, isDark: boolean) => void

function drawPatterns(version: number, size: number, set: Set): void {
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [x, y] of [[3, 3] as const, [size - 4, 3] as const, [3, size - 4] as const]) square(x, y, 4, [2, 4], set)
  const places = alignmentPlaces(version, size)
  const last = places.length - 1
  places.forEach((x, i) => {
    places.forEach((y, j) => {
      const isFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)
      if (!isFinder) square(x, y, 2, [1], set)
    })
  })
  if (version >= 7) {
    const bits = withRemainder(version, 12, 0x1f25)
    for (let i = 0; i < 18; i++) {
      const [near, far] = [Math.floor(i / 3), size - 11 + (i % 3)]
      set(far, near, ((bits >>> i) & 1) === 1)
      set(near, far, ((bits >>> i) & 1) === 1)
    }
  }
}

/** Rings around a point; those at the `light` distances are light. */
function square(x: number, y: number, reach: number, light: number[], set: Set): void {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))))
    }
  }
}

function alignmentPlaces(version: number, size: number): number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  return [6, ...Array.from({ length: count - 1 }, (_, i) => size - 7 - (count - 2 - i) * step)]
}

/** A BCH code: `value`, and its remainder by `divisor` in `bits` bits. */
function withRemainder(value: number, bits: number, divisor: number): number {
  let rest = value
  for (let i = 0; i < bits; i++) rest = (rest << 1) ^ ((rest >>> (bits - 1)) * divisor)
  return (value << bits) | rest
}

/** Level M is 00 in the format. */
function drawFormat(mask: number, size: number, set: Set): void {
  const bits = withRemainder(mask, 10, 0x537) ^ 0x5412
  const bit = (i: number) => ((bits >>> i) & 1) === 1
  for (let i = 0; i < 15; i++) {
    const near = i < 6 ? i : i < 8 ? i + 1 : 14 - i
    if (i < 8) set(8, near, bit(i))
    else set(i === 8 ? 7 : near, 8, bit(i))
    if (i < 8) set(size - 1 - i, 8, bit(i))
    else set(8, size - 15 + i, bit(i))
  }
  set(8, size - 8, true)
}

/** In columns of two from the right, up and down in turn, past the vertical timing pattern. */
function fill(codewords: number[], dark: Grid, fixed: Grid): void {
  const size = dark.length
  let next = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        const row = dark[y]
        if (!row || fixed[y]?.[x]) continue
        row[x] = (((codewords[next >>> 3] ?? 0) >>> (7 - (next & 7))) & 1) === 1
        next++
      }
    }
  }
}

const masks: readonly ((x: number, y: number) => number)[] = [
  (x, y) => (x + y) % 2,
  (_, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
]
const isMasked = (mask: number, x: number, y: number) => masks[mask]?.(x, y) === 0

/** What makes a symbol hard to read: runs, blocks, shapes like a finder, and too much of one colour. */
function penalty(grid: Grid): number {
  const columns = grid.map((_, x) => grid.map((row) => row[x] === true))
  const lines = [...grid, ...columns].map((line) => line.map((isDark) => (isDark ? '1' : '0')).join(''))
  let sum = 0
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2
    sum += 40 * [...line.matchAll(/(?=10111010000|00001011101)/g)].length
  }
  for (let y = 1; y < grid.length; y++) {
    for (let x = 1; x < grid.length; x++) {
      const here = grid[y]?.[x]
      if (grid[y]?.[x - 1] === here && grid[y - 1]?.[x] === here && grid[y - 1]?.[x - 1] === here) sum += 3
    }
  }
  const share = grid.flat().filter(Boolean).length / grid.length ** 2
  return sum + 10 * Math.floor(Math.abs(share - 0.5) * 20)
}
