/** Cameras that give a picture for a GET, or a stream of them (MJPEG); several may share a port, each by its paths. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Clock, sleep } from '../../contract/clock.ts'
import type { Picture } from '../render/canvas.ts'
import type { Faults } from './faults.ts'
import { encodeJpeg } from './jpeg.ts'
import { type Served, serve } from './loopback.ts'

export interface CameraOptions {
  device: string
  snapshotPath?: string
  streamPath?: string
  picture(): Picture | Promise<Picture>
}

interface Options {
  cameras: readonly CameraOptions[]
  clock: Clock
  /** Real time, which streams keep to, however fast the store's time runs. */
  wireClock: Clock
  faults: Faults
}

const boundary = 'picture'
const usualFps = 10
const mostFps = 30

export function serveCameras({ host, port, ...options }: Options & { host: string; port: number }): Promise<Served> {
  const { cameras, faults } = options
  const ofDevice = new Map(cameras.map((camera) => [camera.device, new ServedCamera(camera, options)]))
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://camera')
    // A model's own path is not known here: where an address has none, any is answered.
    const isAt = (path: string | undefined) => path === pathname || path === '/'
    const asked = cameras.find(({ snapshotPath, streamPath }) => isAt(snapshotPath) || isAt(streamPath))
    const camera = asked && ofDevice.get(asked.device)
    if (!camera || request.method !== 'GET') return void response.writeHead(404).end()
    const { device, streamPath } = asked
    if (faults.active(device, 'offline')) return void request.socket.destroy()
    if (faults.active(device, 'wrong-password')) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end()
    }
    const serving = isAt(streamPath)
      ? camera.stream(request, response, searchParams.get('fps'))
      : camera.snapshot(response)
    // A picture that cannot be made ends the connection, as a camera's fault does.
    serving.catch(() => request.socket.destroy())
  })
  const device = cameras.map((camera) => camera.device).join(', ')
  return serve(server, { host, port, device })
}

class ServedCamera {
  readonly #camera: CameraOptions
  readonly #options: Options
  #kept: Promise<Buffer> | undefined
  #keptAtMs = Number.NEGATIVE_INFINITY

  constructor(camera: CameraOptions, options: Options) {
    this.#camera = camera
    this.#options = options
  }

  async snapshot(response: ServerResponse): Promise<void> {
    const jpeg = await this.#jpeg(0)
    await this.#delay()
    response.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'no-store' }).end(jpeg)
  }

  /** The newest picture each time that the one before has gone out: who reads slowly gets fewer, never older ones. */
  async stream(request: IncomingMessage, response: ServerResponse, fps: string | null): Promise<void> {
    const { wireClock, faults } = this.#options
    const everyMs = 1000 / Math.min(mostFps, Math.max(1, Number(fps ?? usualFps) || usualFps))
    const gone = new AbortController()
    request.socket.once('close', () => gone.abort())
    response.writeHead(200, {
      'content-type': `multipart/x-mixed-replace; boundary=${boundary}`,
      'cache-control': 'no-store',
    })
    for (let dueMs = wireClock.nowMs(); !gone.signal.aborted; dueMs = Math.max(dueMs + everyMs, wireClock.nowMs())) {
      if (faults.active(this.#camera.device, 'offline')) return void request.socket.destroy()
      const jpeg = await this.#jpeg(everyMs / 2)
      await this.#delay(gone.signal)
      const head = `--${boundary}\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`
      const part = Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')])
      if (!response.write(part)) await drained(response, gone.signal)
      await sleep(wireClock, Math.max(1, dueMs + everyMs - wireClock.nowMs()), gone.signal)
    }
  }

  /** @param maxAgeMs a picture no older than this serves other viewers, too */
  #jpeg(maxAgeMs: number): Promise<Buffer> {
    const { wireClock, faults } = this.#options
    const isStuck = faults.active(this.#camera.device, 'stuck')
    if (this.#kept && (isStuck || wireClock.nowMs() - this.#keptAtMs < maxAgeMs)) return this.#kept
    this.#keptAtMs = wireClock.nowMs()
    this.#kept = Promise.resolve(this.#camera.picture()).then(encodeJpeg)
    return this.#kept
  }

  #delay(signal?: AbortSignal): Promise<void> {
    const { clock, faults } = this.#options
    return sleep(clock, faults.value(this.#camera.device, 'slow') ?? 0, signal)
  }
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
