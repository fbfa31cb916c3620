/** Our Modbus client doing the same reads and nothing else: what it costs against modbus-serial. */
import { SystemClock } from '../../runtime/contract/clock.ts'
import { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'
import { functionCode, readRequest } from '../../runtime/devices/modbus/pdu.ts'
import { benchGateways } from './layout.ts'
import { clientSettings, FirstSights, Measurement, onGrid, runClient } from './measured-client.ts'

const { ports, hz, behindLine } = clientSettings
const measurement = new Measurement()
const sights = new FirstSights(measurement)
const clock = new SystemClock()

const gateways = benchGateways().map((units, index) => {
  const address = { transport: 'modbus-tcp', host: '127.0.0.1', port: ports[index] as number } as const
  const inFlight = behindLine ? 1 : 16
  const connection = new ModbusConnection({ name: 'gateway', address, clock, answerWithinMs: 2000, inFlight })
  connection.open()
  let unanswered = 0
  const reads = units.map(({ unit, first, channels }) => ({
    unit,
    request: readRequest(functionCode.readHolding, 0, 2 * channels),
    done(error: Error | undefined, data: Buffer) {
      unanswered--
      for (let i = 0; !error && i < channels; i++) sights.take(first + i, data.readInt32BE(4 * i))
    },
  }))
  return () => {
    if (unanswered > 0) return
    unanswered = reads.length
    connection.hold()
    for (const { unit, request, done } of reads) connection.request(unit, request, done)
    connection.release()
  }
})

onGrid(hz, () => {
  for (const readAll of gateways) readAll()
})
runClient(measurement)
