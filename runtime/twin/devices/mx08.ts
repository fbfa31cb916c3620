/**
 * BAYKON MX08: up to 8 A/D modules behind one Modbus slave. Register map after its technical manual, p. 59-62
 * (command set 1): a block of 7 registers a channel from 41005 (address 1004): status, indicated weight,
 * gross, tare (two registers each, high word first); zero and tare commands from 41062. Functions 3 and 16 only.
 * Status bits after the PT113 manual, p. 40.
 */
import { ModbusRefusal, type ModbusUnit, modbusException } from './modbus-server.ts'

const firstAddress = 1004
const registersPerChannel = 7
const channels = 8
const firstCommand = 1061
const readLimit = 125
const statusDataOk = 1 << 1
const statusUnstable = 1 << 2
const statusNet = 1 << 3
const errorShift = 13
const errorOverRange = 2
const errorNoInstrument = 7

/** What a channel's A/D module gives; undefined: none is plugged in. */
export interface Mx08Channel {
  /** Weight above the cell's zero, before any command. */
  grams(): number
  /** In motion, by the module's own detector. */
  moving(): boolean
  connected(): boolean
  ratingG: number
}

export function mx08(channelOf: (channel: number) => Mx08Channel | undefined): ModbusUnit {
  const zeroG = new Array<number>(channels + 1).fill(0)
  const tareG = new Array<number>(channels + 1).fill(0)

  function block(channel: number): number[] {
    const source = channelOf(channel)
    if (!source?.connected()) return [errorNoInstrument << errorShift, 0, 0, 0, 0, 0, 0]
    const gross = source.grams() - (zeroG[channel] as number)
    const tare = tareG[channel] as number
    const over = gross > source.ratingG * 1.1
    let status = over ? errorOverRange << errorShift : statusDataOk
    if (source.moving()) status |= statusUnstable
    if (tare !== 0) status |= statusNet
    return [status, ...words(gross - tare), ...words(gross), ...words(tare)]
  }

  function read(address: number, count: number): Buffer {
    if (count < 1 || count > readLimit) throw new ModbusRefusal(modbusException.illegalValue)
    const from = address - firstAddress
    if (from < 0 || from + count > channels * registersPerChannel)
      throw new ModbusRefusal(modbusException.illegalAddress)
    const answer = Buffer.alloc(2 + 2 * count)
    answer[0] = 3
    answer[1] = 2 * count
    const first = Math.floor(from / registersPerChannel)
    const last = Math.floor((from + count - 1) / registersPerChannel)
    for (let channel = first; channel <= last; channel++) {
      for (const [i, value] of block(channel + 1).entries()) {
        const place = channel * registersPerChannel + i - from
        if (place >= 0 && place < count) answer.writeUInt16BE(value, 2 + 2 * place)
      }
    }
    return answer
  }

  function command(address: number, value: number): void {
    const channel = address - firstCommand + 1
    const source = channelOf(channel)
    if (channel < 1 || channel > channels) throw new ModbusRefusal(modbusException.illegalAddress)
    if (!source?.connected()) throw new ModbusRefusal(modbusException.deviceFailure)
    if (value === 1) {
      zeroG[channel] = source.grams()
      tareG[channel] = 0
    } else if (value === 2) tareG[channel] = source.grams() - (zeroG[channel] as number)
    else throw new ModbusRefusal(modbusException.illegalValue)
  }

  return (request) => {
    const [code, address, count] = [request.readUInt8(0), request.readUInt16BE(1), request.readUInt16BE(3)]
    if (code === 3) return read(address, count)
    if (code !== 16) throw new ModbusRefusal(modbusException.illegalFunction)
    for (let i = 0; i < count; i++) command(address + i, request.readUInt16BE(6 + 2 * i))
    return request.subarray(0, 5)
  }
}

/** Tenths of a gram in two registers, high word first. */
function words(grams: number): [number, number] {
  const tenths = Math.round(grams * 10)
  return [(tenths >>> 16) & 0xffff, tenths & 0xffff]
}
