/** A speaker that takes announcements by POST. It makes no sound: who listens to a twin? */
import { createServer } from 'node:http'
import { type Clock, sleep } from '../../contract/clock.ts'
import type { Faults } from './faults.ts'
import { type Served, serve } from './loopback.ts'

const mostBytes = 10_000

export function serveSpeaker(options: {
  device: string
  host: string
  port: number
  path: string
  clock: Clock
  faults: Faults
}): Promise<Served> {
  const { device, host, port, path, clock, faults } = options
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== path) return void response.writeHead(404).end()
    if (faults.active(device, 'offline')) return void request.socket.destroy()
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > mostBytes) request.socket.destroy()
    })
    request.on('end', () => {
      void sleep(clock, faults.value(device, 'slow') ?? 0).then(() => response.writeHead(204).end())
    })
  })
  return serve(server, { host, port, device })
}
