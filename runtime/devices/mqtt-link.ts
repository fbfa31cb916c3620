import { connect, type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import type { MqttReceiver } from './mqtt-receiver.ts'

export interface MqttLinkOptions {
  broker: { host: string; port: number; user: string; password: string }
  receivers: readonly MqttReceiver[]
  log: Logger
}

/** The one MQTT connection on which all messages of devices come; it is made again whenever it breaks. */
export class MqttLink {
  readonly #options: MqttLinkOptions
  #client: MqttClient | undefined

  constructor(options: MqttLinkOptions) {
    this.#options = options
  }

  /** Now or never: what is said to a device must not reach it when nobody expects it any more. */
  publish(topic: string, payload: string): void {
    if (this.#client?.connected) this.#client.publish(topic, payload, { qos: 0 })
  }

  start(): void {
    const { broker, receivers, log } = this.#options
    if (receivers.length === 0) return
    const byTopic = new Map(receivers.flatMap((receiver) => receiver.topics.map((topic) => [topic, receiver])))
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
    client.on('connect', () => {
      client.subscribe([...byTopic.keys()], { qos: 1 }, (error) => {
        if (error) log.error({ error: error.message }, 'the broker refused the subscription')
      })
    })
    client.on('message', (topic, payload) => byTopic.get(topic)?.take(topic, payload))
    client.on('error', (error) => log.warn({ error: error.message }, 'the broker cannot be reached'))
    for (const receiver of receivers) receiver.start()
  }

  async stop(): Promise<void> {
    for (const receiver of this.#options.receivers) receiver.stop()
    await this.#client?.endAsync(true)
  }
}
