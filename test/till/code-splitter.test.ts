import assert from 'node:assert/strict'
import fc from 'fast-check'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { CodeSplitter } from '../../runtime/till/doors/code-splitter.ts'

const framing = { terminator: '\r', idleMs: 100, repeatMs: 2000, maxBytes: 64 } as const

describe("a reader's bytes", () => {
  function splitter() {
    const clock = new VirtualClock()
    const codes: string[] = []
    return { clock, codes, splitter: new CodeSplitter(framing, clock, (code) => codes.push(code)) }
  }

  it('are the same codes however the network slices them', () => {
    const code = fc.stringMatching(/^[A-Za-z0-9가-힣:/.-]{1,20}$/)
    fc.assert(
      fc.property(fc.uniqueArray(code, { maxLength: 10 }), fc.array(fc.integer({ min: 1, max: 7 })), (sent, cuts) => {
        const { codes, splitter: under } = splitter()
        const bytes = Buffer.from(sent.map((one) => `${one}\r`).join(''))
        let from = 0
        for (const cut of cuts) {
          under.push(bytes.subarray(from, from + cut))
          from += cut
        }
        under.push(bytes.subarray(from))
        assert.deepEqual(codes, sent)
      }),
    )
  })

  it('end at silence where a terminator is missing', () => {
    const { clock, codes, splitter: under } = splitter()
    under.push(Buffer.from('code-'))
    clock.advanceTo(50)
    under.push(Buffer.from('1'))
    clock.advanceTo(149)
    assert.deepEqual(codes, [])
    clock.advanceTo(150)
    assert.deepEqual(codes, ['code-1'])
  })

  it('are one scan while the same code is held before the reader, and another later', () => {
    const { clock, codes, splitter: under } = splitter()
    for (const atMs of [0, 1500, 3000]) {
      clock.advanceTo(atMs)
      under.push(Buffer.from('code-1\r'))
    }
    assert.deepEqual(codes, ['code-1'])
    clock.advanceTo(5100)
    under.push(Buffer.from('code-1\r'))
    assert.deepEqual(codes, ['code-1', 'code-1'])
  })

  it('are dropped whole where they are longer than any code', () => {
    const { codes, splitter: under } = splitter()
    under.push(Buffer.alloc(40, 'x'))
    under.push(Buffer.alloc(40, 'x'))
    under.push(Buffer.from('tail\rcode-2\r'))
    assert.deepEqual(codes, ['code-2'])
  })

  it('that were half a code when the connection broke are none', () => {
    const { clock, codes, splitter: under } = splitter()
    under.push(Buffer.from('half'))
    under.reset()
    clock.advanceTo(1000)
    under.push(Buffer.from('whole\r'))
    assert.deepEqual(codes, ['whole'])
  })
})
