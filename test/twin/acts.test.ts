import assert from 'node:assert/strict'
import { compileCheck } from '../../runtime/contract/schema.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { type Act, PlanSchema } from '../../runtime/twin/shoppers/acts.ts'
import { distanceM } from '../../runtime/twin/world/geometry.ts'
import { itemsOf } from '../../runtime/twin/world/truth.ts'
import { cornerShop } from './corner-shop.ts'
import { moves, ShopFloor, startMs } from './shop-floor.ts'

const cola = '8801001000016'
const gum = '8801001000207'
const takeCola: Act = { act: 'take', plate: 'g1-s1-p1', item: 'cola' }
const takeGum: Act = { act: 'take', plate: 'g3-s2-p4', item: 'gum' }

describe('acts of people in the twin', function () {
  this.timeout(30_000)
  let store: LoadedStore
  let floor: ShopFloor

  before(async () => {
    store = await cornerShop()
  })
  beforeEach(() => {
    floor = new ShopFloor(store, 5)
  })

  const pieces = (plate: string) => floor.world.shelves.pieces(plate)
  const only = (sku: string, quantity = 1) => [{ sku, quantity }]
  const undone = ({ undone }: { undone: { act: Act }[] }) => undone.map(({ act }) => act.act)

  it('are told apart by their name, and complained of one by one', () => {
    const check = compileCheck(PlanSchema)
    assert.deepEqual(check([takeCola, { act: 'look', durationMs: 5 }, { act: 'go-to', positionM: [1, 2] }]), [])
    const pointers = check([{ act: 'tkae' }, { act: 'look' }, { act: 'stow', durationMs: 1 }]).map((p) => p.pointer)
    assert.deepEqual(pointers, ['/0/act', '/1/durationMs', '/2/durationMs'])
  })

  describe('at a shelf', () => {
    it('take several pieces at once with one hand', () => {
      const visit = floor.visit([{ ...takeCola, count: 3 }])
      assert.deepEqual(moves(visit), [[cola, 3, 'g1-s1-p1']])
      assert.deepEqual(itemsOf(visit), only(cola, 3))
    })

    it('lift slowly: the weight leaves the plate within the stated time', () => {
      const [event] = floor.visit([{ ...takeCola, slowMs: 4000 }]).events
      assert.ok(event && Math.abs(event.untilMs - event.fromMs - 4000) < 1)
    })

    it('hold a piece over its plate before it goes', () => {
      floor.comes({ plan: [{ ...takeCola, holdMs: 6000 }] })
      const before = floor.gramsAt('g1-s1-p1')
      let heldForMs = 0
      let began = Number.POSITIVE_INFINITY
      floor.untilEmpty(() => {
        if (pieces('g1-s1-p1').length === 12) return
        began = Math.min(began, floor.world.nowMs)
        if (before - floor.gramsAt('g1-s1-p1') < 400) heldForMs = Math.max(heldForMs, floor.world.nowMs - began)
      })
      assert.ok(heldForMs > 5500 && heldForMs < 7000, `${heldForMs} ms`)
    })

    it('hold one thing in each hand, and compare them', () => {
      const visit = floor.visit([
        { ...takeCola, hand: 'right' },
        { act: 'take', plate: 'g1-s1-p3', item: 'other', hand: 'left' },
        { act: 'look', durationMs: 1000 },
        { act: 'put-back', item: 'other' },
      ])
      assert.deepEqual(itemsOf(visit), only(cola))
      // Both were in the hands while they were looked at: neither had to come out of the bag.
      assert.equal(floor.seen.length, 2)
    })

    it('take two things at one moment with both hands', () => {
      const visit = floor.visit([
        {
          act: 'take-together',
          takes: [
            { plate: 'g1-s1-p3', item: 'a' },
            { plate: 'g1-s1-p1', item: 'b' },
          ],
        },
      ])
      const [first, second] = visit.events
      assert.ok(first && second && first.fromMs === second.fromMs && first.plate !== second.plate)
      assert.equal(itemsOf(visit).length, 2)
    })

    it('put back at another place, over two plates', () => {
      const over = { plate: 'g3-s1-p2', share: 0.4 }
      const visit = floor.visit([takeCola, { act: 'put-back', item: 'cola', plate: 'g3-s1-p1', over }])
      assert.deepEqual(itemsOf(visit), [])
      assert.deepEqual(visit.events.at(-1)?.plates, ['g3-s1-p1', 'g3-s1-p2'])
    })

    it('lean on a plate, and leave no weight', () => {
      const before = floor.gramsAt('g2-s1-p1')
      let most = 0
      floor.comes({ plan: [{ act: 'press', plate: 'g2-s1-p1', forceG: 800, durationMs: 2000 }] })
      floor.untilEmpty(() => {
        most = Math.max(most, floor.gramsAt('g2-s1-p1') - before)
      })
      assert.ok(most > 600, `${most} g`)
      assert.ok(Math.abs(floor.gramsAt('g2-s1-p1') - before) < 2)
      assert.deepEqual(
        floor.world.truth.disturbances.map(({ act, where, deltaG }) => [act, where, deltaG]),
        [['press', 'g2-s1-p1', 0]],
      )
    })

    it('knock against a fixture so that its plates shake', () => {
      const shaking = new ShopFloor(store, 5, { quiet: false })
      const visit = shaking.comes({ plan: [{ act: 'knock', fixture: 'g2', strength: 3 }] })
      let most = 0
      const before = shaking.gramsAt('g2-s1-p1')
      shaking.untilEmpty(() => {
        if (shaking.world.truth.disturbances.length > 0) most = Math.max(most, shaking.gramsAt('g2-s1-p1') - before)
      })
      assert.ok(most > 20, `${most} g`)
      assert.deepEqual(itemsOf(visit), [])
    })

    it('swap a piece for a foreign weight at one moment: the shelf hardly feels it, and the taker pays', () => {
      const visit = floor.visit([{ act: 'swap', plate: 'g1-s1-p1', item: 'cola', weightG: 500 }])
      const [taken] = visit.events
      const [laid] = floor.world.truth.disturbances
      assert.ok(taken && laid && taken.fromMs === laid.fromMs && laid.deltaG === 500)
      assert.deepEqual(itemsOf(visit), only(cola))
      assert.equal(pieces('g1-s1-p1').length, 11)
    })

    it('lay a bag down on a shelf and take it away again', () => {
      const before = floor.gramsAt('g1-s1-p1')
      const visit = floor.visit([{ act: 'put-weight', plate: 'g1-s1-p1', weightG: 300, forMs: 3000 }])
      assert.deepEqual(itemsOf(visit), [])
      const changes = floor.world.truth.disturbances.map(({ deltaG }) => deltaG)
      assert.deepEqual(changes, [300, -300])
      assert.ok(Math.abs(floor.gramsAt('g1-s1-p1') - before) < 3)
    })

    it('take nothing from a bare plate, and the truth says what could not be done', () => {
      const plan: Act[] = [
        { ...takeCola, sku: gum },
        { act: 'put-back', item: 'cola' },
      ]
      const visit = floor.visit(plan)
      assert.deepEqual(visit.events, [])
      assert.deepEqual(undone(visit), ['take', 'put-back'])
    })

    it('hide what was taken without ever showing it', () => {
      const hiding = floor.visit([takeCola, { act: 'hide', item: 'cola' }])
      assert.deepEqual([floor.seen.length, itemsOf(hiding)], [0, only(cola)])
      floor.visit([takeGum, { act: 'look', durationMs: 500 }])
      assert.equal(floor.seen.length, 1)
    })
  })

  describe('with other people', () => {
    it('wait for each other, and then act at the same moment', () => {
      const meet: Act = { act: 'meet', name: 'now', people: 2 }
      const [one, two] = floor.visits(
        { plan: [{ act: 'reach', plate: 'g1-s1-p1' }, meet, takeCola] },
        { plan: [{ act: 'reach', plate: 'g3-s2-p4' }, meet, takeGum] },
      )
      const apart = Math.abs((one?.events[0]?.fromMs ?? 0) - (two?.events[0]?.fromMs ?? Number.NaN))
      assert.ok(apart < 50, `${apart} ms`)
    })

    it('wait for a signal', () => {
      const [waits, signals] = floor.visits(
        { plan: [{ act: 'wait-for', name: 'go' }, takeCola] },
        { plan: [takeGum, { act: 'signal', name: 'go' }] },
      )
      assert.ok((waits?.events[0]?.fromMs ?? 0) > (signals?.events[0]?.untilMs ?? Number.POSITIVE_INFINITY))
    })

    it('hand over what they took; who took it pays', () => {
      const [giver, getter] = floor.visits(
        { name: 'ann', plan: [takeCola, { act: 'hand-over', item: 'cola', to: 'bob' }] },
        { name: 'bob', plan: [takeGum, { act: 'wait', durationMs: 30_000 }] },
      )
      assert.ok(giver && getter)
      assert.deepEqual([undone(giver), itemsOf(giver), itemsOf(getter)], [[], only(cola), only(gum)])
      assert.deepEqual(
        floor.world.truth.handOvers.map(({ from, to, sku }) => [from, to, sku]),
        [[giver.visit, getter.visit, cola]],
      )
    })

    it('no longer pay once the other puts it back on a shelf', () => {
      const [giver, getter] = floor.visits(
        {
          name: 'ann',
          plan: [takeCola, { act: 'hand-over', item: 'cola', to: 'bob' }, { act: 'signal', name: 'given' }],
        },
        {
          name: 'bob',
          plan: [
            { act: 'wait-for', name: 'given' },
            { act: 'put-back', item: 'cola', plate: 'g2-s1-p3' },
          ],
        },
      )
      assert.ok(giver && getter)
      assert.deepEqual([itemsOf(giver), itemsOf(getter)], [[], []])
      assert.deepEqual(moves(getter), [[cola, -1, 'g2-s1-p3']])
      assert.equal(getter.events[0]?.payer, giver.visit)
    })

    it('exchange one thing for another', () => {
      const [one, two] = floor.visits(
        {
          name: 'ann',
          plan: [
            takeCola,
            { act: 'meet', name: 'm', people: 2 },
            { act: 'exchange', item: 'cola', with: 'bob', theirs: 'gum' },
            { act: 'put-back', item: 'gum' },
          ],
        },
        { name: 'bob', plan: [takeGum, { act: 'meet', name: 'm', people: 2 }, { act: 'wait', durationMs: 20_000 }] },
      )
      assert.ok(one && two)
      assert.deepEqual([undone(one), undone(two)], [[], []])
      assert.equal(floor.world.truth.handOvers.length, 2)
      assert.deepEqual([itemsOf(one), itemsOf(two)], [only(cola), []])
      assert.equal(pieces('g3-s2-p4').length, 12)
    })

    it('pay for what they drop, also when somebody else picks it up', () => {
      const [drops, finds] = floor.visits(
        { plan: [takeCola, { act: 'drop', item: 'cola' }, { act: 'signal', name: 'dropped' }] },
        {
          plan: [
            { act: 'wait-for', name: 'dropped' },
            { act: 'pick-up', item: 'cola' },
          ],
        },
      )
      assert.ok(drops && finds)
      assert.deepEqual([undone(finds), itemsOf(drops), itemsOf(finds)], [[], only(cola), []])
      assert.equal(floor.world.truth.handOvers.length, 1)
      assert.deepEqual(floor.world.dropped, [])
    })

    it('give up handing over to somebody who never comes', () => {
      const visit = floor.visit([takeCola, { act: 'hand-over', item: 'cola', to: 'nobody' }])
      assert.deepEqual([undone(visit), itemsOf(visit)], [['hand-over'], only(cola)])
    })

    it('do not wait for ever when each wants to give the other something', () => {
      const [one, two] = floor.visits(
        {
          name: 'ann',
          plan: [takeCola, { act: 'meet', name: 'm', people: 2 }, { act: 'hand-over', item: 'cola', to: 'bob' }],
        },
        {
          name: 'bob',
          plan: [takeGum, { act: 'meet', name: 'm', people: 2 }, { act: 'hand-over', item: 'gum', to: 'ann' }],
        },
      )
      assert.deepEqual(
        [one, two].flatMap((visit) => (visit ? undone(visit) : ['?'])),
        [],
      )
      assert.equal(floor.world.truth.handOvers.length, 2)
      assert.ok(floor.world.nowMs - startMs < 120_000)
    })
  })

  describe('away from shelves', () => {
    it('go where they are told', () => {
      const target: [number, number] = [2, 2.2]
      floor.comes({
        plan: [
          { act: 'go-to', positionM: target },
          { act: 'wait', durationMs: 3000 },
        ],
      })
      let nearest = Number.POSITIVE_INFINITY
      floor.untilEmpty(() => {
        for (const { body } of floor.world.shoppers) nearest = Math.min(nearest, distanceM(body.positionM, target))
      })
      assert.ok(nearest < 0.5, `${nearest} m`)
    })

    it('throw something out over the gate, and pay for it', () => {
      const visit = floor.visit([takeCola, { act: 'throw-out', item: 'cola' }])
      assert.deepEqual([undone(visit), itemsOf(visit)], [[], only(cola)])
    })

    it('lose a phone, and can leave all the same', () => {
      const visit = floor.visit([takeCola, { act: 'lose-phone' }])
      assert.ok(visit.phoneLost && visit.leftAtMs !== null)
    })
  })

  describe('of staff', () => {
    it('clean: everything is lifted, wiped and put back, and nothing is in a basket', () => {
      const before = pieces('g1-s1-p1').map(({ weightG }) => weightG)
      const visit = floor.visit([{ act: 'clean', fixture: 'g1' }], 'staff')
      assert.deepEqual(undone(visit), [])
      assert.deepEqual(
        pieces('g1-s1-p1').map(({ weightG }) => weightG),
        before,
      )
      const [taken, put] = [1, -1].map((sign) => visit.events.filter(({ quantity }) => quantity * sign > 0))
      assert.equal(taken?.length, 8 * 12)
      assert.equal(
        put?.reduce((sum, { quantity }) => sum - quantity, 0),
        8 * 12,
      )
      assert.deepEqual(itemsOf(visit), [])
      assert.equal(floor.world.truth.disturbances.filter(({ act }) => act === 'clean').length, 8 * 3)
    })

    it('count: a touch for each piece', () => {
      floor.visit([{ act: 'count', plate: 'g1-s1-p1' }], 'staff')
      assert.equal(floor.world.truth.disturbances.length, 12)
    })
  })
})
