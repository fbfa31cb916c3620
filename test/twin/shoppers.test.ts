import assert from 'node:assert/strict'
import fc from 'fast-check'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { PointM } from '../../runtime/profile/layout.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import type { Act } from '../../runtime/twin/shoppers/acts.ts'
import { type ArrivalRate, Arrivals, usualDay } from '../../runtime/twin/shoppers/arrivals.ts'
import { behaviourOf, behaviours, type Mix, mixes } from '../../runtime/twin/shoppers/behaviour.ts'
import type { Surroundings } from '../../runtime/twin/shoppers/shopper.ts'
import { bodyDistanceM, walkLane } from '../../runtime/twin/shoppers/walking.ts'
import { runVirtual, type VirtualOptions } from '../../runtime/twin/virtual/run-virtual.ts'
import { distanceM, distanceToPolygonM } from '../../runtime/twin/world/geometry.ts'
import { itemsOf } from '../../runtime/twin/world/truth.ts'
import { type Coming, tickMs } from '../../runtime/twin/world/world.ts'
import { cornerShop, meanOf } from './corner-shop.ts'
import { moves, ShopFloor, startMs } from './shop-floor.ts'

describe('the shoppers of the twin', function () {
  this.timeout(60_000)
  let store: LoadedStore

  before(async () => {
    store = await cornerShop()
  })

  const runToEnd = (options: Partial<VirtualOptions> & { seed: number; visits: number }) => {
    const run = runVirtual({ layout: store.layout, planogram: store.planogram, ...options })
    let step = run.next()
    while (!step.done) step = run.next()
    return step.value
  }

  function assertNobodyInTheWay({ world }: ShopFloor) {
    const places = world.shoppers.map(({ body }) => body.positionM)
    for (const [i, place] of places.entries()) {
      for (const other of places.slice(i + 1)) assert.ok(distanceM(place, other) > 0.44, 'two bodies in one place')
      for (const footprint of world.plan.footprints.values()) {
        assert.ok(distanceToPolygonM(place, footprint) > 0.2, 'a body in a fixture')
      }
    }
    for (const { stage, body } of world.shoppers) {
      if (stage === 'inside') assert.ok(world.plan.onFloor(body.positionM), 'a body off the floor')
    }
  }

  /** So many visits of a mix, one soon after the other. */
  function crowd(seed: number, mix: Mix, visits: number, meanwhile: (floor: ShopFloor) => void) {
    const floor = new ShopFloor(store, seed)
    const { world } = floor
    const arrivals = new Arrivals(seededRandom(seed), { shoppersPerHour: 600, floorM: world.plan.sizeM, startMs })
    let come = 0
    for (let going = true; come < visits || going; ) {
      if (come < visits && arrivals.due(world.nowMs, world.shoppers.length, world.gateFree)) {
        floor.comes({ behaviour: behaviourOf(mix, ++come, seed) })
      }
      going = floor.tick()
      meanwhile(floor)
    }
    return floor
  }

  for (const [name, mix, visits, numRuns] of [
    ['the demonstration', mixes.demonstration, 6, 6],
    ['a lively day', mixes.lively, 10, 6],
  ] as const) {
    it(`never walk through a fixture, off the floor or into each other: ${name}`, () => {
      const seeds = fc.integer({ min: 1, max: 1_000_000 })
      fc.assert(
        fc.property(seeds, (seed) => void crowd(seed, mix, visits, assertNobodyInTheWay)),
        { numRuns },
      )
    })
  }

  it('can walk to every place that is free, in gaps beside a gate too', () => {
    const { plan } = new ShopFloor(store, 1).world
    const [width, depth] = plan.sizeM
    const point = fc.tuple(
      fc.double({ min: 0, max: width, noNaN: true }),
      fc.double({ min: 0, max: depth, noNaN: true }),
    )
    const inner = plan.lanes[0]?.innerM ?? [0, 0]
    fc.assert(
      fc.property(point, (p) => {
        const place = plan.nearestFree(p, 0.5)
        assert.ok(place === null || plan.path(inner, place, []) !== null)
      }),
      { examples: [[[0.27, 0.33]]] },
    )
  })

  it('move no faster than a person walks', () => {
    const floor = new ShopFloor(store, 4)
    floor.comes()
    let before = floor.world.shoppers[0]?.body.positionM
    while (floor.tick()) {
      const now = floor.world.shoppers[0]?.body.positionM
      assert.ok(before && now && distanceM(before, now) <= (1.4 * tickMs) / 1000)
      before = now
    }
  })

  it('leave with exactly what the plates have lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const floor = new ShopFloor(store, seed)
        const { world } = floor
        const stock = () => {
          const counts = new Map<string, number>()
          for (const id of world.shelves.plateIds) {
            for (const { sku } of world.shelves.pieces(id)) counts.set(sku, (counts.get(sku) ?? 0) + 1)
          }
          return counts
        }
        const weightG = () => world.shelves.plateIds.flatMap((id) => world.shelves.pieces(id).map((p) => p.weightG))
        const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
        const [stockBefore, weightBefore] = [stock(), sum(weightG())]
        const visits = Object.values(behaviours).map((behaviour) => {
          const visit = floor.comes({ behaviour })
          floor.untilEmpty()
          return visit
        })
        const stockAfter = stock()
        const bought = new Map<string, number>()
        for (const { sku, quantity } of visits.flatMap(itemsOf)) bought.set(sku, (bought.get(sku) ?? 0) + quantity)
        for (const [sku, count] of stockBefore) {
          assert.equal(count - (stockAfter.get(sku) ?? 0), bought.get(sku) ?? 0, sku)
        }
        const moved = sum(visits.flatMap(({ events }) => events.map(({ deltaG }) => deltaG)))
        assert.ok(Math.abs(sum(weightG()) - weightBefore - moved) < 1e-6)
        for (const visit of visits)
          assert.ok(visit.leftAtMs !== null && itemsOf(visit).every((item) => item.quantity > 0))
      }),
      { numRuns: 5, examples: [[569_357]] },
    )
  })

  it('have, in the demonstration, three or more picks each, a third with a put-back, mostly overlapping', () => {
    const { visits } = runToEnd({ seed: 1, visits: 39, shoppersPerHour: 150 })
    const takes = visits.map(({ events }) => events.filter(({ quantity }) => quantity > 0).length)
    assert.ok(takes.filter((count) => count >= 3 && count <= 6).length >= 38, `takes ${takes}`)
    const withPutBack = visits.filter(({ events }) => events.some(({ quantity }) => quantity < 0)).length
    assert.ok(withPutBack >= 12 && withPutBack <= 13, `${withPutBack} of 39 put something back`)
    const overlap = visits.filter((visit) =>
      visits.some(
        (other) =>
          other !== visit &&
          (other.enteredAtMs ?? 0) < (visit.leftAtMs ?? 0) &&
          (visit.enteredAtMs ?? 0) < (other.leftAtMs ?? 0),
      ),
    )
    assert.ok(overlap.length > 19)
  })

  it('do what a plan says, and put back at another place when it says so', () => {
    const floor = new ShopFloor(store, 9)
    const plan: Act[] = [
      { act: 'take', plate: 'g1-s1-p1', item: 'cola' },
      { act: 'look', durationMs: 500 },
      { act: 'stow' },
      { act: 'take', plate: 'g3-s2-p4', item: 'gum' },
      { act: 'put-back', item: 'cola', plate: 'g3-s1-p1' },
    ]
    const { world } = floor
    const visit = floor.visit(plan)
    assert.deepEqual(moves(visit), [
      ['8801001000016', 1, 'g1-s1-p1'],
      ['8801001000207', 1, 'g3-s2-p4'],
      ['8801001000016', -1, 'g3-s1-p1'],
    ])
    assert.deepEqual(itemsOf(visit), [{ sku: '8801001000207', quantity: 1 }])
    assert.equal(world.shelves.pieces('g3-s1-p1').at(-1)?.sku, '8801001000016')
  })

  it('all get out of a narrow shop when everybody wants to leave at once', async () => {
    const narrow = await loadStore('hardware-profiles/emart24-gimpo')
    const floor = new ShopFloor(narrow, 1)
    const people = 13
    const plates = narrow.layout.plates.map(({ id }) => id)
    const visits = floor.visits(
      ...Array.from({ length: people }, (_, i): Coming => {
        const plate = plates[(i * 67) % plates.length] as string
        return {
          plan: [
            { act: 'go-to', plate },
            { act: 'meet', name: 'all', people },
          ],
        }
      }),
    )
    for (const { leftAtMs } of visits) assert.ok((leftAtMs ?? Number.POSITIVE_INFINITY) < startMs + 900_000)
  })

  it('walk around whoever stays in their way in the lane of a gate, and into nobody', () => {
    const floor = new ShopFloor(store, 1)
    floor.comes()
    const [shopper] = floor.world.shoppers
    assert.ok(shopper)
    const [x, y] = shopper.body.positionM
    const [standing, target]: PointM[] = [
      [x + 0.1, y + 1],
      [x, y + 2],
    ]
    let nowMs = 0
    const lane = { tickMs, plan: { clearanceM: () => 1 }, others: () => [standing], footfall() {} }
    const w = Object.defineProperty(lane, 'nowMs', { get: () => nowMs }) as unknown as Surroundings
    const walk = walkLane(shopper, w, target as PointM)
    let nearestM = Number.POSITIVE_INFINITY
    while (!walk.next().done && nowMs < 60_000) {
      nowMs += tickMs
      nearestM = Math.min(nearestM, distanceM(shopper.body.positionM, standing as PointM))
    }
    assert.ok(distanceM(shopper.body.positionM, target as PointM) <= 0.05, `stands at ${shopper.body.positionM}`)
    assert.ok(nearestM >= bodyDistanceM - 1e-9, `came within ${nearestM} m`)
  })

  it('go away, and buy nothing, when the gate stays closed', () => {
    const floor = new ShopFloor(store, 2, { admits: false })
    const visit = floor.comes()
    floor.untilEmpty()
    assert.equal(visit.turnedAway, true)
    assert.equal(visit.enteredAtMs, null)
    assert.deepEqual(visit.events, [])
  })

  it('find full shelves again and again: staff fill them while the shop is empty', () => {
    const { visits } = runToEnd({ seed: 6, visits: 60, shoppersPerHour: 200 })
    const deliveries = visits.filter(({ role }) => role === 'staff')
    assert.ok(deliveries.length >= 1)
    assert.equal(visits.length - deliveries.length, 60)
    for (const delivery of deliveries) {
      assert.ok(
        delivery.events.length > 10 && delivery.events.every(({ quantity, deltaG }) => quantity < 0 && deltaG > 0),
      )
      assert.deepEqual(itemsOf(delivery), [])
      const meanwhile = visits.filter(
        (visit) =>
          visit !== delivery &&
          (visit.enteredAtMs ?? 0) < (delivery.leftAtMs ?? 0) &&
          (visit.leftAtMs ?? 0) > (delivery.enteredAtMs ?? 0),
      )
      assert.deepEqual(meanwhile, [])
    }
    const [last] = visits.slice(-1)
    assert.ok(last && last.events.length > 0)
  })

  it('of a lively day do everything, as often as the mix says, and the same again from the same seed', () => {
    const names = (seed: number) => Array.from({ length: 3000 }, (_, i) => behaviourOf(mixes.lively, i + 1, seed).name)
    const come = names(1)
    for (const { behaviour, share } of mixes.lively.visits) {
      const percent = come.filter((name) => name === behaviour).length / 30
      assert.ok(Math.abs(percent - share) < 3, `${percent} % ${behaviour}`)
    }
    assert.deepEqual(names(1), come)
    const day = () => {
      const { world } = crowd(3, mixes.lively, 12, () => {})
      return { ...world.truth }
    }
    assert.deepEqual(day(), day())
  })

  describe('in a party', () => {
    const takes = (plate: string, item: string): Act => ({ act: 'take', plate, item })

    it('come in on one code, one turn of the gate each, and fill one basket', () => {
      const floor = new ShopFloor(store, 3)
      const [visit] = floor.visits({
        plan: [takes('g1-s1-p1', 'a')],
        companions: [{ plan: [takes('g2-s1-p1', 'b')] }, { plan: [takes('g3-s1-p1', 'c')] }],
      })
      assert.ok(visit)
      assert.equal(visit.party, 3)
      assert.equal(visit.trackIds.length, 3)
      assert.deepEqual(
        itemsOf(visit).map(({ quantity }) => quantity),
        [1, 1, 1],
      )
      assert.deepEqual(
        floor.passes.map(({ direction }) => direction),
        ['in', 'in', 'in', 'out', 'out', 'out'],
      )
    })

    it('squeeze through uncounted where the gate opens for one only', () => {
      const floor = new ShopFloor(store, 3)
      const { doorkeeper } = floor
      const shown = doorkeeper.shown.bind(doorkeeper)
      doorkeeper.shown = (gate, atMs) => shown(gate, atMs, 1)
      const [visit] = floor.visits({ plan: [], companions: [{ plan: [takes('g2-s1-p1', 'b')] }] })
      assert.ok(visit)
      assert.deepEqual(
        floor.passes.map(({ direction }) => direction),
        ['in', 'out', 'out'],
      )
      assert.equal(itemsOf(visit).length, 1)
    })

    it('bring children, whom no gate counts, who are small, and whose takes are the adult’s', () => {
      const floor = new ShopFloor(store, 3)
      let childM = 0
      floor.comes({
        plan: [takes('g1-s1-p1', 'a')],
        companions: [{ child: true, plan: [takes('g2-s1-p1', 'b')] }],
      })
      floor.untilEmpty(() => {
        childM = floor.world.shoppers.find(({ isChild }) => isChild)?.body.heightM ?? childM
      })
      const [visit] = floor.world.truth.visits
      assert.ok(visit && childM > 0.9 && childM < 1.4)
      assert.deepEqual([visit.party, floor.passes.length, itemsOf(visit).length], [1, 2, 2])
    })

    it('stay near the one with the code, and leave together', () => {
      const floor = new ShopFloor(store, 3)
      const plan: Act[] = [takes('g1-s1-p1', 'a'), takes('g3-s2-p4', 'b'), { act: 'wait', durationMs: 20_000 }]
      floor.comes({ plan, companions: [{}] })
      const apartM: number[] = []
      const leftMs: number[] = []
      floor.untilEmpty(() => {
        const [leader, other] = floor.world.shoppers
        const together = leader?.stage === 'inside' && other?.stage === 'inside'
        if (together) apartM.push(distanceM(leader.body.positionM, other.body.positionM))
        if (floor.world.shoppers.length === 1) leftMs.push(floor.world.nowMs)
      })
      const near = apartM.filter((m) => m < 2.5).length / apartM.length
      assert.ok(near > 0.7, `${near} of the time within 2.5 m`)
      assert.ok(leftMs.length * tickMs < 15_000, `alone for ${leftMs.length * tickMs} ms`)
    })

    it('all go away when the code is refused', () => {
      const floor = new ShopFloor(store, 3, { admits: false })
      const [visit] = floor.visits({ plan: [], companions: [{}, { child: true }] })
      assert.ok(visit?.turnedAway && visit.enteredAtMs === null)
    })
  })

  it('slip in behind a stranger without a code: no gate counts them, and nobody pays for what they take', () => {
    const floor = new ShopFloor(store, 3)
    const plan: Act[] = [{ act: 'take', plate: 'g1-s1-p1', item: 'a' }]
    const [slips, pays] = floor.visits({ plan, tailgates: true }, { plan })
    assert.ok(slips && pays)
    assert.deepEqual([slips.scannedAtMs, slips.turnedAway], [null, false])
    assert.ok((slips.enteredAtMs ?? 0) > (pays.enteredAtMs ?? Number.POSITIVE_INFINITY))
    assert.deepEqual(
      floor.passes.map(({ direction }) => direction),
      ['in', 'out', 'out'],
    )
    assert.equal(itemsOf(slips).length, 1)
  })

  describe('arrive', () => {
    const comings = (shoppersPerHour: ArrivalRate, hours: number, timeZone?: string) => {
      const options = {
        shoppersPerHour,
        floorM: [50, 50] as [number, number],
        startMs,
        ...(timeZone ? { timeZone } : {}),
      }
      const arrivals = new Arrivals(seededRandom(1), options)
      const perHour = new Array<number>(hours).fill(0)
      for (let atMs = startMs; atMs < startMs + hours * 3_600_000; atMs += 1000) {
        if (!arrivals.due(atMs, 0, true)) continue
        const hour = Math.floor((atMs - startMs) / 3_600_000)
        perHour[hour] = (perHour[hour] ?? 0) + 1
      }
      return perHour
    }

    it('as often as a plain rate says', () => {
      const [sum] = [comings(60, 48).reduce((a, b) => a + b, 0)]
      assert.ok(Math.abs(sum / 48 - 60) < 4, `${sum / 48} an hour`)
    })

    it('as the hours of the store’s day say, in its own time zone', () => {
      const day = usualDay(90)
      // 1 800 000 000 is 08:00 UTC, and 17:00 in Seoul.
      const [utc, seoul] = [comings(day, 24 * 2), comings(day, 24 * 2, 'Asia/Seoul')]
      const meanAt = (perHour: number[], firstHour: number, hour: number) =>
        meanOf([0, 1].map((n) => perHour[24 * n + ((hour - firstHour + 24) % 24)] ?? 0))
      for (const hour of [0, 3, 8, 12, 18, 23]) {
        const wanted = day[hour] as number
        for (const [perHour, firstHour] of [
          [utc, 8],
          [seoul, 17],
        ] as const) {
          const mean = meanAt(perHour, firstHour, hour)
          assert.ok(Math.abs(mean - wanted) < 4 + 2.5 * Math.sqrt(wanted), `${mean} for ${wanted} at ${hour}`)
        }
      }
    })

    it('not at all in hours without anybody', () => {
      const onlyNoon = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 40 : 0))
      const perHour = comings(onlyNoon, 24)
      assert.ok((perHour[4] ?? 0) > 20)
      assert.equal(perHour.filter((count) => count > 0).length, 1)
      assert.deepEqual(comings(new Array<number>(24).fill(0), 24), new Array<number>(24).fill(0))
    })
  })

  it('do the same again from the same seed', () => {
    assert.deepEqual(runToEnd({ seed: 11, visits: 5 }), runToEnd({ seed: 11, visits: 5 }))
    assert.notDeepEqual(runToEnd({ seed: 11, visits: 2 }).visits, runToEnd({ seed: 12, visits: 2 }).visits)
  })
})
