/**
 * A gate board over MQTT, after the convention of the device page: it says how its contacts are at each change and
 * twice a second, and obeys orders that are new and have not expired. Its relays' times and its watch are its own.
 */
import { type Clock, SystemClock, type Timer } from '../../../contract/clock.ts'
import type { RelayModule } from '../../world/gate-mechanics.ts'
import { type PublisherOptions, unrulyPublisher } from '../unruly-publisher.ts'

export interface MqttGateOptions extends PublisherOptions {
  topic: string
  module: RelayModule
  clock: Clock
  /** Brings the world up to now before the contacts are looked at. */
  advance(): void
}

const inputs = 8
const lookEveryMs = 20
const sayEveryMs = 400

interface Order {
  run: string
  number: number
  expiresAtMs: number
  relays: { relay: number; on: boolean; forMs?: number }[]
}

export function startMqttGate(options: MqttGateOptions): { stop(): Promise<void> } {
  const { module, clock, topic, device, faults } = options
  module.hasWatchdog = false
  const publisher = unrulyPublisher(options)
  const own = new SystemClock()
  const ends = new Map<number, Timer>()
  let last = { run: '', number: 0 }
  let said = ''
  let saidAtMs = 0

  function set(relay: number, closed: boolean): void {
    own.clear(ends.get(relay))
    ends.delete(relay)
    module.setRelay(relay, closed, clock.nowMs())
  }

  function obey(text: string): void {
    const order = JSON.parse(text) as Order
    const isNew = order.run !== last.run || order.number > last.number
    if (!isNew || order.expiresAtMs < own.nowMs() || faults.active(device, 'deaf')) return
    last = { run: order.run, number: order.number }
    for (const { relay, on, forMs } of order.relays) {
      set(relay, on)
      if (on && forMs !== undefined)
        ends.set(
          relay,
          own.after(forMs, () => set(relay, false)),
        )
    }
  }

  function look(): void {
    options.advance()
    const nowMs = clock.nowMs()
    const report = {
      inputs: Array.from({ length: inputs }, (_, i) => module.input(i + 1, nowMs)),
      counts: Array.from({ length: inputs }, (_, i) => module.count(i + 1)),
    }
    const text = JSON.stringify(report)
    if (module.powered && (text !== said || own.nowMs() - saidAtMs >= sayEveryMs)) {
      publisher.publish(`${topic}/contacts`, report, { qos: 0 })
      said = text
      saidAtMs = own.nowMs()
    }
    timer = own.after(lookEveryMs, look)
  }
  publisher.hear(`${topic}/orders`, obey)
  let timer = own.after(0, look)

  return {
    async stop() {
      own.clear(timer)
      for (const end of ends.values()) own.clear(end)
      await publisher.stop()
    },
  }
}
