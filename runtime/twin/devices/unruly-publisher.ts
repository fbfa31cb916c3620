/** An MQTT client of a device, that sends late, twice, out of order or with a wrong clock on demand. */
import mqtt from 'mqtt'
import type { Clock } from '../../contract/clock.ts'
import type { Fault } from './fault-catalogue.ts'
import type { Faults } from './faults.ts'

export interface PublisherOptions {
  /** Client id, user, and the name under which it breaks. */
  device: string
  brokerUrl: string
  password: string
  clock: Clock
  faults: Faults
}

export interface PublishOptions {
  qos: 0 | 1
  retain?: boolean
}

export interface UnrulyPublisher {
  /** What the device takes the time for: its own clock may be wrong. */
  nowMs(): number
  /** Sends it as JSON, as the faults allow; without a connection it is lost. */
  publish(topic: string, payload: unknown, options: PublishOptions): void
  /** The same of a text as it is. */
  say(topic: string, text: string, options: PublishOptions): void
  /** What others say at `topic`, while it is connected and not offline. */
  hear(topic: string, listener: (text: string) => void): void
  stop(): Promise<void>
}

/** So many messages change places. */
const shuffledAtOnce = 4

/** Connects in the background and again whenever the broker was away. */
export function unrulyPublisher({ device, brokerUrl, password, clock, faults }: PublisherOptions): UnrulyPublisher {
  const client = mqtt.connect(brokerUrl, {
    clientId: device,
    username: device,
    password,
    reconnectPeriod: 500,
    clean: true,
    queueQoSZero: false,
  })
  // Refusals and resets only mean another try.
  client.on('error', () => {})
  const broken = (fault: Fault) => faults.active(device, fault)
  const held: (() => void)[] = []

  /** The last of a few goes first. */
  function shuffle(send: () => void): void {
    held.push(send)
    if (held.length < shuffledAtOnce && broken('shuffled')) return
    for (const one of held.splice(0).reverse()) one()
  }

  function send(topic: string, text: string, { qos, retain = false }: PublishOptions): void {
    if (!client.connected || broken('offline')) return
    for (let times = broken('repeated') ? 2 : 1; times > 0; times--) client.publish(topic, text, { qos, retain })
  }

  function say(topic: string, text: string, options: PublishOptions): void {
    const lateMs = faults.value(device, 'late')
    shuffle(() => {
      if (lateMs === undefined) send(topic, text, options)
      else clock.after(lateMs, () => send(topic, text, options))
    })
  }

  return {
    nowMs: () => clock.nowMs() + (faults.value(device, 'clock-skew') ?? 0),
    publish: (topic, payload, options) => say(topic, JSON.stringify(payload), options),
    say,
    hear(topic, listener) {
      client.on('connect', () => client.subscribe(topic))
      client.on('message', (from, payload) => {
        if (from === topic && !broken('offline')) listener(payload.toString('utf8'))
      })
    },
    stop: () => client.endAsync(true).then(() => {}),
  }
}
