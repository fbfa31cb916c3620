import assert from 'node:assert/strict'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { Point3DM, PointM, StoreLayout } from '../../runtime/profile/layout.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { runVirtual, type VirtualOptions } from '../../runtime/twin/virtual/run-virtual.ts'
import { LineOfSight, type StandingBody } from '../../runtime/twin/vision/line-of-sight.ts'
import {
  type Certainty,
  overConfidentAppliance,
  poorAppliance,
  Sightings,
} from '../../runtime/twin/vision/sightings.ts'
import { type Followed, TrackIds } from '../../runtime/twin/vision/track-ids.ts'
import { goodVision, poorVision, type VisionQuality } from '../../runtime/twin/vision/vision-quality.ts'
import { FloorPlan } from '../../runtime/twin/world/floor-plan.ts'
import { cornerShop, deviationOf, meanOf } from './corner-shop.ts'

describe('what stands between a camera and a hand', () => {
  let layout: StoreLayout
  let sees: (cameraM: Point3DM, handM: Point3DM, ...bodies: StandingBody[]) => boolean
  /** A hand in the lower shelf of the first fixture, whose front is at y = 5.3, and one in the open before it. */
  const inShelf: Point3DM = [1.8, 5.45, 0.79]
  const inOpen: Point3DM = [1.8, 4.6, 1.2]
  const standing = (positionM: PointM): StandingBody => ({ positionM, headM: [...positionM, 1.7], heightM: 1.7 })

  before(async () => {
    layout = (await cornerShop()).layout
    const { footprints } = new FloorPlan(layout)
    sees = (positionM, handM, ...bodies) => new LineOfSight(layout, footprints, [{ positionM }], 1).sees(handM, bodies)
  })

  it('is nothing in an empty store', () => {
    assert.ok(sees([1.8, 2, 2.8], inOpen))
    assert.ok(sees([1.8, 2, 1.2], inShelf))
  })

  it('is the shopper’s own body, from behind', () => {
    const shopper = standing([1.8, 4.2])
    assert.ok(!sees([1.8, 2, 1.7], inOpen, shopper))
    assert.ok(sees([4.5, 4.6, 2], inOpen, shopper), 'from the side')
  })

  it('is somebody else’s body or head, and not one that stands beside the line', () => {
    assert.ok(!sees([4.8, 4.6, 1.4], inOpen, standing([3.2, 4.6])))
    assert.ok(!sees([4.8, 4.6, 2.1], inOpen, standing([3.2, 4.6])), 'the head')
    assert.ok(sees([4.8, 4.6, 2.8], inOpen, standing([3.2, 4.6])), 'over the head')
    assert.ok(sees([4.8, 4.6, 1.4], inOpen, standing([3.2, 4.3])))
  })

  it('is a fixture, unless the line goes over it', () => {
    assert.ok(!sees([1.8, 6.6, 1.3], inOpen))
    assert.ok(sees([1.8, 5.9, 2.8], inOpen))
  })

  it('is the board above a hand in the shelf for a steep camera, the back and the sides for others', () => {
    assert.ok(!sees([1.8, 5.2, 2.8], inShelf), 'steeply from above')
    assert.ok(sees([1.8, 3.5, 1.6], inShelf), 'from the front')
    assert.ok(!sees([1.8, 6.6, 1], inShelf), 'from behind')
    assert.ok(!sees([4, 5.5, 0.9], inShelf), 'from the side')
  })

  it('is nothing that enough other cameras cannot see past', () => {
    const { footprints } = new FloorPlan(layout)
    const cameras = [{ positionM: [1.8, 2, 1.7] as Point3DM }, { positionM: [4.5, 4.6, 2] as Point3DM }]
    const shopper = [standing([1.8, 4.2])]
    assert.ok(new LineOfSight(layout, footprints, cameras, 1).sees(inOpen, shopper))
    assert.ok(!new LineOfSight(layout, footprints, cameras, 2).sees(inOpen, shopper))
  })

  it('is the edge of the picture of a camera that looks elsewhere', () => {
    const { footprints } = new FloorPlan(layout)
    const looking = (lookAtM: Point3DM) =>
      new LineOfSight(layout, footprints, [{ positionM: [1.8, 2, 2.5], lookAtM }], 1).sees(inOpen, [])
    assert.ok(looking([1.8, 5, 1]))
    assert.ok(!looking([1.8, 0, 1]))
  })
})

describe('the ids of a tracker', () => {
  class Person implements Followed {
    readonly trackIds: string[]
    readonly body: { positionM: PointM }
    constructor(id: string, positionM: PointM) {
      this.trackIds = [id]
      this.body = { positionM }
    }
    retracked(id: string): void {
      this.trackIds.push(id)
    }
  }

  const frameMs = 1000 / 15
  function follow(quality: Partial<VisionQuality>, people: Person[], minutes: number, visible = () => true) {
    const tracker = new TrackIds<Person>({ ...goodVision, ...quality }, seededRandom(4))
    const frames = Array.from({ length: Math.round((minutes * 60_000) / frameMs) }, (_, i) => i * frameMs)
    return frames.map((atMs) => ({ atMs, ids: tracker.frame(people, visible, atMs) }))
  }

  it('stay with a good tracker', () => {
    const people = [new Person('1', [1, 1]), new Person('2', [1.4, 1])]
    for (const { ids } of follow({}, people, 2)) assert.deepEqual([...ids.values()], ['1', '2'])
  })

  it('are lost as often as asked for: somebody is out of the picture, and comes back as another', () => {
    const person = new Person('1', [1, 1])
    const frames = follow({ idChangesPerMinute: 3, lostForMs: [500, 1500] }, [person], 20)
    assert.ok(person.trackIds.length > 35 && person.trackIds.length < 90, `${person.trackIds.length}`)
    const missing = frames.filter(({ ids }) => ids.size === 0).length / frames.length
    assert.ok(Math.abs(missing - (3 * 1) / 60) < 0.02, `${missing} of the time`)
    assert.deepEqual([...new Set(frames.flatMap(({ ids }) => [...ids.values()]))], person.trackIds)
  })

  it('change places when two stand close together, and only then; the truth names who had an id first', () => {
    const close = [new Person('1', [1, 1]), new Person('2', [1.4, 1])]
    const swapped = follow({ swapsPerMinute: 4 }, close, 5)
    const orders = new Set(swapped.map(({ ids }) => [...ids.values()].join()))
    assert.deepEqual([...orders].sort(), ['1,2', '2,1'])
    assert.deepEqual([close[0]?.trackIds, close[1]?.trackIds], [['1'], ['2']])
    const apart = follow({ swapsPerMinute: 4 }, [new Person('1', [1, 1]), new Person('2', [2, 1])], 5)
    for (const { ids } of apart) assert.deepEqual([...ids.values()], ['1', '2'])
  })

  it('are at times those of others who were lost', () => {
    const people = [new Person('1', [1, 1]), new Person('2', [4, 1])]
    const frames = follow({ idChangesPerMinute: 3, wrongIdLikelihood: 0.5 }, people, 5)
    const [own, other] = people.map(({ trackIds }) => new Set(trackIds)) as [Set<string>, Set<string>]
    const ofFirst = frames.flatMap(({ ids }) => ids.get(people[0] as Person) ?? [])
    assert.ok(ofFirst.some((id) => other.has(id)) && ofFirst.some((id) => own.has(id)))
    for (const { ids } of frames) assert.equal(new Set(ids.values()).size, ids.size, 'never two of one id')
  })

  it('are forgotten when a head stays hidden', () => {
    const [brief, long] = [600, 2400].map((hiddenMs) => {
      const person = new Person('1', [1, 1])
      let atMs = 0
      const tracker = new TrackIds<Person>(goodVision, seededRandom(1))
      for (; atMs < 6000; atMs += frameMs) {
        const visible = atMs < 1000 || atMs > 1000 + hiddenMs
        assert.equal(tracker.frame([person], () => visible, atMs).size, visible ? 1 : 0)
      }
      return person.trackIds.length
    })
    assert.deepEqual([brief, long], [1, 2])
  })
})

describe('people as the appliance sees them', function () {
  this.timeout(30_000)
  let store: LoadedStore

  before(async () => {
    store = await cornerShop()
  })

  function frames(vision: Partial<VisionQuality>) {
    const { layout, planogram } = store
    const options: VirtualOptions = { layout, planogram, seed: 5, visits: 4, shoppersPerHour: 400, vision }
    return [...runVirtual(options)].flatMap((record) => (record.type === 'people' ? [record] : []))
  }
  const handsOf = (records: ReturnType<typeof frames>) =>
    records.flatMap(({ message }) => message.people.flatMap(({ handsM }) => handsM))
  const lostShare = (records: ReturnType<typeof frames>) =>
    handsOf(records).filter((hand) => hand === null).length / handsOf(records).length

  it('lose hands behind bodies and boards when cameras are few, and fewer with more cameras', () => {
    const open = lostShare(frames({}))
    const inTheMiddle = [2.5, 5.5].map((x) => ({ positionM: [x, 3, 2.8] as Point3DM }))
    const few = lostShare(frames({ cameras: inTheMiddle }))
    const around: VisionQuality['cameras'] = [0.3, 2.7, 5.1, 7.5].flatMap((x) =>
      [1, 3, 5].map((y) => ({ positionM: [x, y, 2.8] as Point3DM })),
    )
    const many = lostShare(frames({ cameras: around }))
    assert.ok(open < 0.06 && few > 0.1 && many < few, `${open} open, ${few} with few, ${many} with many cameras`)
  })

  it('come as often as the frame rate says, and are as far off as the noise says', () => {
    const [usual, poor] = [frames({}), frames({ ...poorVision, cameras: null })]
    const gapMs = (records: ReturnType<typeof frames>) =>
      meanOf(records.slice(1).map((r, i) => r.atMs - (records[i]?.atMs ?? 0)))
    assert.ok(Math.abs(gapMs(usual) - 66.7) < 0.1 && Math.abs(gapMs(poor) - 100) < 0.1)
    // Between one frame and the next a head moves little: what it jumps is noise.
    const jumps = (records: ReturnType<typeof frames>) =>
      deviationOf(
        records.slice(1).flatMap(({ message }, i) => {
          const z = message.people[0]?.headM[2]
          const before = records[i]?.message.people.find(({ trackId }) => trackId === message.people[0]?.trackId)
          return z !== undefined && before ? [z - before.headM[2]] : []
        }),
      )
    assert.ok(jumps(poor) > 2 * jumps(usual))
  })

  it('are the same from the same seed, whatever the appliance', () => {
    assert.deepEqual(frames(poorVision), frames(poorVision))
  })
})

describe('sightings', () => {
  let layout: StoreLayout
  before(async () => {
    layout = (await cornerShop()).layout
  })

  function looks(certainty: Certainty, count: number) {
    const sightings = new Sightings(layout, seededRandom(11), certainty)
    return Array.from({ length: count }, (_, i) => {
      const sku = layout.planogram[i % layout.planogram.length]?.sku ?? ''
      const piece = { sku, weightG: 100 + i / 100 }
      return [1, 2].map(() => {
        const [best] = sightings.of(piece, [4, 3, 1]).candidates
        return { stated: best?.p ?? 0, sku: best?.sku, right: best?.sku === sku }
      })
    })
  }

  it('of an over-confident classifier state more than they keep', () => {
    const all = looks(overConfidentAppliance, 3000).flat()
    const [stated, kept] = [meanOf(all.map((look) => look.stated)), meanOf(all.map(({ right }) => (right ? 1 : 0)))]
    assert.ok(stated > kept + 0.05, `${stated} stated, ${kept} kept`)
    const honest = looks(poorAppliance, 3000).flat()
    const honestlyKept = meanOf(honest.map(({ right }) => (right ? 1 : 0)))
    assert.ok(Math.abs(kept - honestlyKept) < 0.03, 'it sees no worse')
  })

  it('err on a piece, not on a look: who mistook it once mostly does so again, for the same', () => {
    const wrongFirst = looks(overConfidentAppliance, 3000).filter(([first]) => !first?.right)
    const sameAgain = wrongFirst.filter(([first, second]) => first?.sku === second?.sku)
    assert.ok(wrongFirst.length > 200)
    const share = sameAgain.length / wrongFirst.length
    assert.ok(share > 0.85 && share < 0.98, `${share}`)
  })

  it('mistake the same pieces whatever was seen before', () => {
    const sku = layout.planogram[0]?.sku ?? ''
    const pieces = Array.from({ length: 100 }, (_, i) => ({ sku, weightG: 100 + i / 10 }))
    const opinions = (order: typeof pieces) => {
      const sightings = new Sightings(layout, seededRandom(3), poorAppliance)
      return new Map(order.map((piece) => [piece.weightG, sightings.of(piece, [4, 3, 1]).candidates]))
    }
    const one = opinions(pieces)
    for (const [weightG, candidates] of opinions(pieces.toReversed())) assert.deepEqual(candidates, one.get(weightG))
  })

  it('mistake a product for one of those most like it', () => {
    const weightOf = new Map(layout.products.map(({ sku, weightG }) => [sku, weightG ?? 0]))
    const sku = layout.planogram[0]?.sku ?? ''
    const sightings = new Sightings(layout, seededRandom(3), poorAppliance)
    const others = Array.from(
      { length: 400 },
      (_, i) => sightings.of({ sku, weightG: i }, [4, 3, 1]).candidates,
    ).flatMap((candidates) => candidates.map((candidate) => candidate.sku).filter((other) => other !== sku))
    const ratio = (other: string) => Math.abs(Math.log((weightOf.get(other) ?? 0) / (weightOf.get(sku) ?? 1)))
    const farthest = Math.max(...[...new Set(others)].map(ratio))
    const nearer = layout.planogram.filter((entry) => entry.sku !== sku && ratio(entry.sku) < farthest).length
    assert.ok(nearer < 5, `${nearer} products are more like it than one that it was taken for`)
  })
})
