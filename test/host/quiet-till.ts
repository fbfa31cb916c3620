/** A till in which nothing has happened yet, and nothing will: for flows that close, which wait long for a till that is away. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TillState } from '../../runtime/till-api/events.ts'

const state: TillState = { storeId: 'corner-shop', sequence: 0, visits: [], gates: [] }

export async function startQuietTill(): Promise<{ port: number; stop(): void }> {
  const server = createServer(({ url = '' }, response) => {
    if (url === '/v1/state') return response.setHeader('content-type', 'application/json').end(JSON.stringify(state))
    // Followers wait for what happens.
    if (url.startsWith('/v1/events')) return response.flushHeaders()
    response.writeHead(503).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
