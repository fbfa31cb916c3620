import assert from 'node:assert/strict'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { type ControlOptions, createControl, twinRoutes, type Wanted } from '../../runtime/twin/control/control.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { ProviderLedger } from '../../runtime/twin/provider/provider-ledger.ts'
import { cornerShop } from './corner-shop.ts'
import { ShopFloor } from './shop-floor.ts'

describe('the control of the twin', () => {
  let clock: VirtualClock
  let faults: Faults
  let floor: ShopFloor
  let invited: Wanted[]
  let speeds: number[]
  let hooks: (string | null)[]
  let plate: string
  let sku: string
  let options: ControlOptions
  let ask: (route: string, body?: unknown) => unknown

  beforeEach(async () => {
    const store = await cornerShop()
    clock = new VirtualClock(1_800_000_000_000)
    faults = new Faults(clock)
    floor = new ShopFloor(store, 1)
    invited = []
    speeds = []
    hooks = []
    plate = store.profile.plates[0]?.id ?? ''
    sku = store.layout.products[0]?.sku ?? ''
    faults.declare(plate, 'plate')
    faults.declare('gate-1', 'gate')
    options = {
      world: floor.world,
      faults,
      ledger: new ProviderLedger(null),
      invite: (wanted) => invited.push(wanted),
      finished: () => false,
      webhooks: { subscribe: (url) => hooks.push(url) },
      speed: { initial: 1, request: (scale) => speeds.push(scale) },
    }
    open()
  })

  function open(): void {
    const control = createControl(options)
    ask = (route, body) => {
      const [method = '', path = ''] = route.split(' ')
      const answer = control(method, path, body)
      assert.equal(answer.status, 200, route)
      return answer.body
    }
  }

  it('answers on all its routes and no others', () => {
    for (const route of twinRoutes.filter((one) => one.startsWith('GET'))) assert.ok(ask(route))
    assert.equal(createControl(options)('GET', '/twin/secrets', undefined).status, 404)
  })

  interface Things {
    kinds: { kind: string; title: { ko: string }; faults: { fault: string; value?: { unit: string } }[] }[]
    things: { name: string; kind: string; broken: { fault: string; value: number | null; untilMs: number }[] }[]
  }
  const things = () => ask('GET /twin/things') as Things

  it('lists what can break, how, and what is broken', () => {
    ask('POST /twin/fault', { device: plate, fault: 'drifting', seconds: 60, value: 30 })
    const { kinds, things: all } = things()
    const cells = kinds.find(({ kind }) => kind === 'plate')
    assert.equal(cells?.title.ko, '로드셀')
    assert.equal(cells?.faults.find(({ fault }) => fault === 'drifting')?.value?.unit, 'g/min')
    const nowMs = clock.nowMs()
    assert.deepEqual(all, [
      {
        name: plate,
        kind: 'plate',
        broken: [{ fault: 'drifting', value: 30, sinceMs: nowMs, untilMs: nowMs + 60_000 }],
      },
      { name: 'gate-1', kind: 'gate', broken: [] },
    ])
  })

  it('mends one thing, or everything', () => {
    const brokenNow = () =>
      things()
        .things.filter(({ broken }) => broken.length > 0)
        .map(({ name }) => name)
    ask('POST /twin/fault', { device: plate, fault: 'stuck', seconds: 60 })
    ask('POST /twin/fault', { device: 'gate-1', fault: 'fire', seconds: 60 })
    ask('POST /twin/mend', { device: 'gate-1' })
    assert.deepEqual(brokenNow(), [plate])
    ask('POST /twin/mend')
    assert.deepEqual(brokenNow(), [])
  })

  it('invites shoppers by behaviour, and with plans for themselves and who comes along', () => {
    const { behaviours } = ask('GET /twin/behaviours') as { behaviours: string[] }
    assert.ok(behaviours.includes('hurried'))
    ask('POST /twin/shopper', { behaviour: 'hurried' })
    const plan = [
      { act: 'take', plate, item: 'a' },
      { act: 'hand-over', item: 'a', to: 'child' },
    ]
    ask('POST /twin/shopper', { name: 'parent', plan, companions: [{ name: 'child', child: true }] })
    assert.equal(invited[0]?.behaviour?.name, 'hurried')
    assert.deepEqual(invited[1], { name: 'parent', plan, companions: [{ name: 'child', child: true }] })
  })

  it('refuses acts that do not exist, and those at places and with products that the store does not have', () => {
    const refused = (plan: unknown, what: RegExp) =>
      assert.throws(
        () => ask('POST /twin/shopper', { plan }),
        (error: Error & { code: string }) => error.code === 'twin-request-invalid' && what.test(error.message),
      )
    refused([{ act: 'fly' }], /fly/)
    refused([{ act: 'take', plate: 'nowhere', item: 'a' }], /plate "nowhere"/)
    refused(
      [
        {
          act: 'take-together',
          takes: [
            { plate, item: 'a' },
            { plate: 'b', item: 'b' },
          ],
        },
      ],
      /plate "b"/,
    )
    refused([{ act: 'knock', fixture: 'f-9' }], /fixture "f-9"/)
    refused([{ act: 'fill', plate, sku: 'gold', count: 1 }], /sku "gold"/)
    assert.throws(
      () => ask('POST /twin/shopper', { companions: [{ plan: [{ act: 'count', plate: 'x' }] }] }),
      /plate "x"/,
    )
    ask('POST /twin/shopper', { plan: [{ act: 'fill', plate, sku, count: 1 }] })
    assert.equal(invited.length, 1)
  })

  it('asks for another speed where the whole store can change it, and says so where not', () => {
    ask('POST /twin/speed', { scale: 4 })
    assert.deepEqual(speeds, [4])
    assert.equal((ask('GET /twin/state') as { speed: number }).speed, 4)
    assert.throws(() => ask('POST /twin/speed', { scale: 100 }), { code: 'twin-request-invalid' })
    options.speed = { initial: 2, request: undefined }
    open()
    assert.throws(() => ask('POST /twin/speed', { scale: 4 }), { code: 'twin-speed-fixed' })
    assert.equal((ask('GET /twin/state') as { speed: number }).speed, 2)
  })

  it('pauses and goes on', () => {
    ask('POST /twin/pause')
    assert.equal(floor.world.paused, true)
    ask('POST /twin/resume')
    assert.equal(floor.world.paused, false)
  })

  it('sends the provider’s webhooks to a plain address', () => {
    ask('POST /twin/webhook', { url: 'http://127.0.0.1:8080/hooks' })
    ask('POST /twin/webhook', { url: null })
    assert.deepEqual(hooks, ['http://127.0.0.1:8080/hooks', null])
    assert.throws(() => ask('POST /twin/webhook', { url: 'ftp://127.0.0.1/' }), { code: 'twin-request-invalid' })
    assert.throws(() => ask('POST /twin/webhook', { url: 'http://a@127.0.0.1/' }), { code: 'twin-request-invalid' })
  })
})
