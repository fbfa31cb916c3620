/** What the samples of a plate show of its health, from the wire to the message that the flows get. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import type { SensedMessage } from '../../runtime/sensing-api/sensing-client.ts'
import { devicePassword, profiles, runSensing, type TestSensing, until } from '../support/running-sensing.ts'
import { SyntheticShelf, startMs } from '../weighing/synthetic-shelf.ts'

const topic = 'corner-shop/board'
/** A board publishes this much at once here, so that minutes of the store pass in a second. */
const chunkMs = 2000

describe('the health that samples show', () => {
  let clock: VirtualClock
  let running: TestSensing
  let board: MqttClient
  /** Plates of one shelf, from left to right; channel 1 is the first. */
  let plates: string[]
  let messages: SensedMessage[]
  let end: () => void

  beforeEach(async () => {
    clock = new VirtualClock(startMs)
    const { profile, layout, ...rest } = await loadStore(join(profiles, 'corner-shop'))
    const shelves = [...Map.groupBy(layout.plates, ({ fixture, shelf }) => `${fixture} ${shelf}`).values()]
    const places = shelves.find((on) => on.length >= 4)?.toSorted((a, b) => a.index - b.index) ?? []
    plates = places.map(({ id }) => id)
    const store = {
      ...rest,
      layout,
      profile: {
        ...profile,
        cameras: [],
        devices: profile.devices.map((device) =>
          device.id === 'weighing-gateway'
            ? { ...device, definition: 'diy-mqtt', address: { transport: 'mqtt' as const, topic } }
            : device,
        ),
        plates: profile.plates
          .filter(({ id }) => plates.includes(id))
          .map((plate) => ({ ...plate, source: { ...plate.source, unit: 1, channel: plates.indexOf(plate.id) + 1 } })),
      },
    }
    running = await runSensing(store, clock)
    messages = []
    end = running.client.follow('flows', ['device-health'], (message) => void messages.push(message))
    const clientId = 'weighing-gateway'
    board = await connectAsync(`mqtt://127.0.0.1:${running.broker.port}`, {
      ...{ clientId, username: clientId, password: devicePassword },
    })
  })

  afterEach(async () => {
    end()
    await board.endAsync(true)
    await running.stop()
  })

  /** Publishes the samples of a shelf as they come about. */
  async function publish(shelf: SyntheticShelf, durationS: number) {
    const readings = shelf
      .batches(durationS)
      .flatMap(({ firstAtMs, rateHz, grams }) =>
        (grams[0] ?? []).flatMap((_, i) =>
          grams.map((row, plate) => ({ ts: firstAtMs + (i * 1000) / rateHz, ch: plate + 1, g: row[i] ?? null })),
        ),
      )
    const first = readings[0]?.ts ?? 0
    const chunks = [...Map.groupBy(readings, ({ ts }) => Math.floor((ts - first) / chunkMs)).values()]
    for (const chunk of chunks) {
      const lastMs = chunk.at(-1)?.ts ?? 0
      clock.advanceTo(Math.max(clock.nowMs(), lastMs))
      for (let at = 0; at < chunk.length; at += 200) {
        await board.publishAsync(topic, JSON.stringify(chunk.slice(at, at + 200)), { qos: 1 })
      }
      await until(
        'the samples',
        async () => {
          const reading = (await running.client.plates()).find(({ plate }) => plate === plates[shelf.plates.length - 1])
          return (reading?.atMs ?? 0) >= lastMs - 1
        },
        2,
      )
    }
  }
  const told = (plate: string | undefined) =>
    messages.flatMap((message) => (message.type === 'device-health' && message.plate === plate ? [message] : []))

  it('says that a plate drifts', async () => {
    const shelf = new SyntheticShelf({ plates: 2, rateHz: 10 }).put('p2', (t) => t / 12)
    await publish(shelf, 800)
    await until('the drift', () => told(plates[1]).some(({ state }) => state === 'drifting'))
    assert.match(told(plates[1]).at(-1)?.reason ?? '', /drifts by \d+ g an hour/)
    assert.ok(told(plates[0]).every(({ state }) => state === 'online'))
  })

  it('says that a sign is flipped', async () => {
    const shelf = new SyntheticShelf({ plates: 4, rateHz: 20 })
    for (const atS of [3, 8, 13, 18]) {
      const sign = atS % 2 ? -1 : 1
      shelf.step('p2', sign * 60, atS).step('p3', sign * -45, atS)
      shelf.step('p3', sign * -45, atS + 2.5).step('p4', sign * 70, atS + 2.5)
    }
    await publish(shelf, 25)
    await until('the flipped sign', () => told(plates[2]).some(({ state }) => state === 'sign-flipped'))
  })
})
