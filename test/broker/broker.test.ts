import assert from 'node:assert/strict'
import { connect as connectTcp, type Socket } from 'node:net'
import fc from 'fast-check'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { BrokerAccess } from '../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../runtime/broker/broker.ts'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'

const clock = new SystemClock()
const closed = (connection: MqttClient | Socket) =>
  new Promise<void>((resolve) => void connection.once('close', () => resolve()))

describe('the broker', () => {
  let broker: Broker
  const clients: MqttClient[] = []

  const connect = async (user: string, options: IClientOptions = {}) => {
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: user,
      username: user,
      password: user === 'sensing' ? 'sensing-password' : 'device-password',
      protocolVersion: 4,
      reconnectPeriod: 0,
      connectTimeout: 2000,
      ...options,
    })
    client.on('error', () => {})
    clients.push(client)
    return client
  }

  /** What `listener` hears while `action` runs and shortly after. */
  async function heardDuring(listener: MqttClient, action: () => Promise<unknown>): Promise<string[]> {
    const heard: string[] = []
    const hear = (topic: string, payload: Buffer) => heard.push(`${topic} ${payload}`)
    listener.on('message', hear)
    await action()
    await sleep(clock, 50)
    listener.off('message', hear)
    return heard
  }

  async function startListener() {
    const sensing = await connect('sensing')
    await sensing.subscribeAsync('#', { qos: 1 })
    return sensing
  }

  beforeEach(async () => {
    const access = new BrokerAccess([
      { name: 'vision-1', password: 'device-password', publishes: 'shop/vision', hearsAll: false },
      { name: 'vision-2', password: 'device-password', publishes: 'shop/other', hearsAll: false },
      { name: 'sensing', password: 'sensing-password', publishes: null, hearsAll: true },
      { name: 'unset', password: '', publishes: 'shop/unset', hearsAll: true },
    ])
    broker = await startBroker({ host: '127.0.0.1', port: 0, access, log: pino({ level: 'silent' }) })
  })

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.endAsync(true)))
    await broker.stop()
  })

  it('carries what a device publishes below its topic to sensing', async () => {
    const sensing = await startListener()
    const device = await connect('vision-1')
    const heard = await heardDuring(sensing, async () => {
      await device.publishAsync('shop/vision/people', 'a', { qos: 1 })
      await device.publishAsync('shop/vision', 'b', { qos: 1 })
    })
    assert.deepEqual(heard, ['shop/vision/people a', 'shop/vision b'])
  })

  it('lets nobody in without name and password, or with an empty password', async () => {
    for (const wrong of [
      { username: undefined, password: undefined },
      { password: 'guess' },
      { password: undefined },
      { username: 'nobody', clientId: 'nobody' },
      { username: 'unset', clientId: 'unset', password: '' },
      { username: '__proto__', clientId: '__proto__' },
    ]) {
      await assert.rejects(connect('vision-1', wrong), /[Nn]ot authorized/)
    }
  })

  it('lets no device take the place of another', async () => {
    const first = await connect('vision-1')
    await assert.rejects(connect('vision-2', { clientId: 'vision-1' }), /[Nn]ot authorized/)
    await first.publishAsync('shop/vision/people', 'still here', { qos: 1 })
  })

  it('drops a device that publishes to a foreign topic, and carries nothing of it', async () => {
    const sensing = await startListener()
    for (const topic of ['shop/other/people', 'shop/vision2', 'shop', '$SYS/x']) {
      const device = await connect('vision-1')
      const heard = await heardDuring(sensing, () =>
        Promise.race([device.publishAsync(topic, 'forged', { qos: 1 }).catch(() => {}), closed(device)]),
      )
      assert.deepEqual(heard, [], topic)
    }
  })

  it('lets devices hear nothing, and sensing say nothing', async () => {
    const device = await connect('vision-1')
    await assert.rejects(device.subscribeAsync('shop/other/#'))
    const sensing = await startListener()
    const ended = closed(sensing)
    sensing.publish('shop/vision/people', 'forged', { qos: 1 })
    await ended
  })

  it('publishes no will to a foreign topic', async () => {
    const sensing = await startListener()
    const own = await connect('vision-1', {
      will: { topic: 'shop/vision/gone', payload: Buffer.from('x'), qos: 1, retain: false },
    })
    const foreign = await connect('vision-2', {
      will: { topic: 'shop/vision/people', payload: Buffer.from('forged'), qos: 1, retain: false },
    })
    const heard = await heardDuring(sensing, async () => {
      own.stream.destroy()
      foreign.stream.destroy()
    })
    assert.deepEqual(heard, ['shop/vision/gone x'])
  })

  it('keeps nothing for later', async () => {
    const device = await connect('vision-1')
    await device.publishAsync('shop/vision/people', 'old', { qos: 1, retain: true })
    const sensing = await connect('sensing')
    assert.deepEqual(await heardDuring(sensing, () => sensing.subscribeAsync('#')), [])
  })

  it('ends a connection that announces too long a packet, before it is collected', async () => {
    const device = await connect('vision-1')
    const ended = closed(device)
    device.publish('shop/vision/people', Buffer.alloc(100_000), { qos: 0 })
    await ended

    const socket = connectTcp(broker.port, '127.0.0.1').on('error', () => {})
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
    await closed(socket)
  })

  it('survives random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = connectTcp(broker.port, '127.0.0.1').on('error', () => {})
        socket.end(Buffer.from(bytes))
        socket.resume()
        await closed(socket)
      }),
      { numRuns: 100 },
    )
    const sensing = await startListener()
    const device = await connect('vision-1')
    const heard = await heardDuring(sensing, () => device.publishAsync('shop/vision/people', 'alive', { qos: 1 }))
    assert.deepEqual(heard, ['shop/vision/people alive'])
  })
})
