import assert from 'node:assert/strict'
import { join } from 'node:path'
import { TrackScore } from '../../../bench/vision/measures.ts'
import { runScene } from '../../../bench/vision/run-scene.ts'
import { cornerCameras } from '../../../bench/vision/scene.ts'
import { SimulatedDetector } from '../../../bench/vision/simulated-detector.ts'
import { root } from '../../../bin/store-options.ts'
import type { Point3DM, PointM } from '../../../runtime/profile/layout.ts'
import { loadTwinStore } from '../../../runtime/twin/scenario/scenario-store.ts'

const truly = (id: string, at: PointM) => ({
  id,
  positionM: at,
  headM: [...at, 1.7] as Point3DM,
  heightM: 1.7,
  handsM: [
    [at[0], at[1] + 0.3, 1],
    [at[0], at[1] - 0.3, 1],
  ] as [Point3DM, Point3DM],
})
const told = (trackId: string, at: PointM) => ({ trackId, headM: [...at, 1.7] as Point3DM, handsM: [] })

describe('what the tracking benchmark counts', () => {
  it('is perfect when every track is one person', () => {
    const score = new TrackScore()
    for (let i = 0; i < 10; i++)
      score.add([truly('a', [1, 1]), truly('b', [3, 3])], [told('2', [3, 3]), told('1', [1.1, 1])])
    const { idf1, idSwitches, recall, precision, floorErrorP95Cm } = score.measures()
    assert.deepEqual([idf1, idSwitches, recall, precision], [1, 0, 1, 1])
    assert.ok(Math.abs(floorErrorP95Cm - 10) < 1e-6)
  })

  it('halves with two people who change ids half way', () => {
    const score = new TrackScore()
    for (let i = 0; i < 10; i++) {
      const [one, two] = i < 5 ? ['1', '2'] : ['2', '1']
      score.add([truly('a', [1, 1]), truly('b', [3, 3])], [told(one as string, [1, 1]), told(two as string, [3, 3])])
    }
    assert.equal(score.measures().idf1, 0.5)
    assert.equal(score.measures().idSwitches, 2)
  })

  it('falls with people who are missed and with tracks of nobody', () => {
    const score = new TrackScore()
    for (let i = 0; i < 10; i++)
      score.add([truly('a', [1, 1]), truly('b', [3, 3])], [told('1', [1, 1]), told('9', [5, 5])])
    const { idf1, recall, precision } = score.measures()
    assert.deepEqual([idf1, recall, precision], [0.5, 0.5, 0.5])
  })
})

describe('tracking in the twin', () => {
  it('follows four shoppers over four cameras that are not quite where the profile says', async () => {
    const store = await loadTwinStore(join(root, 'hardware-profiles', 'corner-shop'))
    const score = new TrackScore()
    const plan = { store: 'corner-shop', seed: 77, shoppers: 4, seconds: 15 }
    await runScene(plan, store, cornerCameras(store.loaded.layout), new SimulatedDetector(77), [score])
    const { idf1, floorErrorMedianCm, personMoments, handRecall, handErrorMedianCm } = score.measures()
    assert.ok(personMoments > 300, `${personMoments}`)
    assert.ok(idf1 >= 0.95, `IDF1 ${idf1}`)
    assert.ok(floorErrorMedianCm <= 10, `${floorErrorMedianCm} cm`)
    assert.ok(handRecall > 0.6 && handErrorMedianCm < 15, `${handRecall} ${handErrorMedianCm}`)
  })
})
