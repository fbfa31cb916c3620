import assert from 'node:assert/strict'
import fc from 'fast-check'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'
import { Faults } from '../../runtime/twin/devices/faults.ts'
import { laumasTlb4 } from '../../runtime/twin/devices/load-cells/laumas-tlb4.ts'
import type { Served } from '../../runtime/twin/devices/loopback.ts'
import { serveModbus, serveModbusRtuOverTcp } from '../../runtime/twin/devices/modbus-server.ts'
import { cellOf, pause } from './devices-support.ts'
import { rawModbus } from './modbus-client.ts'

const clock = new SystemClock()
const host = '127.0.0.1'

for (const transport of ['modbus-tcp', 'modbus-rtu-tcp'] as const) {
  describe(`the platform at a gateway that breaks, over ${transport}`, () => {
    const faults = new Faults(clock)
    const units = new Map([1, 2].map((id) => [id, laumasTlb4({ cell: () => cellOf(() => 100 * id), clock })]))
    let served: Served
    let connection: ModbusConnection

    before(async () => {
      faults.declare('gateway', 'modbus-device')
      const options = { device: 'gateway', host, port: 0, clock, faults, unit: (id: number) => units.get(id) }
      served = await (transport === 'modbus-tcp'
        ? serveModbus(options)
        : serveModbusRtuOverTcp({ ...options, unitIds: [1, 2] }))
      const address = { transport, host, port: served.port }
      connection = new ModbusConnection({ name: 'gateway', address, clock, answerWithinMs: 40 })
      connection.open()
    })

    after(async () => {
      connection.close()
      await served.stop()
    })

    /** Weights in grams; null where there was no answer. */
    async function poll(): Promise<(number | null)[]> {
      const weights: (number | null)[] = []
      for (const unit of [1, 2, 1, 2]) {
        const words = await connection.readHolding(unit, 7, 2).catch(() => null)
        weights.push(words ? ((words[0] ?? 0) * 65_536 + (words[1] ?? 0)) / 10 : null)
      }
      return weights
    }

    const right = [100, 200, 100, 200]

    function assertNothingWrong(weights: (number | null)[]): void {
      assert.ok(
        weights.every((weight, i) => weight === null || weight === right[i]),
        JSON.stringify(weights),
      )
    }

    async function becomesRight(): Promise<void> {
      const deadline = performance.now() + 5000
      let weights = await poll()
      while (weights.includes(null) && performance.now() < deadline) {
        assertNothingWrong(weights)
        await pause(10)
        weights = await poll()
      }
      assert.deepEqual(weights, right)
    }

    for (const fault of ['no-answer', 'exceptions', 'truncated', 'garbage', 'offline'] as const) {
      it(`takes no wrong weight for a right one, and recovers: ${fault}`, async () => {
        faults.set('gateway', fault, 60)
        const weights = await poll()
        assertNothingWrong(weights)
        assert.ok(weights.includes(null))
        faults.mend()
        await becomesRight()
      })
    }

    it('picks its own answers out of those of others', async () => {
      faults.set('gateway', 'foreign', 60)
      await becomesRight()
      faults.mend()
    })
  })
}

describe('a port of the twin', () => {
  const faults = new Faults(clock)
  const unit = laumasTlb4({ cell: () => cellOf(() => 50), clock })

  it('goes on serving whatever bytes somebody sends', async () => {
    const served = await serveModbus({ device: 'gateway', host, port: 0, clock, faults, unit: () => unit })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 40 }), async (pdu) => {
        const client = await rawModbus(served.port)
        // Any request at all: an answer, an exception or the end of the connection, but never the end of the port.
        const answer = await client.ask(1, pdu).catch(() => null)
        assert.ok(answer === null || answer[0] === pdu[0] || answer[0] === ((pdu[0] as number) | 0x80))
        client.close()
      }),
      { numRuns: 60 },
    )
    const client = await rawModbus(served.port)
    assert.equal((await client.ask(1, [3, 0, 7, 0, 2])).readUInt32BE(2), 500)
    client.close()
    await served.stop()
  })
})
