/**
 * Doors of a Hikvision controller, as its ISAPI is described by those who use it: digest login (RFC 7616 with MD5 and
 * qop auth), PUT of <RemoteControlDoor><cmd> to a door, an answer in XML. A door is a relay of its gate here.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { type Clock, sleep } from '../../contract/clock.ts'
import type { RelayModule } from '../world/gate-mechanics.ts'
import type { Faults } from './faults.ts'
import { type Served, serve } from './loopback.ts'

const doors = 4
const realm = 'DS-2CD'
/** How long a door that is opened once stays unlocked, as such controllers are delivered. */
const unlockMs = 5000
const mostBytes = 10_000
const doorPath = /^\/ISAPI\/AccessControl\/RemoteControl\/door\/(\d+)$/
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

export interface HikvisionDoor extends Served {
  /** How often somebody asked for anything. */
  requests(): number
}

export async function serveHikvisionDoor(options: {
  device: string
  host: string
  port: number
  /** user:password */
  login: string
  module: RelayModule
  clock: Clock
  faults: Faults
}): Promise<HikvisionDoor> {
  const { device, login, module, clock, faults } = options
  module.hasWatchdog = false
  const nonce = randomBytes(16).toString('hex')
  const [user = '', password = ''] = login.split(':')
  let lastCount = 0
  let requests = 0

  function mayUse({ method, url, headers }: IncomingMessage): boolean {
    const fields = Object.fromEntries(
      [...(headers.authorization ?? '').matchAll(/(\w+)="?([^",]*)"?/g)].map(([, name, value]) => [name, value]),
    )
    const secret = md5(`${user}:${realm}:${password}`)
    const { nc = '', cnonce, uri, response } = fields
    const expected = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${md5(`${method}:${uri}`)}`)
    const isFresh = Number.parseInt(nc, 16) > lastCount
    if (uri !== url || response !== expected || !isFresh || faults.active(device, 'wrong-password')) return false
    lastCount = Number.parseInt(nc, 16)
    return true
  }

  function obey(door: number, command: string | undefined): boolean {
    const now = () => clock.nowMs()
    if (command === 'open') {
      module.setRelay(door, true, now())
      clock.after(unlockMs, () => module.setRelay(door, false, now()))
    } else if (command === 'alwaysOpen') module.setRelay(door, true, now())
    else if (command === 'close' || command === 'alwaysClose') module.setRelay(door, false, now())
    else return false
    return true
  }

  const server = createServer((request, response) => {
    requests++
    if (faults.active(device, 'offline') || !module.powered) return void request.socket.destroy()
    if (!mayUse(request)) {
      const challenge = `Digest qop="auth", realm="${realm}", nonce="${nonce}", stale="FALSE"`
      return void response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
      if (body.length > mostBytes) request.socket.destroy()
    })
    request.on('end', () => {
      void sleep(clock, faults.value(device, 'slow') ?? 0).then(() => {
        const { status, text } = answer(request, body)
        response.writeHead(status, { 'content-type': 'application/xml' }).end(text)
      })
    })
  })

  function answer({ method, url = '' }: IncomingMessage, body: string): { status: number; text: string } {
    if (method === 'GET' && url === '/ISAPI/System/deviceInfo') {
      return { status: 200, text: '<DeviceInfo version="2.0"><deviceName>twin</deviceName></DeviceInfo>' }
    }
    const door = Number(doorPath.exec(url)?.[1])
    if (method !== 'PUT' || !(door >= 1 && door <= doors)) return said(404, 4, 'Invalid Operation')
    const command = /<RemoteControlDoor[^>]*>\s*<cmd>(\w+)<\/cmd>\s*<\/RemoteControlDoor>/.exec(body)?.[1]
    return obey(door, command) ? said(200, 1, 'OK') : said(400, 6, 'Invalid Content')
  }

  return { ...(await serve(server, options)), requests: () => requests }
}

const said = (status: number, code: number, text: string) => ({
  status,
  text: `<ResponseStatus version="2.0"><statusCode>${code}</statusCode><statusString>${text}</statusString></ResponseStatus>`,
})
