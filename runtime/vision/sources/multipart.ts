/**
 * The parts of a multipart/x-mixed-replace answer, as cameras send MJPEG: by their Content-Length where they have
 * one, else up to the next boundary. Whatever comes, it goes on at the next boundary and holds no more than one part.
 */

export interface Part {
  body: Buffer
  /** When its head was there: without Content-Length its end is known only when the next one begins. */
  startedAtMs: number
}

export interface MultipartOptions {
  boundary: string
  maxBytes: number
  nowMs(): number
  onPart(part: Part): void
  /** A part that is longer than `maxBytes`, or whose head is. */
  onTooLong(): void
}

/** Before a boundary, on its line, in a part's head, in its body. */
type State = 'between' | 'line' | 'head' | 'body'

const longestHead = 16_384
const nothing = Buffer.alloc(0)

/** The boundary in a content type; undefined where it is not multipart. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /^\s*multipart\/[^;]+;.*?\bboundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(contentType)
  // Some cameras write the hyphens that begin the line into its name, others do not.
  return (match?.[1] ?? match?.[2])?.replace(/^-+/, '') || undefined
}

export class MultipartParser {
  readonly #options: MultipartOptions
  readonly #boundary: Buffer
  #rest: Buffer = nothing
  /** From where on the boundary may still be: what lies before was searched. */
  #searched = 0
  #state: State = 'between'
  #length: number | undefined
  #startedAtMs = 0

  constructor(options: MultipartOptions) {
    this.#options = options
    this.#boundary = Buffer.from(`--${options.boundary}`)
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#step());
  }

  /** @returns whether there may be more to take from what is there */
  #step(): boolean {
    switch (this.#state) {
      case 'between':
        return this.#findBoundary(() => {})
      case 'line':
        return this.#endLine()
      case 'head':
        return this.#readHead()
      case 'body':
        return this.#length === undefined
          ? this.#findBoundary((body) => this.#give(body))
          : this.#takeBody(this.#length)
    }
  }

  #findBoundary(take: (before: Buffer) => void): boolean {
    const at = this.#rest.indexOf(this.#boundary, this.#searched)
    if (at >= 0) {
      take(this.#rest.subarray(0, at))
      this.#drop(at + this.#boundary.length, 'line')
      return true
    }
    // The boundary may have begun in the last bytes.
    this.#searched = Math.max(0, this.#rest.length - this.#boundary.length + 1)
    if (this.#state === 'between') this.#drop(this.#searched, 'between')
    if (this.#rest.length <= this.#options.maxBytes) return false
    this.#tooLong()
    return true
  }

  #endLine(): boolean {
    const at = this.#rest.indexOf(10)
    if (at < 0) return this.#bounded()
    this.#drop(at + 1, 'head')
    return true
  }

  #readHead(): boolean {
    const end = endOfHead(this.#rest)
    if (!end) return this.#bounded()
    const head = this.#rest.toString('latin1', 0, end.at)
    const length = /^content-length\s*:\s*(\d{1,12})\s*$/im.exec(head)?.[1]
    this.#length = length === undefined ? undefined : Number(length)
    this.#startedAtMs = this.#options.nowMs()
    this.#drop(end.next, 'body')
    if ((this.#length ?? 0) > this.#options.maxBytes) this.#tooLong()
    return true
  }

  #takeBody(length: number): boolean {
    if (this.#rest.length < length) return false
    this.#give(this.#rest.subarray(0, length))
    this.#drop(length, 'between')
    return true
  }

  /** Copied: a part must not hold on to the stream's chunk, nor be changed by it. */
  #give(body: Buffer): void {
    const end = this.#length ?? lengthWithoutLineEnd(body)
    this.#options.onPart({ body: Buffer.from(body.subarray(0, end)), startedAtMs: this.#startedAtMs })
  }

  #bounded(): boolean {
    if (this.#rest.length <= longestHead) return false
    this.#tooLong()
    return true
  }

  #tooLong(): void {
    this.#drop(0, 'between')
    this.#options.onTooLong()
  }

  #drop(bytes: number, state: State): void {
    this.#rest = this.#rest.subarray(bytes)
    this.#searched = 0
    this.#state = state
  }
}

/** An empty line, with line ends as they should be or as they are. */
function endOfHead(bytes: Buffer): { at: number; next: number } | undefined {
  // A part without any header begins with the empty line itself.
  if (bytes[0] === 10) return { at: 0, next: 1 }
  if (bytes[0] === 13 && bytes[1] === 10) return { at: 0, next: 2 }
  const right = bytes.indexOf('\r\n\r\n')
  const bare = bytes.indexOf('\n\n')
  if (right >= 0 && (bare < 0 || right < bare)) return { at: right, next: right + 4 }
  return bare < 0 ? undefined : { at: bare, next: bare + 2 }
}

function lengthWithoutLineEnd(body: Buffer): number {
  if (body.at(-1) !== 10) return body.length
  return body.at(-2) === 13 ? body.length - 2 : body.length - 1
}
