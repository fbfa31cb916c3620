/**
 * What somebody held before a reader. A code of the counter is none of the door's: a wallet's code for one payment
 * opens no visit that is paid for afterwards, and a card's number must not come any further than here.
 */
import type { Scan } from '../../contract/messages.ts'
import type { Reader } from '../../devices/definition-schema.ts'
import { tokenPrefix } from '../../till-api/entry-token.ts'
import { hasCardNumber } from '../card-number.ts'

export type ClassifiedCode =
  /** One that a phone made for this door. */
  | { is: 'entry-token'; what?: undefined }
  /**
   * Member code, card terminal's token, badge: whoever registered it comes in with it. `what`: it looks like something
   * for a counter, in words; some shop's member codes may look like that, too.
   */
  | { is: 'credential'; method: Scan['method']; what?: string }
  /** Somebody else's yes or no to whether whoever stands there is an adult. */
  | { is: 'adult-answer'; adult: boolean }
  | { is: 'card-number' }
  | { is: 'nothing' }

const methods: Record<Exclude<Reader['reads'], undefined | 'adult-answers'>, Scan['method']> = {
  codes: 'qr',
  'card-tokens': 'card',
  badges: 'badge',
}

/**
 * Forms at Korean counters, in the order in which a payment network's own app tells them apart: KakaoPay's 281006
 * lies within the 25 to 30 of Alipay.
 */
const foreign: readonly { what: string; form: RegExp }[] = [
  { what: "a wallet's QR code (EMVCo)", form: /^hQVDUFY/ },
  { what: 'a barcode of KakaoPay', form: /^281006\d+$/ },
  { what: 'a barcode of ZeroPay', form: /^800088\d+$/ },
  { what: 'a QR code of ZeroPay', form: /^3-/ },
  { what: 'a code of WeChat Pay', form: /^1[0-5]\d{16}$/ },
  { what: 'a code of Alipay', form: /^(?:2[5-9]|30)\d{14,22}$/ },
  { what: "a card company's code", form: /^\d{21}$/ },
  { what: "a shop's QR code for payments (EMVCo)", form: /^000201/ },
  { what: 'a web address', form: /^https?:\/\//i },
]

export function classifyCode(
  code: string,
  { reads = 'codes', adultAnswers }: Pick<Reader, 'reads' | 'adultAnswers'>,
): ClassifiedCode {
  return reads === 'adult-answers' ? answerOf(code, adultAnswers) : shownOf(code, methods[reads])
}

/** Only what this terminal sends: a shopper can have any text in a QR code. */
function answerOf(code: string, answers: Reader['adultAnswers']): ClassifiedCode {
  const adult = code === answers?.yes
  return adult || code === answers?.no ? { is: 'adult-answer', adult } : { is: 'nothing' }
}

function shownOf(code: string, method: Scan['method']): ClassifiedCode {
  // Long member codes have a check digit, too; what reads cards has no such excuse.
  if (method === 'card' && hasCardNumber(code)) return { is: 'card-number' }
  if (method !== 'qr') return { is: 'credential', method }
  if (code.startsWith(tokenPrefix)) return { is: 'entry-token' }
  const known = foreign.find(({ form }) => form.test(code))
  return { is: 'credential', method, ...(known ? { what: known.what } : {}) }
}
