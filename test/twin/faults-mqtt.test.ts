import assert from 'node:assert/strict'
import mqtt from 'mqtt'
import { pino } from 'pino'
import { BrokerAccess } from '../../runtime/broker/access.ts'
import { type Broker, startBroker } from '../../runtime/broker/broker.ts'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { startMqttBoard } from '../../runtime/twin/devices/load-cells/diy-mqtt.ts'
import { startVisionAppliance, type VisionAppliance } from '../../runtime/twin/devices/vision-appliance.ts'
import { cellOf, pause, waitFor } from './devices-support.ts'

describe('devices that publish, and break', () => {
  const clock = new SystemClock()
  let broker: Broker
  let faults: Faults
  let listener: mqtt.MqttClient
  let heard: { topic: string; json: never; retain: boolean; atMs: number }[] = []
  const password = 'board-password'
  const brokerUrl = () => `mqtt://127.0.0.1:${broker.port}`
  const login = (id: string) => ({ device: id, brokerUrl: brokerUrl(), password, clock, faults })

  before(async () => {
    const user = (name: string, publishes: string | null) => ({
      name,
      password,
      publishes,
      hearsAll: publishes === null,
    })
    const access = new BrokerAccess([
      user('board', 'shelf/board'),
      user('vision', 'store/vision'),
      user('listener', null),
    ])
    broker = await startBroker({ host: '127.0.0.1', port: 0, access, log: pino({ level: 'silent' }) })
    listener = await mqtt.connectAsync(brokerUrl(), { clientId: 'listener', username: 'listener', password })
    listener.on('message', (topic, payload, { retain }) =>
      heard.push({ topic, json: JSON.parse(payload.toString()) as never, retain, atMs: clock.nowMs() }),
    )
    await listener.subscribeAsync('#')
  })

  beforeEach(() => {
    faults = new Faults(clock)
    faults.declare('board', 'mqtt-board')
    faults.declare('vision', 'vision-appliance')
    heard = []
  })

  after(async () => {
    await listener.endAsync(true)
    await broker.stop()
  })

  interface BoardReading {
    ts: number
    seq: number
    ch: number
    g: number | null
  }
  const batches = () => heard.map(({ json }) => json as BoardReading[])

  async function withBoard(work: () => Promise<void>): Promise<void> {
    const cells = new Map([
      [1, cellOf(() => 10)],
      [4, { ...cellOf(() => 20), connected: () => false }],
    ])
    const board = startMqttBoard({ ...login('board'), topic: 'shelf/board', cells, advance: () => {} })
    try {
      await work()
    } finally {
      await board.stop()
    }
  }

  it('publishes the readings of a board’s channels with a count, null where there is no cell', () =>
    withBoard(async () => {
      await waitFor('two messages', () => heard.length >= 2)
      const [first = [], second = []] = batches()
      assert.deepEqual(
        first.slice(0, 2).map(({ ch, g }) => [ch, g]),
        [
          [1, 10],
          [4, null],
        ],
      )
      assert.equal(second[0]?.seq, (first.at(-1)?.seq ?? 0) + 1)
    }))

  it('has the clock of a board wrong, its messages twice, an old one to be retained, which our broker does not do', () =>
    withBoard(async () => {
      faults.set('board', 'clock-skew', 60, 90_000)
      await waitFor('a reading from the future', () =>
        batches().some(([one]) => (one?.ts ?? 0) > clock.nowMs() + 80_000),
      )
      faults.mend()
      faults.set('board', 'repeated', 60)
      await waitFor('a message twice', () => {
        const counts = batches().map(([one]) => one?.seq)
        return new Set(counts).size < counts.length
      })
      faults.mend()
      faults.set('board', 'retained-old', 60)
      await waitFor('an old one', () => batches().some(([one]) => (one?.ts ?? 0) < clock.nowMs() - 3_500_000))
      heard = []
      await listener.unsubscribeAsync('#')
      await listener.subscribeAsync('#')
      await waitFor('a new one', () => heard.length > 0)
      assert.ok(heard.every(({ retain }) => !retain))
    }))

  async function withVision(work: (appliance: VisionAppliance) => Promise<void>): Promise<void> {
    const person = { id: 'a', head: [1, 1, 1.7], hands: [[1, 1, 1], null], score: 1 } as never
    const view = { people: () => [person] }
    const appliance = startVisionAppliance({ ...login('vision'), topic: 'store/vision', view, advance: () => {} })
    try {
      await waitFor('its first frame', () => heard.length > 0)
      await work(appliance)
    } finally {
      await appliance.stop()
    }
  }
  const times = () => heard.map(({ json }) => (json as { t: number }).t)

  it('sends frames of a vision appliance without hands, and with a clock that is off', () =>
    withVision(async () => {
      faults.set('vision', 'no-hands', 60)
      await waitFor('a frame without hands', () =>
        heard.some(({ json }) => JSON.stringify(json).includes('[null,null]')),
      )
      faults.set('vision', 'clock-skew', 60, -30_000)
      await waitFor('a frame from the past', () => times().some((t) => t * 1000 < clock.nowMs() - 25_000))
    }))

  it('shuffles frames, sends them twice, late, or none', () =>
    withVision(async () => {
      faults.set('vision', 'shuffled', 60)
      await waitFor('time running backwards', () => times().some((t, i) => t < (times()[i - 1] ?? 0)))
      faults.mend()
      faults.set('vision', 'repeated', 60)
      await waitFor('a frame twice', () => times().some((t, i) => t === times()[i - 1]))
      faults.mend()
      faults.set('vision', 'late', 60, 300)
      const lateMs = () => heard.map(({ json, atMs }) => atMs - (json as { t: number }).t * 1000)
      await waitFor('a late frame', () => lateMs().some((ms) => ms >= 290))
      faults.mend()
      faults.set('vision', 'offline', 60)
      await pause(400)
      heard = []
      await pause(150)
      assert.deepEqual(heard, [])
    }))
})
