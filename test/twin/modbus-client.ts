/** A Modbus TCP client of bytes and nothing else, so that the twin's maps are read as they come off the wire. */
import { connect, type Socket } from 'node:net'

export interface RawModbus {
  /** Sends a request and gives the answer, both without the MBAP header. */
  ask(unit: number, pdu: number[]): Promise<Buffer>
  close(): void
}

export async function rawModbus(port: number): Promise<RawModbus> {
  const socket: Socket = connect({ host: '127.0.0.1', port })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let transaction = 0
  let pending = Buffer.alloc(0)
  const waiting = new Map<number, { resolve(pdu: Buffer): void; reject(error: Error): void }>()
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('connection closed'))
  })
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 7 && pending.length >= 6 + pending.readUInt16BE(4)) {
      const end = 6 + pending.readUInt16BE(4)
      waiting.get(pending.readUInt16BE(0))?.resolve(pending.subarray(7, end))
      pending = pending.subarray(end)
    }
  })
  return {
    ask(unit, pdu) {
      transaction = (transaction + 1) & 0xffff
      const header = Buffer.from([transaction >> 8, transaction & 0xff, 0, 0, 0, pdu.length + 1, unit])
      return new Promise((resolve, reject) => {
        waiting.set(transaction, { resolve, reject })
        socket.write(Buffer.concat([header, Buffer.from(pdu)]))
      })
    },
    close: () => socket.destroy(),
  }
}
