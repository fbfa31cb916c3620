/** Cameras that give a picture for a GET; several may share a port, each under its own path. */
import { createServer } from 'node:http'
import type { Clock } from '../../contract/clock.ts'
import { sleep } from '../../contract/clock.ts'
import type { Faults } from './faults.ts'
import { type Served, serve } from './loopback.ts'
import { encodePng, type Picture } from './png.ts'

export interface CameraOptions {
  device: string
  path: string
  picture(): Picture
}

export function serveCameras(options: {
  host: string
  port: number
  cameras: readonly CameraOptions[]
  clock: Clock
  faults: Faults
}): Promise<Served> {
  const { cameras, clock, faults } = options
  const kept = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    const camera = cameras.find(({ path }) => path === new URL(request.url ?? '/', 'http://camera').pathname)
    if (!camera || request.method !== 'GET') return void response.writeHead(404).end()
    const { device } = camera
    if (faults.active(device, 'offline')) return void request.socket.destroy()
    if (faults.active(device, 'wrong-password')) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end()
    }
    const before = kept.get(device)
    const png = before && faults.active(device, 'stuck') ? before : encodePng(camera.picture())
    kept.set(device, png)
    void sleep(clock, faults.value(device, 'slow') ?? 0).then(() =>
      response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'no-store' }).end(png),
    )
  })
  const device = cameras.map((camera) => camera.device).join(', ')
  return serve(server, { host: options.host, port: options.port, device })
}
