/**
 * Pictures out of packets: joins the NAL units of H.264 (RFC 6184) and H.265 (RFC 7798) to access units, as one
 * picture is called there, and lets a decoder begin at a picture that needs no other.
 */

import { type RtpPacket, wrapped } from './rtp.ts'
import type { VideoCodec } from './session-description.ts'

export interface AccessUnit {
  /** Each NAL unit behind a start code (Annex B). */
  bytes: Buffer
  timestamp: number
  /** Needs no other picture. */
  key: boolean
  /** The sequence parameter sets in it: where they change, the picture's size may. */
  sequenceParameterSets: Buffer[]
}

const startCode = Buffer.from([0, 0, 0, 1])

/** How a NAL unit of each codec says what it is, and how the unit types of RTP are numbered. */
const formats = {
  h264: {
    headerBytes: 1,
    type: (nal: Buffer) => (nal[0] ?? 0) & 31,
    isPicture: (type: number) => type >= 1 && type <= 5,
    isKey: (type: number) => type === 5,
    isSequenceParameterSet: (type: number) => type === 7,
    aggregate: 24,
    fragment: 28,
    /** The unit's type lies in the fragment's own header, the rest in the packet's. */
    rebuild: (packet: Buffer) => Buffer.from([((packet[0] ?? 0) & 0xe0) | ((packet[1] ?? 0) & 31)]),
  },
  h265: {
    headerBytes: 2,
    type: (nal: Buffer) => ((nal[0] ?? 0) >> 1) & 63,
    isPicture: (type: number) => type < 32,
    isKey: (type: number) => type >= 16 && type <= 21,
    isSequenceParameterSet: (type: number) => type === 33,
    aggregate: 48,
    fragment: 49,
    rebuild: (packet: Buffer) =>
      Buffer.from([((packet[0] ?? 0) & 0x81) | (((packet[2] ?? 0) & 63) << 1), packet[1] ?? 0]),
  },
} as const

export interface AccessUnitsOptions {
  codec: VideoCodec
  /** Sent before a picture that needs no other, where the stream itself does not. */
  parameterSets: readonly Buffer[]
  maxBytes: number
  onUnit(unit: AccessUnit): void
  onDamaged(reason: string): void
}

export class AccessUnits {
  readonly #options: AccessUnitsOptions
  readonly #format: (typeof formats)[VideoCodec]
  #nals: Buffer[] = []
  #bytes = 0
  #fragments: Buffer[] = []
  #timestamp: number | undefined
  #sequence: number | undefined
  #broken = false

  constructor(options: AccessUnitsOptions) {
    this.#options = options
    this.#format = formats[options.codec]
  }

  push(packet: RtpPacket): void {
    const step = this.#sequence === undefined ? 1 : wrapped(this.#sequence, packet.sequence, 16)
    this.#sequence = packet.sequence
    if (packet.timestamp !== this.#timestamp) this.#end()
    this.#timestamp = packet.timestamp
    if (step !== 1) this.#damage('packets of its stream are missing')
    this.#take(packet.payload)
    if (packet.marker) this.#end()
  }

  #take(payload: Buffer): void {
    const type = this.#format.type(payload)
    if (type === this.#format.aggregate) this.#takeAggregate(payload)
    else if (type === this.#format.fragment) this.#takeFragment(payload)
    else this.#add(Buffer.from(payload))
  }

  /** Several units in a packet, each after its length. */
  #takeAggregate(payload: Buffer): void {
    for (let at: number = this.#format.headerBytes; at + 2 <= payload.length; ) {
      const end = at + 2 + payload.readUInt16BE(at)
      if (end > payload.length) this.#damage('a packet of its stream is cut off')
      else this.#add(Buffer.from(payload.subarray(at + 2, end)))
      at = end
    }
  }

  /** A part of a unit: the first bit behind the header says that it begins, the second that it ends. */
  #takeFragment(payload: Buffer): void {
    const { headerBytes, rebuild } = this.#format
    const flags = payload[headerBytes] ?? 0
    if (flags & 0x80) this.#fragments = [rebuild(payload)]
    if (this.#fragments.length === 0) {
      this.#damage('the beginning of a picture is missing')
      return
    }
    this.#fragments.push(Buffer.from(payload.subarray(headerBytes + 1)))
    this.#bytes += payload.length
    if (this.#bytes > this.#options.maxBytes) {
      this.#tooLarge()
    } else if (flags & 0x40) {
      this.#nals.push(Buffer.concat(this.#fragments))
      this.#fragments = []
    }
  }

  #add(nal: Buffer): void {
    this.#bytes += nal.length
    if (this.#bytes > this.#options.maxBytes) this.#tooLarge()
    else if (nal.length > this.#format.headerBytes) this.#nals.push(nal)
  }

  #tooLarge(): void {
    this.#damage(`a picture has more than ${this.#options.maxBytes} bytes`)
  }

  /** The rest of this picture is let pass. Told once a picture. */
  #damage(reason: string): void {
    if (!this.#broken) this.#options.onDamaged(`${reason}.`)
    this.#broken = true
    this.#nals = []
    this.#fragments = []
    this.#bytes = 0
  }

  #end(): void {
    const { type, isPicture } = this.#format
    // Some cameras mark their parameter sets as if they were a picture: they belong to the next one.
    if (!this.#broken && !this.#nals.some((nal) => isPicture(type(nal)))) return
    const nals = this.#nals
    const broken = this.#broken
    this.#nals = []
    this.#fragments = []
    this.#bytes = 0
    this.#broken = false
    if (!broken && this.#timestamp !== undefined) this.#give(nals, this.#timestamp)
  }

  #give(nals: Buffer[], timestamp: number): void {
    const { type, isKey, isSequenceParameterSet } = this.#format
    const isSet = (nal: Buffer) => isSequenceParameterSet(type(nal))
    const key = nals.some((nal) => isKey(type(nal)))
    const all = key && !nals.some(isSet) ? [...this.#options.parameterSets, ...nals] : nals
    this.#options.onUnit({
      bytes: Buffer.concat(all.flatMap((nal) => [startCode, nal])),
      timestamp,
      key,
      sequenceParameterSets: all.filter(isSet),
    })
  }
}
