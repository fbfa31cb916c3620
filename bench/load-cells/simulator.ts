/**
 * Gateways that answer: one TCP port each, function 3, a 32-bit weight in tenths of a gram for each channel from
 * register 0. With `serviceMs` each serves one unit at a time and takes that long, as one with a serial line does.
 */
import { createServer, type Socket } from 'node:net'
import { seededRandom } from '../../runtime/contract/random.ts'
import { listen } from '../../runtime/program/listen.ts'
import { type BenchUnit, benchGateways, monotonicMs, type Step } from './layout.ts'
import type { SimulatorSettings } from './measure.ts'

const { serviceMs, silentMs = 0, firstBusOnly = false } = JSON.parse(process.argv[2] ?? '{}') as SimulatorSettings
/** A unit of the first gateway that never answers; its gateway waits for it. 0: none. */
let deadUnit = 0
const gateways = benchGateways()
const total = gateways.flat().reduce((sum, { channels }) => sum + channels, 0)
const random = seededRandom(7)
const tenths = Int32Array.from({ length: total }, () => 20_000 + Math.floor(20_000 * random.next()))
const noise = Int8Array.from({ length: 65_536 }, () => Math.round(6 * (random.next() + random.next() - 1)))
let noiseAt = 0
let steps: Step[] = []
/** Readings since the steps began. */
let answered = 0
let stepping: NodeJS.Timeout | undefined
let stepCount = 0
/** A prime stride: a channel has come to rest long before its next step. */
const stride = 397
const stepped = (firstBusOnly ? (gateways[0] as BenchUnit[]).slice(0, -1) : gateways.flat()).flatMap(
  ({ first, channels }) => Array.from({ length: channels }, (_, i) => first + i),
)

function answer(request: Buffer, { first }: BenchUnit): Buffer {
  const count = request.readUInt16BE(10)
  answered += count >> 1
  const reply = Buffer.allocUnsafe(9 + 2 * count)
  request.copy(reply, 0, 0, 8)
  reply.writeUInt16BE(3 + 2 * count, 4)
  reply[8] = 2 * count
  const from = first + (request.readUInt16BE(8) >> 1)
  for (let i = 0; i < count >> 1; i++) {
    noiseAt = (noiseAt + 1) & 65_535
    reply.writeInt32BE((tenths[from + i] as number) + (noise[noiseAt] as number), 9 + 4 * i)
  }
  return reply
}

function gateway(units: BenchUnit[], isFirst: boolean) {
  const byId = new Map(units.map((unit) => [unit.unit, unit]))
  const waiting: { socket: Socket; request: Buffer; unit: BenchUnit | undefined }[] = []
  let freeAtMs = 0
  let isPlanned = false
  const isDead = (unit: number) => isFirst && unit === deadUnit

  function serve(): void {
    isPlanned = false
    const nowMs = monotonicMs()
    for (let next = waiting[0]; next && freeAtMs <= nowMs + 0.3; next = waiting[0]) {
      waiting.shift()
      if (next.unit && !next.socket.destroyed) next.socket.write(answer(next.request, next.unit))
      freeAtMs += waiting[0]?.unit === undefined && waiting.length > 0 ? silentMs : serviceMs
    }
    plan()
  }

  function plan(): void {
    if (waiting.length === 0 || isPlanned) return
    isPlanned = true
    setTimeout(serve, Math.max(0, freeAtMs - monotonicMs()))
  }

  return createServer((socket) => {
    socket.setNoDelay(true).on('error', () => {})
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const replies: Buffer[] = []
      let at = 0
      for (; bytes.length - at >= 12; at += 12) {
        const request = Buffer.from(bytes.subarray(at, at + 12))
        const id = request[6] as number
        const unit = isDead(id) ? undefined : byId.get(id)
        if (serviceMs === 0) {
          if (unit) replies.push(answer(request, unit))
          continue
        }
        if (waiting.length === 0) freeAtMs = Math.max(freeAtMs, monotonicMs() + (unit ? serviceMs : silentMs))
        waiting.push({ socket, request, unit })
        plan()
      }
      rest = Buffer.from(bytes.subarray(at))
      if (replies.length > 0) socket.write(Buffer.concat(replies))
    })
  })
}

const ports: number[] = []
for (const [index, units] of gateways.entries()) {
  ports.push(await listen(gateway(units, index === 0), { host: '127.0.0.1', port: 0, what: 'the benchmark' }))
}

process.on('message', (message: { type: string; perSecond?: number }) => {
  // The last of the first gateway: no step is made on it.
  if (message.type === 'die') deadUnit = gateways[0]?.at(-1)?.unit ?? 0
  if (message.type === 'step') {
    steps = []
    answered = 0
    clearInterval(stepping)
    stepping = setInterval(
      () => {
        const round = Math.floor(stepCount / stepped.length)
        const channel = stepped[(stepCount++ * stride) % stepped.length] as number
        tenths[channel] = (tenths[channel] as number) + (round & 1 ? -2500 : 2500)
        steps.push({ channel, atMs: monotonicMs() })
      },
      1000 / (message.perSecond ?? 20),
    )
  }
  if (message.type === 'steps') {
    clearInterval(stepping)
    process.send?.({ type: 'steps', steps, answered })
  }
})
process.on('disconnect', () => process.exit(0))
process.send?.({ type: 'ready', ports })
