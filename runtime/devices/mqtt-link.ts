import { connect, type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import type { MqttReceiver } from './mqtt-receiver.ts'

export interface MqttLinkOptions {
  broker: { host: string; port: number; user: string; password: string }
  receivers: readonly MqttReceiver[]
  /** Connects also while there is nobody to hear for. */
  speaks?: boolean
  log: Logger
}

/** The one MQTT connection on which all messages of devices come; it is made again whenever it breaks. */
export class MqttLink {
  readonly #options: MqttLinkOptions
  #receivers: readonly MqttReceiver[]
  #byTopic: ReadonlyMap<string, MqttReceiver> = new Map()
  #client: MqttClient | undefined

  constructor(options: MqttLinkOptions) {
    this.#options = options
    this.#receivers = options.receivers
  }

  /** Now or never: what is said to a device must not reach it when nobody expects it any more. */
  publish(topic: string, payload: string): void {
    if (this.#client?.connected) this.#client.publish(topic, payload, { qos: 0 })
  }

  start(): void {
    this.#byTopic = byTopic(this.#receivers)
    if (this.#receivers.length > 0 || this.#options.speaks) this.#connect()
    for (const receiver of this.#receivers) receiver.start()
  }

  /** Messages are for these from now on; those among them that were there before hear on without a break. */
  change(receivers: readonly MqttReceiver[]): void {
    const [before, topicsBefore] = [this.#receivers, this.#byTopic]
    this.#receivers = receivers
    this.#byTopic = byTopic(receivers)
    for (const receiver of before) if (!receivers.includes(receiver)) receiver.stop()
    if (this.#client) {
      const gone = [...topicsBefore.keys()].filter((topic) => !this.#byTopic.has(topic))
      // Without a connection nothing is subscribed, and what is wanted is asked for as soon as there is one.
      if (this.#client.connected && gone.length > 0) this.#client.unsubscribe(gone)
      if (this.#client.connected) this.#subscribe([...this.#byTopic.keys()].filter((topic) => !topicsBefore.has(topic)))
    } else if (receivers.length > 0) this.#connect()
    for (const receiver of receivers) if (!before.includes(receiver)) receiver.start()
  }

  async stop(): Promise<void> {
    for (const receiver of this.#receivers) receiver.stop()
    await this.#client?.endAsync(true)
  }

  #connect(): void {
    const { broker, log } = this.#options
    const client = connect({
      host: broker.host,
      port: broker.port,
      clientId: broker.user,
      username: broker.user,
      password: broker.password,
      protocolVersion: 4,
      // What was seen while nobody listened is old; a device goes on from what it sees now.
      clean: true,
      resubscribe: false,
      reconnectPeriod: 1000,
    })
    this.#client = client
    client.on('connect', () => this.#subscribe([...this.#byTopic.keys()]))
    client.on('message', (topic, payload) => this.#byTopic.get(topic)?.take(topic, payload))
    client.on('error', (error) => log.warn({ error: error.message }, 'the broker cannot be reached'))
  }

  #subscribe(topics: string[]): void {
    if (topics.length === 0) return
    this.#client?.subscribe(topics, { qos: 1 }, (error) => {
      if (error) this.#options.log.error({ error: error.message }, 'the broker refused the subscription')
    })
  }
}

const byTopic = (receivers: readonly MqttReceiver[]) =>
  new Map(receivers.flatMap((receiver) => receiver.topics.map((topic) => [topic, receiver])))
