import type { Detector } from '../../models/model-definition.ts'
import { addCandidate, type Candidate } from './candidates.ts'
import { type FamilyReader, gridsOf } from './family.ts'

/** Centre = (value + cell) × stride, size = e^value × stride, score = objectness × class (YOLOX, demo_utils.py). */
export function yoloxReader(definition: Detector): FamilyReader {
  const grids = gridsOf(definition)
  const classes = definition.classes.length
  const row = 5 + classes
  return {
    candidates([rows]) {
      const numbers = rows as Float32Array
      const found: Candidate[] = []
      let cell = 0
      for (const { stride, columns, rows } of grids) {
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++, cell++) {
            const at = cell * row
            const objectness = numbers[at + 4] as number
            if (!(objectness >= definition.scoreAtLeast)) continue
            let [best, classIndex] = [0, 0]
            for (let i = 0; i < classes; i++) {
              const score = numbers[at + 5 + i] as number
              if (score > best) [best, classIndex] = [score, i]
            }
            const score = objectness * best
            if (!(score >= definition.scoreAtLeast)) continue
            const [centreX, centreY] = [
              ((numbers[at] as number) + x) * stride,
              ((numbers[at + 1] as number) + y) * stride,
            ]
            const halfWidth = (Math.exp(numbers[at + 2] as number) * stride) / 2
            const halfHeight = (Math.exp(numbers[at + 3] as number) * stride) / 2
            addCandidate(found, {
              leftPx: centreX - halfWidth,
              topPx: centreY - halfHeight,
              rightPx: centreX + halfWidth,
              bottomPx: centreY + halfHeight,
              score,
              classIndex,
              cell,
            })
          }
        }
      }
      return found
    },
  }
}
