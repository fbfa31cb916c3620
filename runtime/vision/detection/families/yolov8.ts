import type { Detector } from '../../models/model-definition.ts'
import { addCandidate, type Candidate } from './candidates.ts'
import type { FamilyReader } from './family.ts'

/**
 * One column a cell: centre x and y, width and height in pixels, then a score a class (YOLOv8 and YOLO11), and for
 * poses x, y and confidence of each keypoint.
 */
export function yolov8Reader({ classes, output, input, scoreAtLeast }: Detector): FamilyReader {
  const cells = output.strides.reduce(
    (sum, stride) => sum + Math.ceil(input.widthPx / stride) * Math.ceil(input.heightPx / stride),
    0,
  )
  const scores = new Float32Array(cells)
  const classIndices = new Uint16Array(cells)
  const reader: FamilyReader = {
    candidates([columns]) {
      const numbers = columns as Float32Array
      // Row by row, as they lie in memory: column by column takes several times as long.
      scores.fill(0)
      for (let i = 0; i < classes.length; i++) {
        const from = (4 + i) * cells
        for (let cell = 0; cell < cells; cell++) {
          const score = numbers[from + cell] as number
          if (score > (scores[cell] as number)) {
            scores[cell] = score
            classIndices[cell] = i
          }
        }
      }
      const found: Candidate[] = []
      for (let cell = 0; cell < cells; cell++) {
        const score = scores[cell] as number
        if (score < scoreAtLeast || score === 0) continue
        const [x, y] = [numbers[cell] as number, numbers[cells + cell] as number]
        const halfWidth = (numbers[2 * cells + cell] as number) / 2
        const halfHeight = (numbers[3 * cells + cell] as number) / 2
        addCandidate(found, {
          leftPx: x - halfWidth,
          topPx: y - halfHeight,
          rightPx: x + halfWidth,
          bottomPx: y + halfHeight,
          score,
          classIndex: classIndices[cell] as number,
          cell,
        })
      }
      return found
    },
  }
  if (output.family !== 'yolov8-pose') return reader
  return {
    ...reader,
    keypoint([columns], cell, index) {
      const numbers = columns as Float32Array
      const value = (i: number) => numbers[(4 + classes.length + index * 3 + i) * cells + cell] as number
      return { xPx: value(0), yPx: value(1), score: value(2) }
    },
  }
}
