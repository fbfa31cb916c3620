/** Ours as in sensing: polling with health, readings for the pages, and weighing, in one process. */
import { SystemClock } from '../../runtime/contract/clock.ts'
import type { LoadCellTransmitter } from '../../runtime/devices/definition-schema.ts'
import { connectionOptionsOf } from '../../runtime/devices/load-cells/gateway-plan.ts'
import { LoadCellPoller } from '../../runtime/devices/load-cells/load-cell-poller.ts'
import { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'
import type { Plate } from '../../runtime/profile/layout.ts'
import { HealthBoard } from '../../runtime/sensing/health-board.ts'
import { PlateBoard } from '../../runtime/sensing/plate-board.ts'
import { joiningTimes, SampleJoiner } from '../../runtime/sensing/sample-joiner.ts'
import type { SampleBatch } from '../../runtime/sensing-api/sensing-client.ts'
import { Weighing } from '../../runtime/weighing/weighing.ts'
import { benchGateways, monotonicMs } from './layout.ts'
import { clientSettings, FirstSights, Measurement, runClient } from './measured-client.ts'

const { ports, hz, behindLine } = clientSettings
const measurement = new Measurement()
const clock = new SystemClock()
const definition: LoadCellTransmitter = {
  format: 'open-aisle-device',
  version: 1,
  id: 'bench',
  maker: 'bench',
  model: 'eight channels',
  description: '',
  sources: ['this benchmark'],
  kind: 'load-cell-transmitter',
  protocol: 'modbus',
  unitIds: { minimum: 1, maximum: 247 },
  channels: 8,
  readFunction: 3,
  writeFunction: 16,
  wordOrder: 'high-first',
  reads: [{ address: 0, count: 16 }],
  weight: { address: 0, stride: 2, type: 'i32' },
  decimals: { from: 'fixed', decimals: 1 },
  unit: { from: 'fixed', unit: 'g' },
  adjustable: [],
  commands: {},
  limits: { maxRegisters: 32, minIntervalMs: 0, answerWithinMs: 250 },
}

const line = { baudRate: 115_200, parity: 'none' } as const
const gateways = benchGateways()
const plates: Plate[] = gateways.flat().flatMap(({ first, channels }) =>
  Array.from({ length: channels }, (_, i) => ({
    id: `${first + i}`,
    fixture: `f${first}`,
    shelf: 1,
    index: i + 1,
    positionM: [i * 0.3, 0, 1],
    sizeM: [0.28, 0.4],
    yawRad: 0,
    ratingG: 20_000,
  })),
)
const weighing = new Weighing({ storeId: 'bench', plates })
const health = new HealthBoard(() => {})
const board = new PlateBoard(
  plates.map(({ id }) => id),
  health,
)
const sights = new FirstSights(measurement)
/** The channels of a unit follow each other: its list of plates says which. */
const channelOf = new Map<string[], number>()

function onBatch(batch: SampleBatch): void {
  // For the transport's share alone.
  const first = channelOf.get(batch.plates) ?? Number(batch.plates[0])
  channelOf.set(batch.plates, first)
  for (let i = 0; i < batch.grams.length; i++) {
    const grams = batch.grams[i]?.[0]
    if (typeof grams === 'number') sights.take(first + i, Math.round(10 * grams))
  }
  joiner.push(batch)
}

const joiner = new SampleJoiner(joiningTimes, (batch) => {
  for (const event of weighing.push(batch, clock.nowMs())) {
    if (!measurement.isOn || event.revision > 0) continue
    measurement.told.push({ channel: Number(event.plates[0]?.plate), atMs: monotonicMs() })
  }
})

for (const [index, units] of gateways.entries()) {
  const host = '127.0.0.1'
  const port = ports[index] as number
  // A line behind the gateway is said in the profile; then one request is in flight.
  const address = { transport: 'modbus-tcp', host, port, ...(behindLine ? { line } : {}) } as const
  const name = `gateway-${index + 1}`
  const plan = {
    device: name,
    address,
    definition,
    pollHz: hz,
    units: units.map(({ unit, first, channels }) => ({
      unit,
      fixtures: [
        {
          fixture: `f${first}`,
          plates: Array.from({ length: channels }, (_, i) => ({ plate: `${first + i}`, channel: i + 1 })),
        },
      ],
    })),
  }
  const connection = new ModbusConnection({ ...connectionOptionsOf(plan), clock })
  const poller = new LoadCellPoller({
    plan,
    connection,
    clock,
    wireClock: clock,
    onBatch,
    onReading: (plate, reading, atMs) => board.read(plate, reading, atMs),
    onHealth: (report) => health.report(report),
  })
  poller.start()
  connection.open()
}
runClient(measurement)
