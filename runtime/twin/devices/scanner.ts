/** QR scanners: one in TCP server mode, whatever it reads goes to every client, ended by CR; one over MQTT. */
import { createServer } from 'node:net'
import type { Faults } from './faults.ts'
import { type Served, serve } from './loopback.ts'
import { type PublisherOptions, unrulyPublisher } from './unruly-publisher.ts'

export interface Scanner {
  /** A phone is held before it. */
  reads(code: string): void
  stop(): Promise<void>
}

export async function serveScanner(options: {
  device: string
  host: string
  port: number
  faults: Faults
}): Promise<Scanner & Served> {
  const { device, faults } = options
  const server = createServer((socket) => {
    if (faults.active(device, 'offline')) socket.destroy()
    // It only talks; what clients say is thrown away, so that their end is noticed.
    else socket.resume()
  })
  const served = await serve(server, options)
  return {
    ...served,
    reads(code) {
      for (const socket of served.sockets) {
        if (faults.active(device, 'offline')) socket.destroy()
        else for (const read of readings(code, device, faults)) socket.write(`${read}\r`)
      }
    },
  }
}

/** A board of one's own that publishes each code as one message. */
export function startMqttScanner(options: PublisherOptions & { topic: string }): Scanner {
  const { device, faults, topic } = options
  const publisher = unrulyPublisher(options)
  return {
    reads(code) {
      for (const read of readings(code, device, faults)) publisher.say(topic, read, { qos: 1 })
    },
    stop: () => publisher.stop(),
  }
}

/** What a scanner makes of a code, as its faults are. */
export function readings(code: string, device: string, faults: Faults): string[] {
  // Through a dirty window some characters come out wrong; the length stays.
  const read = faults.active(device, 'garbled')
    ? code.replace(/[0-9A-Za-z]/g, (right, at: number) => (at % 4 === 1 ? '?' : right))
    : code
  return faults.active(device, 'twice') ? [read, read] : [read]
}
