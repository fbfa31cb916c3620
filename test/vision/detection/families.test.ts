import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { type Candidate, suppressLesser } from '../../../runtime/vision/detection/families/candidates.ts'
import { readerOf } from '../../../runtime/vision/detection/families/readers.ts'
import type { Detector } from '../../../runtime/vision/models/model-definition.ts'
import { loadModelDefinitions } from '../../../runtime/vision/models/model-library.ts'
import { outputShapes } from '../../../runtime/vision/models/model-shapes.ts'

const library = await loadModelDefinitions(fileURLToPath(new URL('../../../hardware-profiles/models', import.meta.url)))
const families = ['yolox-nano-416', 'yolov8-detect-640', 'yolov8-pose-640', 'nanodet-m-416']

/** Outputs of a model that sees nothing. */
const nothing = (definition: Detector) =>
  outputShapes(definition).map((dims) => new Float32Array(dims.reduce((product, dim) => product * dim, 1)))

function corners({ leftPx, topPx, rightPx, bottomPx, score, classIndex }: Candidate) {
  const rounded = [leftPx, topPx, rightPx, bottomPx].map((value) => Math.round(value * 100) / 100)
  return { corners: rounded, score: Math.round(score * 1000) / 1000, classIndex }
}

describe("what a model's numbers mean", () => {
  it('YOLOX: centre and size relative to the cell, objectness times class', () => {
    const definition = library.of('yolox-nano-416', 'detect')
    const [rows] = nothing(definition) as [Float32Array]
    // Second grid, stride 16: 26 columns; column 3, row 2.
    const cell = 52 * 52 + 2 * 26 + 3
    rows.set([0.5, 0.25, Math.log(4), Math.log(2), 0.8], cell * 85)
    rows[cell * 85 + 5 + 39] = 0.5
    assert.deepEqual(readerOf(definition).candidates([rows]).map(corners), [
      { corners: [24, 20, 88, 52], score: 0.4, classIndex: 39 },
    ])
  })

  it('YOLOv8: one column a cell, in pixels', () => {
    const definition = library.of('yolov8-detect-640', 'detect')
    const [columns] = nothing(definition) as [Float32Array]
    for (const [row, value] of Object.entries({ 0: 100, 1: 50, 2: 20, 3: 40, 4: 0.3, 9: 0.7 })) {
      columns[Number(row) * 8400 + 123] = value
    }
    assert.deepEqual(readerOf(definition).candidates([columns]).map(corners), [
      { corners: [90, 30, 110, 70], score: 0.7, classIndex: 5 },
    ])
  })

  it('YOLOv8 poses: keypoints behind the score', () => {
    const definition = library.of('yolov8-pose-640', 'detect')
    const [columns] = nothing(definition) as [Float32Array]
    const cell = 8399
    const column = [300, 200, 50, 100, 0.9, ...Array.from({ length: 51 }, (_, i) => i)]
    for (const [row, value] of column.entries()) columns[row * 8400 + cell] = value
    const reader = readerOf(definition)
    assert.deepEqual(reader.candidates([columns]).map(corners), [
      { corners: [275, 150, 325, 250], score: 0.9, classIndex: 0 },
    ])
    assert.deepEqual(reader.keypoint?.([columns], cell, 9), { xPx: 27, yPx: 28, score: 29 })
  })

  it('NanoDet: the mean of a distribution of distances for each side', () => {
    const definition = library.of('nanodet-m-416', 'detect')
    const outputs = nothing(definition)
    const [scores, sides] = [outputs[2] as Float32Array, outputs[5] as Float32Array]
    // Third grid, stride 32: 13 columns; column 5, row 4, whose middle is (175.5, 143.5).
    const cell = 4 * 13 + 5
    scores[cell * 80] = 0.6
    for (const [side, distance] of [1, 2, 3, 4].entries()) sides[(cell * 4 + side) * 8 + distance] = 1000
    assert.deepEqual(readerOf(definition).candidates(outputs).map(corners), [
      { corners: [143.5, 79.5, 271.5, 271.5], score: 0.6, classIndex: 0 },
    ])
  })

  for (const id of families) {
    it(`${id}: nothing where there is nothing`, () => {
      const definition = library.of(id, 'detect')
      assert.deepEqual(readerOf(definition).candidates(nothing(definition)), [])
    })

    it(`${id}: no box out of numbers without meaning`, () => {
      const definition = library.of(id, 'detect')
      const reader = readerOf(definition)
      const numbers = fc.float({ noDefaultInfinity: false, noNaN: false })
      fc.assert(
        fc.property(fc.array(numbers, { minLength: 100, maxLength: 100 }), (values) => {
          const outputs = nothing(definition).map((output) => output.map((_, i) => values[i % 97] as number))
          for (const { leftPx, topPx, rightPx, bottomPx, score } of reader.candidates(outputs)) {
            assert.ok(Number.isFinite((rightPx - leftPx) * (bottomPx - topPx)))
            assert.ok(rightPx > leftPx && bottomPx > topPx && score >= definition.scoreAtLeast)
          }
        }),
        { numRuns: 5 },
      )
    })
  }
})

describe('boxes that overlap', () => {
  const box = (leftPx: number, score: number, classIndex = 0): Candidate => ({
    ...{ leftPx, topPx: 0, rightPx: leftPx + 100, bottomPx: 100, score, classIndex, cell: 0 },
  })

  it('give way to the better one', () => {
    assert.deepEqual(suppressLesser([box(0, 0.5), box(10, 0.9), box(200, 0.3)], 0.45), [box(10, 0.9), box(200, 0.3)])
  })

  it('both stay when they share little', () => {
    assert.equal(suppressLesser([box(0, 0.5), box(50, 0.9)], 0.45).length, 2)
  })

  it('both stay when they are of different classes', () => {
    assert.equal(suppressLesser([box(0, 0.5), box(0, 0.9, 1)], 0.45).length, 2)
  })

  it('are compared in bounded time however many a model gives', () => {
    const many = Array.from({ length: 8400 }, (_, i) => box(i * 200, i / 8400))
    const kept = suppressLesser(many, 0.45)
    assert.equal(kept.length, 300)
    assert.equal(kept[0]?.score, 8399 / 8400)
  })
})
