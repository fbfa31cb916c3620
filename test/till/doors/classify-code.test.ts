import assert from 'node:assert/strict'
import fc from 'fast-check'
import { classifyCode } from '../../../runtime/till/doors/classify-code.ts'
import { tokenPrefix } from '../../../runtime/till-api/entry-token.ts'

const codes = { reads: 'codes' } as const
const cards = { reads: 'card-tokens' } as const

describe('what is held before a reader', () => {
  it('is a code of a phone, a credential, or a badge', () => {
    assert.deepEqual(classifyCode(`${tokenPrefix}ABC`, codes), { is: 'entry-token' })
    assert.deepEqual(classifyCode('member-000123', codes), { is: 'credential', method: 'qr' })
    assert.deepEqual(classifyCode('04A2B3C4D5', { reads: 'badges' }), { is: 'credential', method: 'badge' })
    assert.deepEqual(classifyCode('member-000123', {}), { is: 'credential', method: 'qr' })
  })

  it('is told from the codes of counters, in the order of those who tell them apart for a living', () => {
    for (const [code, what] of [
      ['hQVDUFYwMWEUT09', 'EMVCo'],
      ['281006123456789012345678', 'KakaoPay'],
      ['800088123456789012', 'ZeroPay'],
      ['3-2024010112345', 'ZeroPay'],
      ['134567890123456789', 'WeChat'],
      ['281234567890123456', 'Alipay'],
      ['123456789012345678901', 'card company'],
      ['00020101021229300012D156000000000510A93FO3230Q', 'EMVCo'],
      ['https://id.gs1.org/01/09506000134352', 'web address'],
    ] as const) {
      const classified = classifyCode(code, codes)
      assert.ok(classified.is === 'credential' && classified.what?.includes(what), `${code}: ${what}`)
    }
  })

  it('is thrown away where a card terminal sends what may be a card number, however it is written', () => {
    for (const code of ['4111111111111111', '4111 1111 1111 1111', 'PAN=5555-5555-5555-4444;', '378282246310005']) {
      assert.deepEqual(classifyCode(code, cards), { is: 'card-number' })
    }
    assert.deepEqual(classifyCode('tok_1Pabc4111', cards), { is: 'credential', method: 'card' })
    // A member code may have thirteen digits and a check digit.
    assert.equal(classifyCode('4111111111111111', codes).is, 'credential')
  })

  it('says who is an adult only where a terminal for that says it', () => {
    const terminal = { reads: 'adult-answers', adultAnswers: { yes: 'ADULT-YES', no: 'ADULT-NO' } } as const
    assert.deepEqual(classifyCode('ADULT-YES', terminal), { is: 'adult-answer', adult: true })
    assert.deepEqual(classifyCode('ADULT-NO', terminal), { is: 'adult-answer', adult: false })
    assert.deepEqual(classifyCode('adult-yes', terminal), { is: 'nothing' })
    assert.equal(classifyCode('ADULT-YES', codes).is, 'credential')
  })

  it('is something, whatever it is', () => {
    const reads = fc.constantFrom('codes', 'card-tokens', 'badges', 'adult-answers')
    fc.assert(fc.property(fc.string(), reads, (code, purpose) => classifyCode(code, { reads: purpose }).is.length > 0))
  })
})
