/**
 * modbus-serial doing the same reads: all units of a gateway asked at once over one connection. Its unit id belongs to
 * the connection, but it is taken when a request is sent, so one after the other may be set.
 */
import modbusSerial from 'modbus-serial'
import { benchGateways } from './layout.ts'
import { clientSettings, FirstSights, Measurement, onGrid, runClient } from './measured-client.ts'

const { ports, hz, behindLine } = clientSettings
const measurement = new Measurement()
const sights = new FirstSights(measurement)

const gateways = await Promise.all(
  benchGateways().map(async (units, index) => {
    const client = new modbusSerial.default()
    await client.connectTCP('127.0.0.1', { port: ports[index] as number })
    client.setTimeout(2000)
    let busy = false

    async function readUnit({ unit, first, channels }: (typeof units)[number]): Promise<void> {
      client.setID(unit)
      const { buffer } = await client.readHoldingRegisters(0, 2 * channels)
      for (let i = 0; i < channels; i++) sights.take(first + i, buffer.readInt32BE(4 * i))
    }
    async function readAll(): Promise<void> {
      if (busy) return
      busy = true
      try {
        if (behindLine) for (const unit of units) await readUnit(unit).catch(() => {})
        else await Promise.allSettled(units.map(readUnit))
      } finally {
        busy = false
      }
    }
    return readAll
  }),
)

onGrid(hz, () => {
  for (const readAll of gateways) void readAll()
})
runClient(measurement)
