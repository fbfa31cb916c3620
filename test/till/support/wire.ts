import { connect, createServer, type Server, type Socket } from 'node:net'
import { listen } from '../../../runtime/program/listen.ts'

/** A network cable between two programs that can be cut, or go dead without anybody being told. */
export class Wire {
  port = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #state: 'whole' | 'cut' | 'dead' = 'whole'

  constructor(targetPort: number) {
    this.#server = createServer((near) => {
      if (this.#state === 'cut') return void near.destroy()
      const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true })
      near.setNoDelay(true)
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from)
        from.on('data', (bytes) => {
          if (this.#state === 'whole') to.write(bytes)
        })
        from.on('error', () => {})
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
      }
    })
  }

  async start(): Promise<this> {
    this.port = await listen(this.#server, { host: '127.0.0.1', port: 0, what: 'a wire of the tests' })
    return this
  }

  cut(): void {
    this.#state = 'cut'
    for (const socket of this.#sockets) socket.destroy()
  }

  /** What is sent is lost, and no connection ends. */
  goDead(): void {
    this.#state = 'dead'
  }

  mend(): void {
    this.#state = 'whole'
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
