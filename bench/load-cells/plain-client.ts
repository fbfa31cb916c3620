/** The limit: all units of a gateway asked in one write on a plain socket, decoded in place, a bare threshold. */
import { connect } from 'node:net'
import { benchGateways, monotonicMs } from './layout.ts'
import { clientSettings, Measurement, runClient } from './measured-client.ts'

const { ports, hz } = clientSettings
const measurement = new Measurement()
const thresholdTenths = 500
const last = new Int32Array(850)

const gateways = await Promise.all(
  benchGateways().map(
    (units, index) =>
      new Promise<{ ask(): void }>((resolve) => {
        const socket = connect(ports[index] as number, '127.0.0.1', () => resolve({ ask }))
        socket.setNoDelay(true)
        const requests = Buffer.alloc(12 * units.length)
        for (const [i, { unit, channels }] of units.entries()) {
          requests[12 * i + 5] = 6
          requests[12 * i + 6] = unit
          requests[12 * i + 7] = 3
          requests.writeUInt16BE(2 * channels, 12 * i + 10)
        }
        let unanswered = 0
        let round = 0
        let rest: Buffer | undefined
        function ask(): void {
          if (unanswered > 0) return
          round = (round + 1) & 0xfff
          const bytes = Buffer.from(requests)
          for (let i = 0; i < units.length; i++) bytes.writeUInt16BE((round << 4) | i, 12 * i)
          unanswered = units.length
          socket.write(bytes)
        }
        socket.on('data', (chunk) => {
          const bytes = rest ? Buffer.concat([rest, chunk]) : chunk
          let at = 0
          while (bytes.length - at >= 6) {
            const length = bytes.readUInt16BE(at + 4)
            if (bytes.length - at < 6 + length) break
            const unit = units[bytes.readUInt16BE(at) & 15]
            for (let i = 0; unit && i < unit.channels; i++) take(unit.first + i, bytes.readInt32BE(at + 9 + 4 * i))
            unanswered--
            at += 6 + length
          }
          rest = at < bytes.length ? bytes.subarray(at) : undefined
        })
      }),
  ),
)

function take(channel: number, tenths: number): void {
  const change = tenths - (last[channel] as number)
  measurement.readings++
  if (change <= thresholdTenths && change >= -thresholdTenths) return
  last[channel] = tenths
  if (measurement.isOn) measurement.seen.push({ channel, atMs: monotonicMs() })
}

let dueMs = monotonicMs()
function tick(): void {
  for (const gateway of gateways) gateway.ask()
  dueMs = Math.max(dueMs + 1000 / hz, monotonicMs())
  setTimeout(tick, Math.max(0, dueMs - monotonicMs()))
}
tick()
runClient(measurement)
