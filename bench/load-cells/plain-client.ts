/** The limit: all units of a gateway asked in one write on a plain socket, decoded in place, a bare threshold. */
import { connect } from 'node:net'
import { benchGateways } from './layout.ts'
import { clientSettings, FirstSights, Measurement, onGrid, runClient } from './measured-client.ts'

const { ports, hz } = clientSettings
const measurement = new Measurement()
const sights = new FirstSights(measurement)

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
            for (let i = 0; unit && i < unit.channels; i++)
              sights.take(unit.first + i, bytes.readInt32BE(at + 9 + 4 * i))
            unanswered--
            at += 6 + length
          }
          rest = at < bytes.length ? bytes.subarray(at) : undefined
        })
      }),
  ),
)

onGrid(hz, () => {
  for (const gateway of gateways) gateway.ask()
})
runClient(measurement)
