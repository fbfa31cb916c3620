/** A camera over HTTP: snapshots and MJPEG, behind a login, with the faults that cameras have. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { listen } from '../../../runtime/program/listen.ts'
import { DigestGuard, type GuardOptions } from './digest-guard.ts'
import { smallJpegs } from './small-jpegs.ts'

const boundary = 'frontier'

export class HttpCamera {
  readonly #server: Server
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly guard: DigestGuard | undefined
  /** Instead of a picture. */
  answer: RequestListener | undefined
  /** What is sent as the next picture. */
  picture = (): Buffer => smallJpegs[this.shown++ % smallJpegs.length] as Buffer
  withLength = true
  shown = 0
  requests = 0
  url = ''

  constructor(login?: GuardOptions) {
    this.guard = login && new DigestGuard(login)
    this.#server = createServer((request, response) => {
      this.requests++
      const challenge = this.guard?.challenge(request.method ?? '', request.headers.authorization)
      if (challenge) response.writeHead(401, { 'www-authenticate': ['Basic realm="camera"', challenge] }).end('no')
      else if (this.answer) this.answer(request, response)
      else if (request.url?.startsWith('/axis-cgi/mjpg')) this.#stream(response)
      else response.end(this.picture())
    })
  }

  async start(): Promise<void> {
    this.url = `http://127.0.0.1:${await listen(this.#server, { host: '127.0.0.1', port: 0, what: 'the test' })}`
  }

  cut(): void {
    this.#server.closeAllConnections()
  }

  stop(): void {
    this.cut()
    for (const timer of this.#timers) clearInterval(timer)
    this.#server.close()
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=--${boundary}` })
    const timer = setInterval(() => {
      const picture = this.picture()
      const length = this.withLength ? `Content-Length: ${picture.length}\r\n` : ''
      response.write(`--${boundary}\r\nContent-Type: image/jpeg\r\n${length}\r\n`)
      response.write(picture)
      response.write('\r\n')
    }, 40)
    this.#timers.add(timer)
    response.on('close', () => {
      clearInterval(timer)
      this.#timers.delete(timer)
    })
  }
}
