/** What a shopper agrees to. A change of a word is a new version: who agreed to which, and when, is kept. */
import type { Profile } from '../profile/profile-schema.ts'
import type { PhoneStore } from './pages/phone-view.ts'

/** The shop's own terms, else ours. */
export function termsOf({ phone }: Pick<Profile, 'phone'>): PhoneStore['terms'] {
  if (!phone?.terms) return defaultTerms
  const { version, text } = phone.terms
  return { version, text: { en: paragraphs(text.en), ko: paragraphs(text.ko) } }
}

const paragraphs = (text: string) => text.split(/\n\s*\n/)

const defaultTerms: PhoneStore['terms'] = {
  version: '2026-11-1',
  text: {
    en: [
      'Your phone shows a code that opens the door once. What you take is told by shelf scales and by cameras; no face is recognised and no picture of you is kept.',
      'After you leave, what you took is charged to the card that you registered with the payment provider. Its number is known to the provider alone.',
      'Each line of a receipt says why it is there. You can dispute it.',
      'You can see all that is kept of you, and have it forgotten at any time. What was bought and paid stays in the books as the law wants it, without saying whose it was.',
    ],
    ko: [
      '휴대전화에 표시되는 코드로 문을 한 번 열 수 있습니다. 가져간 상품은 선반 저울과 카메라로 알아보며, 얼굴을 인식하지 않고 사진을 보관하지 않습니다.',
      '퇴장한 뒤 가져간 상품이 결제사에 등록한 카드로 결제됩니다. 카드 번호는 결제사만 알고 있습니다.',
      '영수증의 각 항목에서 근거를 볼 수 있고, 이의를 신청할 수 있습니다.',
      '보관된 내 정보를 모두 볼 수 있고 언제든지 삭제할 수 있습니다. 구매·결제 기록은 법에 따라 남지만 누구의 것인지는 남지 않습니다.',
    ],
  },
}
