import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { SystemClock, sleep } from '../../runtime/contract/clock.ts'
import { ModbusConnection } from '../../runtime/devices/modbus/modbus-connection.ts'
import { ModbusError } from '../../runtime/devices/modbus/modbus-error.ts'
import { listen } from '../../runtime/program/listen.ts'
import { answerFrame, type Slave, type SlaveBehaviour, startSlave } from './modbus-slave.ts'

const clock = new SystemClock()
const counting: SlaveBehaviour = ({ functionCode, address, count }) =>
  functionCode <= 2
    ? Array.from({ length: count }, (_, index) => index % 2 === 0)
    : Array.from({ length: count }, (_, index) => address + index)

const failure = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof ModbusError, String(error))
  assert.equal(error.failure, expected)
  return true
}

describe('a Modbus connection', () => {
  const started: { close(): unknown }[] = []

  async function startPair(behave: SlaveBehaviour, options: { answerWithinMs?: number; port?: number } = {}) {
    const slave = await startSlave(behave, options.port)
    const connection = connectTo(slave.port, options.answerWithinMs)
    await connected(connection)
    started.push(slave)
    return { slave, connection }
  }

  function connectTo(port: number, answerWithinMs = 500): ModbusConnection {
    const address = { transport: 'modbus-tcp', host: '127.0.0.1', port } as const
    const connection = new ModbusConnection({ name: 'gateway', address, clock, answerWithinMs })
    started.push(connection)
    connection.open()
    return connection
  }

  const connected = (connection: ModbusConnection) => changed(connection, true)

  function changed(connection: ModbusConnection, to: boolean): Promise<void> {
    if (connection.connected === to) return Promise.resolve()
    return new Promise((resolve) => {
      const unlisten = connection.onChange((now) => {
        if (now !== to) return
        unlisten()
        resolve()
      })
    })
  }

  afterEach(async () => {
    for (const each of started.splice(0)) await each.close()
  })

  it('reads and writes registers, coils and inputs of any unit', async () => {
    const { slave, connection } = await startPair(counting)
    assert.deepEqual(await connection.readHolding(3, 1004, 4), [1004, 1005, 1006, 1007])
    assert.deepEqual(await connection.readInput(255, 7, 2), [7, 8])
    assert.deepEqual(await connection.readDiscreteInputs(1, 0, 6), [true, false, true, false, true, false])
    assert.deepEqual(await connection.readCoils(0, 0, 3), [true, false, true])
    await connection.writeCoil(1, 16, true)
    await connection.writeRegister(2, 5, 0x5aa5)
    await connection.writeRegisters(2, 40, [1, 2, 3])
    const sent = slave.requests.map(({ unit, functionCode, address, count }) => [unit, functionCode, address, count])
    assert.deepEqual(sent, [
      [3, 3, 1004, 4],
      [255, 4, 7, 2],
      [1, 2, 0, 6],
      [0, 1, 0, 3],
      [1, 5, 16, 0xff00],
      [2, 6, 5, 0x5aa5],
      [2, 16, 40, 3],
    ])
    assert.equal(slave.requests.at(-1)?.frame.subarray(12).toString('hex'), '06000100020003')
  })

  it('has exactly one request in flight, and answers each with its own', async () => {
    const { slave, connection } = await startPair(async (request) => {
      await sleep(clock, 2)
      return counting(request)
    })
    const reads = Array.from({ length: 20 }, (_, index) => connection.readHolding(index % 4, index * 10, 2))
    assert.deepEqual(
      await Promise.all(reads),
      Array.from({ length: 20 }, (_, index) => [index * 10, index * 10 + 1]),
    )
    assert.equal(slave.mostInFlight, 1)
  })

  it('tells a silent unit from one that refuses, and goes on with the others', async () => {
    const { connection } = await startPair(
      (request) => (request.unit === 1 ? 'silent' : request.unit === 2 ? { exception: 2 } : counting(request)),
      { answerWithinMs: 60 },
    )
    await assert.rejects(connection.readHolding(1, 0, 1), failure('timeout'))
    await assert.rejects(connection.readHolding(2, 0, 1), (error: ModbusError) => {
      assert.equal(error.exceptionCode, 2)
      assert.match(error.sentence, /gateway: Unit 2 refused with exception 2: illegal data address/)
      return failure('exception')(error)
    })
    assert.deepEqual(await connection.readHolding(3, 9, 1), [9])
  })

  it('never takes a late answer for the answer to a later request', async () => {
    const { connection } = await startPair(
      async (request) => {
        if (request.address === 100) await sleep(clock, 150)
        return counting(request)
      },
      { answerWithinMs: 60 },
    )
    await assert.rejects(connection.readHolding(1, 100, 2), failure('timeout'))
    for (let address = 0; address < 40; address++) {
      assert.deepEqual(await connection.readHolding(1, address, 2), [address, address + 1])
      await sleep(clock, 5)
    }
  })

  it('refuses truncated and foreign answers and goes on', async () => {
    const { slave, connection } = await startPair(counting, { answerWithinMs: 80 })
    const wrong: SlaveBehaviour[] = [
      (request) => ({ raw: answerFrame(request, [1])?.subarray(0, 9) ?? Buffer.alloc(0) }), // too short a PDU, see below
      (request) => ({ raw: altered(answerFrame(request, [1, 2]), 6, 9) }), // another unit's
      (request) => ({ raw: altered(answerFrame(request, [1, 2]), 7, 4) }), // another function's
      (request) => ({ raw: altered(answerFrame(request, [1, 2]), 1, 0x77) }), // another transaction's
      (request) => ({ raw: answerFrame(request, [1, 2, 3]) ?? Buffer.alloc(0) }), // one word too many
      () => ({ raw: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') }),
    ]
    for (const behave of wrong) {
      slave.behave = behave
      await assert.rejects(connection.readHolding(1, 0, 2), ModbusError)
      slave.cut()
      await changed(connection, false)
      slave.behave = counting
      await connected(connection)
      assert.deepEqual(await connection.readHolding(1, 5, 2), [5, 6])
    }
  })

  it('opens the connection anew when the stream is out of step', async () => {
    let broken = true
    const { connection } = await startPair(
      (request) => {
        // Claims 60 000 bytes that never come: whatever follows is swallowed.
        if (broken) return { raw: Buffer.from([0, 1, 0, 0, 0xea, 0x60, 1, 3]) }
        return counting(request)
      },
      { answerWithinMs: 20 },
    )
    await assert.rejects(connection.readHolding(1, 0, 1), failure('timeout'))
    broken = false
    const lost = changed(connection, false)
    while (connection.connected) await connection.readHolding(1, 0, 1).catch(() => {})
    await lost
    await connected(connection)
    assert.deepEqual(await connection.readHolding(1, 5, 2), [5, 6])
  })

  it('refuses at once what waits when the connection breaks, and connects again by itself', async () => {
    const { slave, connection } = await startPair(() => 'silent', { answerWithinMs: 5000 })
    const waiting = [connection.readHolding(1, 0, 1), connection.writeCoil(1, 0, true)]
    const refused = Promise.allSettled(waiting)
    await sleep(clock, 30)
    slave.cut()
    for (const outcome of await refused) {
      assert.ok(outcome.status === 'rejected')
      failure('closed')(outcome.reason)
    }
    assert.equal(slave.requests.length, 1, 'the order that was still waiting must never be sent')
    slave.behave = counting
    await connected(connection)
    assert.deepEqual(await connection.readHolding(1, 5, 1), [5])
  })

  it('keeps trying while nobody listens, and refuses requests meanwhile', async () => {
    const reserved = createServer()
    const port = await listen(reserved, { host: '127.0.0.1', port: 0, what: 'the test' })
    reserved.close()
    await once(reserved, 'close')
    const connection = connectTo(port)
    await assert.rejects(connection.readHolding(1, 0, 1), failure('closed'))
    const slave: Slave = await startSlave(counting, port)
    started.push(slave)
    await connected(connection)
    assert.deepEqual(await connection.readHolding(1, 5, 1), [5])
  })

  it('sends nothing after it was closed', async () => {
    const { slave, connection } = await startPair(counting)
    connection.close()
    await assert.rejects(connection.readHolding(1, 0, 1), failure('closed'))
    assert.equal(slave.requests.length, 0)
  })

  it('survives random bytes in place of answers', async () => {
    const { slave, connection } = await startPair(counting, { answerWithinMs: 15 })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.boolean(), async (bytes, mutated) => {
        slave.behave = (request) => {
          const proper = answerFrame(request, [1, 2]) ?? Buffer.alloc(0)
          return { raw: mutated ? mixed(proper, bytes) : Buffer.from(bytes) }
        }
        await connected(connection)
        const outcome = await connection.readHolding(1, 0, 2).catch((error: unknown) => error)
        assert.ok(Array.isArray(outcome) ? outcome.length === 2 : outcome instanceof ModbusError)
      }),
      { numRuns: 60 },
    )
    slave.behave = counting
    slave.cut()
    await changed(connection, false)
    await connected(connection)
    assert.deepEqual(await connection.readHolding(1, 5, 2), [5, 6])
  })
})

function altered(frame: Buffer | undefined, at: number, value: number): Buffer {
  const copy = Buffer.from(frame ?? [])
  copy.writeUInt8(value, at)
  return copy
}

/** `frame` with each byte of `bytes` added to the byte at its place. */
function mixed(frame: Buffer, bytes: Uint8Array): Buffer {
  return Buffer.from(frame.map((byte, index) => byte + (index % 3 === 0 ? (bytes[index] ?? 0) : 0)))
}
