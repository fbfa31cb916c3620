/**
 * Random and mutated frames through everything that reads bytes of load cells. `npm run fuzz` or
 * `node test/devices/frame-fuzz.ts [frames] [seed]`: a million by default; the suite does 10 000.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { integerBetween, pick, type Random, seededRandom } from '../../runtime/contract/random.ts'
import { type DeviceCatalogue, loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import type { LoadCellStream, LoadCellTransmitter } from '../../runtime/devices/definition-schema.ts'
import { UnitDecoder } from '../../runtime/devices/load-cells/decode.ts'
import { TextFrames } from '../../runtime/devices/load-cells/text-frames.ts'
import type { Framing } from '../../runtime/devices/modbus/frames.ts'
import { functionCode, longestPdu, readAnswer, readRequest } from '../../runtime/devices/modbus/pdu.ts'
import { crc16, RtuFrames } from '../../runtime/devices/modbus/rtu-frames.ts'
import { TcpFrames } from '../../runtime/devices/modbus/tcp-frames.ts'

export const loadFuzzCatalogue = (): Promise<DeviceCatalogue> =>
  loadDeviceDefinitions(join(import.meta.dirname, '../../hardware-profiles/devices'))

/** Feeds `frames` frames; throws where anything crashes, makes a number of nothing, or keeps what it should not. */
export function fuzzFrames(catalogue: DeviceCatalogue, frames: number, seed: number): void {
  const random = seededRandom(seed)
  const definitions = catalogue.all.filter((definition) => definition.kind === 'load-cell-transmitter')
  const decoders = new Map(definitions.map((definition) => [definition, new UnitDecoder(definition)]))
  const text = new TextFrames(catalogue.get('cas-ascii') as LoadCellStream)
  let [tcp, rtu]: Framing[] = [new TcpFrames(), new RtuFrames()]
  for (let i = 0; i < frames; i++) {
    const definition = pick(random, definitions)
    const read = pick(random, definition.reads)
    const expected = { unit: 1 + (i & 7), request: readRequest(functionCode.readHolding, read.address, read.count) }
    const answer = properAnswer(random, read.count)
    const isTcp = random.next() < 0.5
    const framing = (isTcp ? tcp : rtu) as Framing
    const bytes = mutated(random, isTcp ? inTcp(expected.unit, answer) : inRtu(expected.unit, answer))
    const understood = takeInPieces(random, framing, bytes, expected, (pdu) =>
      check(definition, decoders.get(definition) as UnitDecoder, expected.request, pdu),
    )
    // As the connection does: what is no Modbus is opened anew, what does not come is timed out.
    if (!understood) tcp = new TcpFrames()
    if (random.next() < 0.3) framing.reset()
    if (i % 10 === 0) text.take(mutated(random, Buffer.from('ST,GS,\x01\xf4,    12.5 kg\r\n', 'latin1')), checkLine)
  }
}

function takeInPieces(
  random: Random,
  framing: Framing,
  bytes: Buffer,
  expected: { unit: number; request: Buffer },
  onAnswer: (pdu: Buffer) => void,
): boolean {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + integerBetween(random, 1, 64))
    if (!framing.take(bytes.subarray(at, end), expected, (_unit, pdu) => onAnswer(pdu))) return false
    at = end
  }
  return true
}

function check(definition: LoadCellTransmitter, decoder: UnitDecoder, request: Buffer, pdu: Buffer): void {
  assert.ok(pdu.length <= longestPdu)
  const answer = readAnswer(request, pdu)
  if (answer.is !== 'data') return
  assert.equal(answer.data.length, 2 * request.readUInt16BE(3))
  for (const { weightG, error, overload, underload } of decoder.decode(definition.reads.map(() => answer.data))) {
    assert.ok(weightG === null ? error || overload || underload : Number.isFinite(weightG))
  }
}

function checkLine(line: Parameters<Parameters<TextFrames['take']>[1]>[0]): void {
  if (line.is === 'reading') assert.ok(line.reading.grams === null || Number.isFinite(line.reading.grams))
}

function properAnswer(random: Random, count: number): Buffer {
  const pdu = Buffer.alloc(2 + 2 * count)
  pdu[0] = functionCode.readHolding
  pdu[1] = 2 * count
  for (let i = 2; i < pdu.length; i++) pdu[i] = integerBetween(random, 0, 255)
  return pdu
}

function inTcp(unit: number, pdu: Buffer): Buffer {
  const header = Buffer.alloc(7)
  header.writeUInt16BE(pdu.length + 1, 4)
  header[6] = unit
  return Buffer.concat([header, pdu])
}

function inRtu(unit: number, pdu: Buffer): Buffer {
  const frame = Buffer.concat([Buffer.from([unit]), pdu, Buffer.alloc(2)])
  frame.writeUInt16LE(crc16(frame, 0, frame.length - 2), frame.length - 2)
  return frame
}

/** Untouched, with bytes changed, cut off, twice, with others before it, or nothing but noise. */
function mutated(random: Random, frame: Buffer): Buffer {
  const noise = () =>
    Buffer.from(Array.from({ length: integerBetween(random, 0, 40) }, () => integerBetween(random, 0, 255)))
  switch (integerBetween(random, 0, 5)) {
    case 0:
      return frame
    case 1: {
      const changed = Buffer.from(frame)
      for (let i = integerBetween(random, 1, 4); i > 0; i--) {
        changed[integerBetween(random, 0, frame.length - 1)] = integerBetween(random, 0, 255)
      }
      return changed
    }
    case 2:
      return frame.subarray(0, integerBetween(random, 0, frame.length))
    case 3:
      return Buffer.concat([frame, frame])
    case 4:
      return Buffer.concat([noise(), frame])
    default:
      return noise()
  }
}

if (import.meta.main) {
  const [frames = '1000000', seed = `${Date.now() % 1e9}`] = process.argv.slice(2)
  console.log(`${frames} frames, seed ${seed}`)
  fuzzFrames(await loadFuzzCatalogue(), Number(frames), Number(seed))
  console.log('no crash, no hang, no number out of nothing')
}
