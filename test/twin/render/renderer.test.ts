import assert from 'node:assert/strict'
import type { Point3DM, StoreLayout } from '../../../runtime/profile/layout.ts'
import type { CameraRenderer } from '../../../runtime/twin/render/camera-renderer.ts'
import { ofTheRoom } from '../../../runtime/twin/render/canvas.ts'
import { headMiddleOf, ownerOf } from '../../../runtime/twin/render/figure.ts'
import { groundTruth } from '../../../runtime/twin/render/ground-truth.ts'
import type { CameraView } from '../../../runtime/twin/render/pinhole.ts'
import { CameraModel } from '../../../runtime/vision/camera-model/camera-model.ts'
import { emptyRoom, overTheMiddle, rendererOf, standing } from './stage.ts'

const noStock = new Map<string, number>()
const scene = (figures: ReturnType<typeof standing>[], exposure = 1) => ({ figures, stock: noStock, exposure })

/** Middle of the pixels that belong to somebody's part. */
function middleOf({ canvas }: CameraRenderer, owner: number): [number, number] {
  let [count, x, y] = [0, 0, 0]
  for (const [at, whose] of canvas.owner.entries()) {
    if (whose !== owner) continue
    count++
    x += (at % canvas.widthPx) + 0.5
    y += Math.floor(at / canvas.widthPx) + 0.5
  }
  return [x / count, y / count]
}

describe('a picture of a camera of the twin', () => {
  const views: CameraView[] = [
    overTheMiddle,
    { ...overTheMiddle, lookAtM: [3, 3, 0] },
    { ...overTheMiddle, positionM: [1, 1.5, 3.2], lookAtM: [3.5, 3, 0.5], rollRad: 0.4 },
    { ...overTheMiddle, lens: { pictureSizePx: [1920, 1440], focalPx: 800, centrePx: [990, 700] } },
  ]

  for (const [i, view] of views.entries()) {
    it(`shows head and hands where the camera model expects them (camera ${i + 1})`, () => {
      // A bare head is a ball around its middle; hair, caps and brims are not.
      const base = standing('a', [3.2, 3.6])
      const clothes = { ...base.clothes, hairStyle: 'short' as const }
      const figure = { ...base, clothes, handsM: [[3.6, 3.9, 1.2] as Point3DM, [3.7, 3.2, 1.1] as Point3DM] as const }
      const renderer = rendererOf(view)
      renderer.render(scene([figure]))
      const model = new CameraModel(view, [view.widthPx, view.heightPx])
      const seen = [
        { owner: ownerOf(0, 'head'), atM: headMiddleOf(figure) },
        { owner: ownerOf(0, 'left hand'), atM: figure.handsM[0] },
        { owner: ownerOf(0, 'right hand'), atM: figure.handsM[1] },
      ]
      for (const { owner, atM } of seen) {
        const [x, y] = middleOf(renderer, owner)
        const expected = model.project(atM)
        assert.ok(expected)
        const awayPx = Math.hypot(x - expected[0], y - expected[1])
        // The forearm hides the wrist's side of a hand, and a ball off the picture's middle looks longer.
        const toleranceM = owner === ownerOf(0, 'head') ? 0.01 : 0.05
        assert.ok(awayPx < toleranceM * model.pxPerM(atM), `${awayPx} px away`)
      }
    })
  }

  it('shows the nearer of two people before the farther one, in whatever order they are drawn', () => {
    const near = standing('near', [3, 3.9])
    const far = standing('far', [3, 4.6])
    const renderer = rendererOf({ ...overTheMiddle, positionM: [3, 2.6, 1.9], lookAtM: [3, 4, 1.4] })
    const depths = [
      [near, far],
      [far, near],
    ].map((figures) => {
      renderer.render(scene(figures))
      const truth = groundTruth(renderer.canvas, renderer.camera, figures)
      const share = (id: string) => truth.find((person) => person.id === id)?.visibleShare ?? -1
      assert.equal(share('near'), 1)
      assert.ok(share('far') < 0.5, `${share('far')} of the farther one is seen`)
      return renderer.canvas.depthM.slice()
    })
    assert.deepEqual(depths[0], depths[1])
  })

  it('hides people behind shelves', () => {
    const layout: StoreLayout = {
      ...emptyRoom,
      fixtures: [{ id: 'shelf', positionM: [2, 4, 0], yawRad: 0, sizeM: [2, 0.4, 1.9] }],
    }
    const low = { ...overTheMiddle, positionM: [3, 2, 1.6] as Point3DM, lookAtM: [3, 4, 1.2] as Point3DM }
    const renderer = rendererOf(low, layout)
    const figures = [standing('behind', [3, 5.2]), standing('before', [3, 3.4])]
    renderer.render(scene(figures))
    const [behind, before] = groundTruth(renderer.canvas, renderer.camera, figures)
    assert.equal(behind?.visibleShare, 0)
    assert.equal(behind?.boxPx, null)
    assert.equal(before?.visibleShare, 1)
  })

  it('says how much of a hand the body hides', () => {
    const renderer = rendererOf({ ...overTheMiddle, positionM: [1, 3, 1.2], lookAtM: [3, 3, 1.1] })
    const figure = standing('a', [3, 3], {
      handsM: [
        [3.35, 3, 1.1],
        [2.7, 3, 1.1],
      ],
    })
    renderer.render(scene([figure]))
    const [left, right] = groundTruth(renderer.canvas, renderer.camera, [figure])[0]?.hands ?? []
    assert.equal(left?.visibleShare, 0)
    assert.ok((right?.visibleShare ?? 0) > 0.9)
  })

  it('has people’s shadows on the floor', () => {
    const renderer = rendererOf(overTheMiddle)
    const empty = renderer.render(scene([])).pixels
    const shaded = renderer.render(scene([standing('a', [3, 4])])).pixels
    let [darker, brighter] = [0, 0]
    for (const [at, owner] of renderer.canvas.owner.entries()) {
      const change = (shaded[at * 3 + 1] as number) - (empty[at * 3 + 1] as number)
      if (owner === ofTheRoom && change < -10) darker++
      if (owner === ofTheRoom && change > 0) brighter++
    }
    assert.equal(brighter, 0)
    assert.ok(darker > 300, `${darker} pixels of floor are darker`)
  })

  it('shows a plate empty once everything was taken', () => {
    const layout: StoreLayout = {
      ...emptyRoom,
      fixtures: [{ id: 'shelf', positionM: [2.4, 4.4, 0], yawRad: 0, sizeM: [1.2, 0.5, 1.4] }],
      plates: [
        {
          ...{ id: 'p', fixture: 'shelf', shelf: 1, index: 1, yawRad: 0, ratingG: 10_000 },
          ...{ positionM: [3, 4.65, 0.7], sizeM: [1, 0.4] },
        },
      ],
      planogram: [{ sku: 'tea', plates: ['p'] }],
    }
    const renderer = rendererOf(overTheMiddle, layout)
    const depthAt = (share: number) => {
      renderer.render({ figures: [], stock: new Map([['p', share]]), exposure: 1 })
      const [x, y] = new CameraModel(overTheMiddle, [320, 240]).project([3, 4.5, 0.72]) ?? [0, 0]
      return renderer.canvas.depthM[Math.floor(y) * 320 + Math.floor(x)] as number
    }
    assert.ok(depthAt(0) > depthAt(1) + 0.03)
    assert.equal(depthAt(1), depthAt(1))
  })

  it('is the same again for the same store, people and moment, and never the same at another moment', () => {
    const picture = (exposure: number) =>
      Buffer.from(rendererOf(overTheMiddle).render(scene([standing('a', [3, 4])], exposure)).pixels)
    assert.ok(picture(1).equals(picture(1)))
    assert.ok(!picture(1).equals(picture(2)))
  })
})
