/** A fixed-mount QR scanner in TCP server mode: whatever it reads goes to every client, ended by CR. */
import { createServer } from 'node:net'
import type { Faults } from './faults.ts'
import { type Served, serve } from './loopback.ts'

export interface Scanner extends Served {
  /** A phone is held before it. */
  reads(code: string): void
}

export async function serveScanner(options: {
  device: string
  host: string
  port: number
  faults: Faults
}): Promise<Scanner> {
  const { device, faults } = options
  const server = createServer((socket) => {
    if (faults.active(device, 'offline')) socket.destroy()
    // It only talks; what clients say is thrown away, so that their end is noticed.
    else socket.resume()
  })
  const served = await serve(server, options)
  // Through a dirty window some characters come out wrong; the length stays.
  const read = (code: string) =>
    faults.active(device, 'garbled')
      ? code.replace(/[0-9A-Za-z]/g, (right, at: number) => (at % 4 === 1 ? '?' : right))
      : code
  return {
    ...served,
    reads(code) {
      for (const socket of served.sockets) {
        if (faults.active(device, 'offline')) socket.destroy()
        else socket.write(`${read(code)}\r`.repeat(faults.active(device, 'twice') ? 2 : 1))
      }
    },
  }
}
