import assert from 'node:assert/strict'
import { createTwinClient, type TwinClient } from '../../runtime/console/twin-client.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { createControl } from '../../runtime/twin/control/control.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import type { Served } from '../../runtime/twin/devices/loopback.ts'
import { ProviderLedger } from '../../runtime/twin/provider/provider-ledger.ts'
import { serveProvider } from '../../runtime/twin/provider/provider-server.ts'
import type { Coming } from '../../runtime/twin/world/world.ts'
import { ShopFloor } from '../twin/shop-floor.ts'
import { cornerShop } from './running-console.ts'

const wallClock = new SystemClock()

describe('the console’s client of the real simulation', () => {
  let served: Served
  let twin: TwinClient
  let floor: ShopFloor
  const [invited, speeds]: [Coming[], number[]] = [[], []]

  const clientOf = (token: string): TwinClient => {
    const client = createTwinClient({ url: `http://127.0.0.1:${served.port}`, token, wallClock })
    assert.ok(client)
    return client
  }

  before(async () => {
    const store = await loadStore(cornerShop)
    floor = new ShopFloor(store, 1)
    const faults = new Faults(wallClock)
    faults.declare('g1-s1-p1', 'plate')
    served = await serveProvider({
      ...{ host: '127.0.0.1', port: 0, clock: wallClock, faults, secretKey: 'key', controlToken: 'the-token' },
      toss: () => assert.fail('nobody pays here'),
      control: createControl({
        ...{ world: floor.world, faults, ledger: new ProviderLedger(null), webhooks: { subscribe: () => {} } },
        invite: (wanted) => invited.push(wanted),
        finished: () => false,
        speed: { initial: 1, request: (scale) => speeds.push(scale) },
      }),
    })
    twin = clientOf('the-token')
  })
  after(() => served.stop())

  const refusal = async (asked: Promise<unknown>): Promise<AisleError> => {
    const error = await asked.then(() => assert.fail('it was not refused')).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof AisleError, String(error))
    return error
  }

  it('understands everything that it answers', async () => {
    const { behaviours, requestSchema } = await twin.behaviours()
    assert.ok(behaviours.includes('buyer'))
    assert.ok(requestSchema.properties.plan.items.oneOf.every(({ properties }) => properties.act?.const))
    assert.ok((await twin.things()).kinds.some(({ kind }) => kind === 'camera'))
    assert.equal((await twin.state()).speed, 1)
    floor.visit([])
    assert.equal((await twin.truth()).visits.length, 1)
  })

  it('pauses, goes on, changes the speed, adds shoppers, breaks and mends', async () => {
    await twin.setRunning(false)
    assert.equal((await twin.state()).paused, true)
    await twin.setRunning(true)
    await twin.setSpeed(4)
    assert.deepEqual(speeds, [4])
    await twin.addShopper({ behaviour: 'buyer' })
    await twin.addShopper({ plan: [{ act: 'wait', durationMs: 10 }] })
    assert.equal(invited.length, 2)
    await twin.break({ device: 'g1-s1-p1', fault: 'drifting', seconds: 60, value: 30 })
    assert.deepEqual(
      (await twin.things()).things[0]?.broken.map(({ fault, value }) => [fault, value]),
      [['drifting', 30]],
    )
    await twin.mend('g1-s1-p1')
    assert.deepEqual((await twin.things()).things[0]?.broken, [])
  })

  it('passes on what is wrong with a plan', async () => {
    const { message } = await refusal(twin.addShopper({ plan: [{ act: 'take', item: 'a', plate: 'nowhere' }] }))
    assert.match(message, /no plate "nowhere"/)
    const { code, message: missing } = await refusal(twin.addShopper({ plan: [{ act: 'wait' }] }))
    assert.equal(code, 'twin-request-invalid')
    assert.match(missing, /\/plan\/0\/durationMs is missing/)
  })

  it('says so when nothing of ours answers there', async () => {
    assert.equal((await refusal(clientOf('wrong').state())).code, 'twin-unreachable')
    const nobody = createTwinClient({ url: 'http://127.0.0.1:1', token: 'the-token', wallClock })
    assert.equal((await refusal(nobody?.state() ?? Promise.resolve())).code, 'twin-unreachable')
  })

  it('gives the token to nobody beyond this machine', () => {
    for (const url of ['https://api.tosspayments.com', 'http://127.0.0.1.evil.example', 'http://10.0.0.1:15050']) {
      assert.equal(createTwinClient({ url, token: 'the-token', wallClock }), null)
    }
  })
})
