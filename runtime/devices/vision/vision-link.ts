import { connect, type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import type { VisionAppliance } from './vision-appliance.ts'

export interface VisionLinkOptions {
  broker: { host: string; port: number; user: string; password: string }
  appliances: readonly VisionAppliance[]
  log: Logger
}

/** The one MQTT connection on which the messages of all appliances come; it is made again whenever it breaks. */
export class VisionLink {
  readonly #options: VisionLinkOptions
  #client: MqttClient | undefined

  constructor(options: VisionLinkOptions) {
    this.#options = options
  }

  start(): void {
    const { broker, appliances, log } = this.#options
    if (appliances.length === 0) return
    const receivers = new Map(appliances.flatMap((appliance) => appliance.topics.map((topic) => [topic, appliance])))
    const client = connect({
      host: broker.host,
      port: broker.port,
      clientId: broker.user,
      username: broker.user,
      password: broker.password,
      protocolVersion: 4,
      // What was seen while nobody listened is old; the vision appliance goes on from what it sees now.
      clean: true,
      resubscribe: false,
      reconnectPeriod: 1000,
    })
    this.#client = client
    client.on('connect', () => {
      client.subscribe([...receivers.keys()], { qos: 1 }, (error) => {
        if (error) log.error({ error: error.message }, 'the broker refused the subscription')
      })
    })
    client.on('message', (topic, payload) => receivers.get(topic)?.take(topic, payload))
    client.on('error', (error) => log.warn({ error: error.message }, 'the broker cannot be reached'))
    for (const appliance of appliances) appliance.start()
  }

  async stop(): Promise<void> {
    for (const appliance of this.#options.appliances) appliance.stop()
    await this.#client?.endAsync(true)
  }
}
