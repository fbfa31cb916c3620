import assert from 'node:assert/strict'
import fc from 'fast-check'
import { boundaryOf, MultipartParser } from '../../../runtime/vision/sources/multipart.ts'

const maxBytes = 2000

function parse(chunks: readonly Uint8Array[]): { parts: Buffer[]; tooLong: number } {
  const parts: Buffer[] = []
  let tooLong = 0
  const parser = new MultipartParser({
    boundary: 'frontier',
    maxBytes,
    nowMs: () => 0,
    onPart: ({ body }) => void parts.push(body),
    onTooLong: () => void tooLong++,
  })
  for (const chunk of chunks) parser.push(Buffer.from(chunk))
  return { parts, tooLong }
}

/** Cuts `whole` at some places. */
const cutAt = (whole: Buffer, places: readonly number[]) => {
  const at = [...new Set(places.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b)
  return [...at, whole.length].map((end, i) => whole.subarray(i === 0 ? 0 : at[i - 1], end))
}

const places = fc.array(fc.nat(5000), { maxLength: 12 })
const body = fc.uint8Array({ maxLength: 300 }).filter((bytes) => !Buffer.from(bytes).includes('--frontier'))

describe('the parts of an MJPEG answer', () => {
  it('come out as they went in, however the stream is cut, with lengths or without', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 5 }), fc.boolean(), places, (bodies, withLength, cuts) => {
        const whole = Buffer.concat([
          Buffer.from('a preamble\r\n'),
          ...bodies.flatMap((bytes) => [
            Buffer.from('--frontier\r\nContent-Type: image/jpeg\r\n'),
            Buffer.from(withLength ? `Content-Length: ${bytes.length}\r\n\r\n` : '\r\n'),
            ...[bytes, Buffer.from('\r\n')],
          ]),
          Buffer.from('--frontier--\r\n'),
        ])
        assert.deepEqual(
          parse(cutAt(whole, cuts)).parts,
          bodies.map((bytes) => Buffer.from(bytes)),
        )
      }),
    )
  })

  it('are found again after any bytes, which take no memory', () => {
    const part = '\r\n--frontier\r\nContent-Length: 3\r\n\r\nabc\r\n'
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 }), places, (noise, cuts) => {
        const whole = Buffer.concat([...noise, Buffer.alloc(20_000, '\n--frontie'), Buffer.from(part + part)])
        const { parts } = parse(cutAt(whole, cuts))
        assert.equal(parts.at(-1)?.toString(), 'abc')
        assert.ok(parts.every(({ length }) => length <= maxBytes))
      }),
    )
  })

  it('that are too long are told of and left out', () => {
    const long = Buffer.alloc(maxBytes + 1, 'x')
    const next = '\r\n--frontier\r\n\r\nabc\r\n--frontier'
    for (const head of ['--frontier\r\n\r\n', `--frontier\r\nContent-Length: ${maxBytes + 1}\r\n\r\n`]) {
      const { parts, tooLong } = parse([Buffer.from(head), long, Buffer.from(next)])
      assert.deepEqual([parts.map(String), tooLong], [['abc'], 1])
    }
  })

  it('have the boundary that the answer says, hyphens or not', () => {
    assert.equal(boundaryOf('multipart/x-mixed-replace; boundary=--myboundary'), 'myboundary')
    assert.equal(boundaryOf('multipart/x-mixed-replace;boundary="a b"; x=1'), 'a b')
    assert.equal(boundaryOf('image/jpeg'), undefined)
    assert.equal(boundaryOf('multipart/x-mixed-replace; boundary=--'), undefined)
  })
})
