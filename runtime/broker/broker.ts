/**
 * The embedded MQTT broker. It is a wire, never a record: nothing is kept over its restart, and nothing is
 * retained, because a value without its age would be taken for the present.
 */
import { createServer, type Server } from 'node:net'
import { Aedes, type AuthenticateError } from 'aedes'
import type { Logger } from 'pino'
import { listen } from '../program/listen.ts'
import type { BrokerAccess } from './access.ts'
import { limitPackets } from './packet-limit.ts'

export interface Broker {
  port: number
  stop(): Promise<void>
}

const maxPacketBytes = 65_536 + 512
const maxConnections = 500
const notAuthorized = 5 as AuthenticateError['returnCode']

export async function startBroker(options: {
  host: string
  port: number
  access: BrokerAccess
  log: Logger
}): Promise<Broker> {
  const { host, port, access, log } = options
  const aedes = await Aedes.createBroker({
    connectTimeout: 5000,
    maxTopicLevels: 20,
    authenticate: (client, userName, password, done) => {
      if (access.mayConnect(client.id, userName, password)) return done(null, true)
      log.warn({ user: userName?.slice(0, 100), client: client.id.slice(0, 100) }, 'refused a connection')
      done(Object.assign(new Error('not authorized'), { returnCode: notAuthorized }), null)
    },
    authorizePublish: (client, packet, done) => {
      packet.retain = false
      // Without a client it is the broker itself. A will comes this way too when it is due.
      if (!client || access.mayPublish(client.id, packet.topic)) return done(null)
      log.warn({ client: client.id, topic: packet.topic.slice(0, 200) }, 'refused a message to a foreign topic')
      done(new Error('not authorized'))
    },
    authorizeSubscribe: (client, subscription, done) => {
      if (access.maySubscribe(client.id, subscription.topic)) return done(null, subscription)
      log.warn({ client: client.id, topic: subscription.topic.slice(0, 200) }, 'refused a subscription')
      done(null, null)
    },
  })
  aedes.on('clientError', (client, error) => log.warn({ client: client.id, error: error.message }, 'lost a client'))
  aedes.on('connectionError', (_client, error) => log.warn({ error: error.message }, 'a connection failed'))

  const server: Server = createServer((socket) => {
    socket.setNoDelay()
    aedes.handle(limitPackets(socket, maxPacketBytes))
  })
  server.maxConnections = maxConnections
  return {
    port: await listen(server, { host, port, what: 'the broker' }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        aedes.close()
      }),
  }
}
