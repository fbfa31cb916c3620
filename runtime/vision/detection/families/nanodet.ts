import type { Detector } from '../../models/model-definition.ts'
import { addCandidate, type Candidate } from './candidates.ts'
import { type FamilyReader, gridsOf } from './family.ts'

/**
 * For each stride a score a class, and for each side of the box a distribution over distances from the cell's middle,
 * whose mean counts (generalised focal loss, arXiv 2006.04388).
 */
export function nanodetReader(definition: Detector, distances: number): FamilyReader {
  const grids = gridsOf(definition)
  const classes = definition.classes.length
  return {
    candidates(outputs) {
      const found: Candidate[] = []
      for (const [level, { stride, columns, rows }] of grids.entries()) {
        const scores = outputs[level] as Float32Array
        const sides = outputs[grids.length + level] as Float32Array
        for (let cell = 0; cell < rows * columns; cell++) {
          let [score, classIndex] = [0, 0]
          for (let i = 0; i < classes; i++) {
            const value = scores[cell * classes + i] as number
            if (value > score) [score, classIndex] = [value, i]
          }
          if (score < definition.scoreAtLeast || score === 0) continue
          const middle = (index: number) => index * stride + 0.5 * (stride - 1)
          const [x, y] = [middle(cell % columns), middle(Math.floor(cell / columns))]
          const away = (side: number) => stride * meanDistance(sides, (cell * 4 + side) * distances, distances)
          addCandidate(found, {
            leftPx: x - away(0),
            topPx: y - away(1),
            rightPx: x + away(2),
            bottomPx: y + away(3),
            score,
            classIndex,
            cell,
          })
        }
      }
      return found
    },
  }
}

/** Mean of the distribution that the softmax of `count` numbers is. */
function meanDistance(numbers: Float32Array, from: number, count: number): number {
  // The largest is taken off first: e to the power of a large number would be infinite.
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) most = Math.max(most, numbers[from + i] as number)
  let [sum, weighted] = [0, 0]
  for (let i = 0; i < count; i++) {
    const weight = Math.exp((numbers[from + i] as number) - most)
    sum += weight
    weighted += weight * i
  }
  return weighted / sum
}
