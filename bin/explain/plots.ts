/** Small plots of characters, the same on every terminal: ASCII alone. */

const barHalf = 10

/** From the middle, where odds are even, to `probability`: for it to the right, against it to the left. */
export function probabilityBar(probability: number): string {
  const cells = Math.round((probability - 0.5) * 2 * barHalf)
  const left = cells < 0 ? '#'.repeat(-cells).padStart(barHalf) : ' '.repeat(barHalf)
  const right = cells > 0 ? '#'.repeat(cells).padEnd(barHalf) : ' '.repeat(barHalf)
  return `[${left}|${right}]`
}

/** Evidence never makes anything sure, so that neither 0 nor 100 % is shown for it. */
export function percent(probability: number): string {
  if (probability > 0.999) return '> 99.9 %'
  if (probability < 0.001) return '< 0.1 %'
  const shown = 100 * probability
  return `${shown.toFixed(shown > 99 || shown < 1 ? 1 : 0)} %`
}

const cellM = 0.05
/** As far as people are journalled with an event. */
const farthestM = 3
const cells = Math.round(farthestM / cellM)

/** Hand (h) and head (O) on a line from the goods, at its left end, outwards. */
export function distanceLine({ handM, headM }: { handM: number | null; headM: number }): string {
  const line = Array.from({ length: cells + 1 }, () => '.')
  const put = (mark: string, distanceM: number) => {
    line[Math.min(cells, Math.round(distanceM / cellM))] = mark
  }
  put('O', headM)
  if (handM !== null) put('h', handM)
  return `|${line.join('')}`
}

/** The scale below such lines. */
export function distanceScale(): string {
  const marksM = [0, 0.5, 1, 1.5, 2, 2.5, 3]
  return ` ${marksM
    .map((markM, i) => {
      const text = i === 0 ? '0' : `${markM}`
      return text.padEnd(Math.round(0.5 / cellM))
    })
    .join('')
    .trimEnd()} m`
}
