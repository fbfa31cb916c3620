import { createServer, type Server, type Socket } from 'node:net'
import { listen } from '../../../runtime/program/listen.ts'

/** A reader as a fixed-mount scanner is one: a TCP server that sends each code to whoever is connected. */
export class Scanner {
  port = 0
  /** How often somebody connected. */
  connections = 0
  readonly #sockets = new Set<Socket>()
  readonly #server: Server = createServer((socket) => {
    this.#sockets.add(socket)
    this.connections++
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
  })

  async start(): Promise<this> {
    this.port = await listen(this.#server, { host: '127.0.0.1', port: 0, what: 'the scanner of the tests' })
    return this
  }

  get connected(): boolean {
    return this.#sockets.size > 0
  }

  show(code: string): void {
    for (const socket of this.#sockets) socket.write(`${code}\r`)
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
