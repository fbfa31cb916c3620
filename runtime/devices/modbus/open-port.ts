import { connect, type Socket } from 'node:net'
import modbusSerial from 'modbus-serial'
import type { Clock } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { DeviceAddress } from '../../profile/profile-schema.ts'

export type ModbusAddress = Extract<DeviceAddress, { transport: 'modbus-tcp' | 'modbus-rtu' }>
export type ModbusClient = InstanceType<typeof modbusSerial.default>

const connectWithinMs = 3000

/**
 * A client on an open TCP connection or serial line. `onLost` is called once when it is gone.
 * The socket is ours: modbus-serial does not tell of a connection that ended with an error.
 */
export async function openPort(
  address: ModbusAddress,
  clock: Clock,
  onLost: (reason: string) => void,
): Promise<ModbusClient> {
  const client = new modbusSerial.default()
  // An 'error' event that nobody hears would end the program.
  client.on('error', (error) => onLost(errorSentence(error)))
  if (address.transport === 'modbus-tcp') {
    const socket = await openSocket(address.host, address.port, clock)
    socket.on('close', () => onLost('the other side ended the connection'))
    await client.linkTCP(socket, { port: address.port })
  } else {
    client.on('close', () => onLost('the serial port is gone'))
    const { baudRate, parity } = address
    await client.connectRTUBuffered(address.path, { baudRate, parity })
  }
  return client
}

function openSocket(host: string, port: number, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    const tooLong = clock.after(connectWithinMs, () => {
      socket.destroy(new Error(`${host}:${port} accepted no connection within ${connectWithinMs} ms`))
    })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
    socket.once('close', () => clock.clear(tooLong))
    socket.once('connect', () => clock.clear(tooLong))
  })
}
