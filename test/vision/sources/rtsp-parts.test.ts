import assert from 'node:assert/strict'
import fc from 'fast-check'
import { AisleError } from '../../../runtime/contract/errors.ts'
import { type AccessUnit, AccessUnits } from '../../../runtime/vision/sources/rtsp/access-units.ts'
import { readRtp, readSenderReport, wrapped } from '../../../runtime/vision/sources/rtsp/rtp.ts'
import { RtspMessages } from '../../../runtime/vision/sources/rtsp/rtsp-messages.ts'
import { readVideoStream } from '../../../runtime/vision/sources/rtsp/session-description.ts'

describe('what comes on an RTSP connection', () => {
  it('comes out as it went in, however it is cut', () => {
    const packet = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 100 }))
    const item = fc.oneof(packet, fc.string({ maxLength: 40 }))
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (items, step) => {
        const seen: unknown[] = []
        const messages = new RtspMessages({
          onMessage: ({ status, body }) => void seen.push([status, body]),
          onPacket: (channel, data) => void seen.push([channel, Buffer.from(data)]),
        })
        const whole = Buffer.concat(
          items.map((item) => {
            if (typeof item !== 'string') {
              const head = Buffer.from([0x24, item[0], 0, item[1].length])
              return Buffer.concat([head, item[1]])
            }
            return Buffer.from(
              `RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: ${Buffer.byteLength(item)}\r\n\r\n${item}`,
            )
          }),
        )
        for (let at = 0; at < whole.length; at += step) messages.push(whole.subarray(at, at + step))
        assert.deepEqual(
          seen,
          items.map((item) => (typeof item === 'string' ? [200, item] : [item[0], Buffer.from(item[1])])),
        )
      }),
    )
  })

  it('is refused with a clear error, or read, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const data = Buffer.from(bytes)
        readSenderReport(data)
        const messages = new RtspMessages({ onMessage: () => {}, onPacket: (_channel, packet) => void readRtp(packet) })
        try {
          messages.push(data)
        } catch (error) {
          assert.ok(error instanceof AisleError)
        }
      }),
    )
  })

  it('counts over the end of its numbers', () => {
    assert.deepEqual(
      [wrapped(65_535, 0, 16), wrapped(0, 65_535, 16), wrapped(2 ** 32 - 10, 20, 32), wrapped(5, 5, 32)],
      [1, -1, 30, 0],
    )
  })

  it('makes whole pictures of any packets, or says that they are damaged', () => {
    const packet = fc.record({ timestamp: fc.nat(3), marker: fc.boolean(), payload: fc.uint8Array({ maxLength: 60 }) })
    fc.assert(
      fc.property(fc.constantFrom('h264', 'h265'), fc.array(packet), (codec, packets) => {
        const units: AccessUnit[] = []
        const joined = new AccessUnits({
          ...{ codec, parameterSets: [], maxBytes: 500 },
          onUnit: (unit) => void units.push(unit),
          onDamaged: () => {},
        })
        packets.forEach((packet, sequence) => {
          joined.push({ ...packet, sequence, payloadType: 96, payload: Buffer.from(packet.payload) })
        })
        for (const { bytes } of units) assert.equal(bytes.readUInt32BE(0), 1)
      }),
    )
  })
})

describe('the description of a stream', () => {
  const sdp = (lines: string) => `v=0\nm=audio 0 RTP/AVP 8\na=control:audio\nm=video 0 RTP/AVP 98\n${lines}\n`

  it('says how the video is coded, and where to ask for it', () => {
    const text = sdp('a=rtpmap:98 H264/90000\na=fmtp:98 a=1; sprop-parameter-sets=Z0I=,aM4=\na=control:trackID=1')
    const base = 'rtsp://10.0.0.1/Streaming/Channels/102?x=1'
    assert.deepEqual(readVideoStream(text, base), {
      codec: 'h264',
      control: `${base}/trackID=1`,
      payloadType: 98,
      clockHz: 90_000,
      parameterSets: [Buffer.from([0x67, 0x42]), Buffer.from([0x68, 0xce])],
    })
    const absolute = sdp(
      'a=rtpmap:98 H265/90000\na=control:rtsp://10.0.0.1/a\na=fmtp:98 sprop-vps=QAE=; sprop-sps=QgE=',
    )
    const stream = readVideoStream(absolute, base)
    assert.deepEqual([stream.codec, stream.control, stream.parameterSets.length], ['h265', 'rtsp://10.0.0.1/a', 2])
  })

  it('is refused where it offers something else', () => {
    for (const text of ['', 'm=audio 0 RTP/AVP 8', sdp('a=rtpmap:98 JPEG/90000'), sdp('')]) {
      assert.throws(() => readVideoStream(text, 'rtsp://a/'), { code: 'stream-unusable' })
    }
  })
})
