import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isPublicKey, tokenFault } from '../../../runtime/till/tokens/token-fault.ts'
import {
  clockSkewMs,
  codeLifeMs,
  largestParty,
  readToken,
  toBase32,
  tokenPrefix,
  writeToken,
} from '../../../runtime/till-api/entry-token.ts'
import { newPhone } from './phone-key.ts'

const seed = 20261121
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const tokens = fc.record(
  {
    deviceId: bytes(10).map(toBase32),
    madeAtMs: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    party: fc.integer({ min: 1, max: largestParty }),
  },
  { noNullPrototype: true },
)

describe("a code of a shopper's phone", () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(tokens, bytes(64), (token, signature) => {
        assert.deepEqual(readToken(writeToken(token, signature)), { token, signature })
      }),
      { seed, numRuns: 500 },
    )
  })

  it('fits a small QR code of letters and digits, and is no payload of a payment network', () => {
    fc.assert(
      fc.property(tokens, bytes(64), (token, signature) => {
        const code = writeToken(token, signature)
        assert.match(code, /^OA1-[A-Z2-7]{130}$/)
        // Version 6, error correction M, carries 154 such characters.
        assert.ok(code.length <= 154)
      }),
      { seed },
    )
  })

  it('is nothing else: whatever a reader reads is a whole code in its one spelling, or none', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ maxLength: 200 }).map((text) => tokenPrefix + text),
      fc
        .tuple(tokens, bytes(64), fc.nat(133), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }))
        .map(([token, signature, at, letter]) => {
          const code = writeToken(token, signature)
          return code.slice(0, at) + letter + code.slice(at + 1)
        }),
    )
    fc.assert(
      fc.property(anything, (code) => {
        const read = readToken(code)
        if (read) assert.equal(writeToken(read.token, read.signature), code)
      }),
      { seed, numRuns: 1000 },
    )
  })
})

describe('the check of a code', () => {
  const nowMs = Date.UTC(2026, 10, 21)
  const facts = async (change: {
    madeAtMs?: number
    usedUpToMs?: number | null
    storeId?: string
    accountId?: string
  }) => {
    const phone = await newPhone()
    const code = await phone.code({ accountId: 'a-1', madeAtMs: change.madeAtMs ?? nowMs })
    const read = readToken(code)
    assert.ok(read)
    const { storeId = 'test-shop', accountId = 'a-1', usedUpToMs = null } = change
    return { ...read, storeId, accountId, publicKey: phone.publicKey, usedUpToMs, nowMs }
  }

  it('finds nothing wrong with one that was just made', async () => {
    assert.equal(tokenFault(await facts({})), null)
  })

  it('takes clocks that are apart by as much as is said, and the time that a code is held before the reader', async () => {
    const fault = async (madeAtMs: number) => tokenFault(await facts({ madeAtMs }))
    assert.equal(await fault(nowMs + clockSkewMs), null)
    assert.equal(await fault(nowMs + clockSkewMs + 1), 'too-early')
    assert.equal(await fault(nowMs - clockSkewMs - codeLifeMs), null)
    assert.equal(await fault(nowMs - clockSkewMs - codeLifeMs - 1), 'too-old')
  })

  it('refuses one that was used, and every older one of the same phone', async () => {
    assert.equal(tokenFault(await facts({ usedUpToMs: nowMs })), 'used')
    assert.equal(tokenFault(await facts({ usedUpToMs: nowMs + 1 })), 'used')
    assert.equal(tokenFault(await facts({ usedUpToMs: nowMs - 1 })), null)
  })

  it("refuses another store's, another account's, and another phone's", async () => {
    assert.equal(tokenFault(await facts({ storeId: 'other-shop' })), 'forged')
    assert.equal(tokenFault(await facts({ accountId: 'a-2' })), 'forged')
    assert.equal(tokenFault({ ...(await facts({})), publicKey: (await newPhone()).publicKey }), 'forged')
  })

  it('refuses one of which a bit was changed, wherever', async () => {
    const good = await facts({})
    const flipped = (bit: number) => {
      const signature = good.signature.slice()
      const at = bit % 512
      signature[at >> 3] = (signature[at >> 3] ?? 0) ^ (1 << (at & 7))
      return signature
    }
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        assert.equal(tokenFault({ ...good, signature: flipped(bit) }), 'forged')
      }),
      { seed, numRuns: 200 },
    )
    for (const change of [{ party: 2 }, { madeAtMs: nowMs + 1 }]) {
      assert.equal(tokenFault({ ...good, token: { ...good.token, ...change } }), 'forged')
    }
  })

  it('knows keys of one curve only', async () => {
    const { subtle } = globalThis.crypto
    const other = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign', 'verify'])
    assert.ok(isPublicKey((await newPhone()).publicKey))
    assert.ok(!isPublicKey(Buffer.from(await subtle.exportKey('spki', other.publicKey)).toString('base64url')))
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => assert.ok(!isPublicKey(text))),
      { seed },
    )
  })
})
