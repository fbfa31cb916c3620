/** The twin stands in for devices on this machine only: it must never answer in a real shop's network. */
import type { Server, Socket } from 'node:net'
import { AisleError } from '../../contract/errors.ts'
import { listen } from '../../program/listen.ts'

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

/** @throws AisleError `twin-not-loopback` */
export function requireLoopback(host: string, device: string): void {
  if (loopback.has(host.replace(/^\[|\]$/g, ''))) return
  throw new AisleError('twin-not-loopback', `The twin does not serve ${host}: that may be a real device.`, {
    where: device,
    action: 'Start with --live for the real devices, or give this device the host 127.0.0.1 in the profile.',
  })
}

/** A server's connections, so that ending it ends them. */
export interface Served {
  port: number
  sockets: ReadonlySet<Socket>
  stop(): Promise<void>
}

/** @throws AisleError `port-taken`, `twin-not-loopback` */
export async function serve(server: Server, at: { host: string; port: number; device: string }): Promise<Served> {
  requireLoopback(at.host, at.device)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    // A client that vanishes is not our trouble.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  const port = await listen(server, { host: at.host, port: at.port, what: `${at.device} of the twin` })
  return {
    port,
    sockets,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
