import { Duplex, Transform, type TransformCallback } from 'node:stream'

/**
 * Ends a connection whose MQTT packet says that it is longer than `maxBytes`. The broker's parser would
 * collect up to 256 MB of one packet, also from a client that has not said who it is.
 */
export function limitPackets(socket: Duplex, maxBytes: number): Duplex {
  const limited = new PacketLimit(maxBytes)
  // A client that goes away in the middle of a packet is no error of ours.
  socket.on('error', (error) => limited.destroy(error))
  socket.on('close', () => limited.end())
  socket.pipe(limited)
  return Duplex.from({ readable: limited, writable: socket })
}

/** Walks over MQTT's framing: a byte of type, one to four of length (seven bits each, lowest first), the rest. */
class PacketLimit extends Transform {
  readonly #maxBytes: number
  #part: 'type' | 'length' | 'rest' = 'type'
  #length = 0
  #shift = 0

  constructor(maxBytes: number) {
    super()
    this.#maxBytes = maxBytes
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    let at = 0
    while (at < chunk.length && this.#length <= this.#maxBytes) at += this.#walk(chunk, at)
    if (this.#length > this.#maxBytes) done(new Error(`a packet is longer than ${this.#maxBytes} bytes`))
    else done(null, chunk)
  }

  /** Takes in the next part of a packet; returns its bytes. */
  #walk(chunk: Buffer, at: number): number {
    if (this.#part === 'rest') {
      const taken = Math.min(this.#length, chunk.length - at)
      this.#length -= taken
      if (this.#length === 0) this.#part = 'type'
      return taken
    }
    const byte = chunk[at] ?? 0
    if (this.#part === 'type') {
      this.#part = 'length'
      this.#shift = 0
      return 1
    }
    // A fifth byte of length makes it longer than any limit.
    this.#length += (byte & 0x7f) * 2 ** this.#shift + (this.#shift > 21 ? Infinity : 0)
    this.#shift += 7
    if (byte < 0x80) this.#part = this.#length > 0 ? 'rest' : 'type'
    return 1
  }
}
