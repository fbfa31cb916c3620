import assert from 'node:assert/strict'
import fc from 'fast-check'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import type { Act } from '../../runtime/twin/shoppers/acts.ts'
import { Arrivals } from '../../runtime/twin/shoppers/arrivals.ts'
import { behaviours } from '../../runtime/twin/shoppers/behaviour.ts'
import { CustomerBase } from '../../runtime/twin/shoppers/customer.ts'
import { Doorkeeper } from '../../runtime/twin/virtual/doorkeeper.ts'
import { runVirtual, type VirtualOptions } from '../../runtime/twin/virtual/run-virtual.ts'
import { distanceM, distanceToPolygonM } from '../../runtime/twin/world/geometry.ts'
import { itemsOf } from '../../runtime/twin/world/truth.ts'
import { tickMs, World } from '../../runtime/twin/world/world.ts'
import { cornerShop } from './corner-shop.ts'

const startMs = 1_800_000_000_000

describe('the shoppers of the twin', function () {
  this.timeout(60_000)
  let store: LoadedStore

  before(async () => {
    store = await cornerShop()
  })

  function worldOf(seed: number) {
    const doorkeeper = new Doorkeeper(store.layout)
    const customers = new CustomerBase(seededRandom(seed), seededRandom(seed + 1))
    const world = new World({
      layout: store.layout,
      facingQuantity: new Map(),
      mechanics: doorkeeper.mechanics,
      seed,
      startMs,
      events: { credentialShown: (gate, _, atMs) => doorkeeper.shown(gate, atMs), left: (_, c) => customers.goes(c) },
    })
    const comes = (choice: Parameters<World['arrive']>[1] = {}) => {
      const customer = customers.comes()
      assert.ok(customer)
      return world.arrive(customer, choice)
    }
    /** One tick; false once everybody has left. */
    const tick = () => {
      world.advanceTo(world.nowMs + tickMs * 1.001)
      doorkeeper.mind(world.nowMs)
      return world.shoppers.length > 0
    }
    return { world, comes, tick, doorkeeper }
  }

  const runToEnd = (options: Partial<VirtualOptions> & { seed: number; visits: number }) => {
    const run = runVirtual({ layout: store.layout, planogram: store.planogram, ...options })
    let step = run.next()
    while (!step.done) step = run.next()
    return step.value
  }

  it('never walk through a fixture, off the floor or into each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const { world, comes, tick } = worldOf(seed)
        const arrivals = new Arrivals(seededRandom(seed), { shoppersPerHour: 600, floorM: world.plan.sizeM, startMs })
        let come = 0
        let going = true
        while (come < 6 || going) {
          if (come < 6 && arrivals.due(world.nowMs, world.shoppers.length, world.gateFree)) {
            comes()
            come++
          }
          going = tick()
          const places = world.shoppers.map(({ body }) => body.positionM)
          for (const [i, place] of places.entries()) {
            for (const other of places.slice(i + 1))
              assert.ok(distanceM(place, other) > 0.44, 'two bodies in one place')
            for (const footprint of world.plan.footprints.values()) {
              assert.ok(distanceToPolygonM(place, footprint) > 0.2, 'a body in a fixture')
            }
          }
          for (const { stage, body } of world.shoppers) {
            if (stage === 'inside') assert.ok(world.plan.onFloor(body.positionM), 'a body off the floor')
          }
          assert.ok(world.nowMs - startMs < 20 * 60_000, 'somebody never leaves')
        }
      }),
      { numRuns: 12 },
    )
  })

  it('move no faster than a person walks', () => {
    const { world, comes, tick } = worldOf(4)
    comes()
    let before = world.shoppers[0]?.body.positionM
    while (tick()) {
      const now = world.shoppers[0]?.body.positionM
      assert.ok(before && now && distanceM(before, now) <= (1.4 * tickMs) / 1000)
      before = now
    }
  })

  it('leave with exactly what the plates have lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const { world, comes, tick } = worldOf(seed)
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
          const visit = comes({ behaviour })
          while (tick()) {}
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
      { numRuns: 5 },
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
    const plan: Act[] = [
      { act: 'take', plate: 'g1-s1-p1', item: 'cola' },
      { act: 'look', durationMs: 500 },
      { act: 'stow' },
      { act: 'take', plate: 'g3-s2-p4', item: 'gum' },
      { act: 'put-back', item: 'cola', plate: 'g3-s1-p1' },
    ]
    const { world, comes, tick } = worldOf(9)
    const visit = comes({ plan })
    while (tick()) {}
    assert.deepEqual(
      visit.events.map(({ sku, quantity, plate }) => [sku, quantity, plate]),
      [
        ['8801001000016', 1, 'g1-s1-p1'],
        ['8801001000207', 1, 'g3-s2-p4'],
        ['8801001000016', -1, 'g3-s1-p1'],
      ],
    )
    assert.deepEqual(itemsOf(visit), [{ sku: '8801001000207', quantity: 1 }])
    assert.equal(world.shelves.pieces('g3-s1-p1').at(-1)?.sku, '8801001000016')
  })

  it('go away, and buy nothing, when the gate stays closed', () => {
    const { world, comes } = worldOf(2)
    const visit = comes()
    // Nobody minds the doors.
    while (world.shoppers.length > 0 && world.nowMs < startMs + 120_000) world.advanceTo(world.nowMs + 1000)
    assert.equal(world.shoppers.length, 0)
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

  it('do the same again from the same seed', () => {
    assert.deepEqual(runToEnd({ seed: 11, visits: 5 }), runToEnd({ seed: 11, visits: 5 }))
    assert.notDeepEqual(runToEnd({ seed: 11, visits: 2 }).visits, runToEnd({ seed: 12, visits: 2 }).visits)
  })
})
