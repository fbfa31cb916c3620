/** What the kiosks' page says. */
import type { Language } from '../../console/pages/texts.ts'
import type { KioskView } from './kiosk-view.ts'

type Trouble = NonNullable<KioskView['trouble']>

const english = {
  opening: 'One moment …',
  unpaired: 'This screen is no kiosk yet. Open the link of "npx aisle pair-kiosk" on it.',
  idle: 'Stand here with what you took: your list appears by itself.',
  leaveFreely: 'Whoever took nothing just walks out.',
  blind: 'This kiosk cannot see who stands here. Please call staff.',
  choose: 'Whose list is yours?',
  unsure: 'We are not sure which list is yours. Choose it only if all of it is yours.',
  noList: 'We do not know what you took. Please call staff.',
  notMine: 'Another list',
  nothingTaken: 'You have taken nothing yet.',
  yourList: 'Is this what you took?',
  pay: (amount: string) => `Yes, pay ${amount}`,
  total: 'Total',
  showCard: (amount: string) => `Hold your card to the terminal: ${amount}`,
  cancel: 'Cancel',
  paying: 'The card is being asked …',
  thanks: 'Paid. Thank you, and goodbye.',
  receipt: 'Receipt',
  contains: 'contains',
  since: 'You have taken more since. It is not paid: put it back, or call staff.',
  paidOtherwise: 'Something went wrong with the payment. Please call staff.',
  adults: 'Something on this list is for adults only: somebody of the store has to look.',
  wrong: 'Something is wrong: call staff',
  called: 'Somebody is on the way.',
  offline: 'No connection. Please call staff; the exit is open.',
  failed: 'That did not work. Try it again.',
  errors: {} as Record<string, string>,
  troubles: {
    'confirm-first': 'Confirm your list before you show your card. Nothing was charged.',
    'basket-changed': 'Your list has changed. Look at it once more. Nothing was charged.',
    'card-refused': 'This card was not accepted. Try another one.',
    'provider-away': 'The payment does not work now. Try it again, or call staff. Nothing was charged.',
    'cannot-charge': 'The payment does not work now. Please call staff. Nothing was charged.',
    failed: 'That did not work. Nothing was charged.',
  } satisfies Record<Trouble, string>,
  declined: 'The card was declined. Try another one.',
}

export type KioskTexts = typeof english

const korean: KioskTexts = {
  opening: '잠시만요 …',
  unpaired: '아직 키오스크로 등록되지 않은 화면입니다. "npx aisle pair-kiosk"의 링크를 여기서 여세요.',
  idle: '집은 상품을 가지고 여기 서 주세요. 목록이 저절로 나타납니다.',
  leaveFreely: '아무것도 집지 않았다면 그냥 나가시면 됩니다.',
  blind: '앞에 계신 분을 확인할 수 없습니다. 직원을 불러 주세요.',
  choose: '어느 목록이 고객님 것인가요?',
  unsure: '어느 목록이 고객님 것인지 확실하지 않습니다. 모두 고객님 상품일 때만 선택하세요.',
  noList: '무엇을 집으셨는지 알 수 없습니다. 직원을 불러 주세요.',
  notMine: '다른 목록',
  nothingTaken: '아직 집은 상품이 없습니다.',
  yourList: '집으신 상품이 맞나요?',
  pay: (amount) => `네, ${amount} 결제`,
  total: '합계',
  showCard: (amount) => `단말기에 카드를 대 주세요: ${amount}`,
  cancel: '취소',
  paying: '카드를 확인하고 있습니다 …',
  thanks: '결제되었습니다. 감사합니다. 안녕히 가세요.',
  receipt: '영수증',
  contains: '포함',
  since: '결제 후 더 집으신 상품이 있습니다. 아직 결제되지 않았으니 돌려놓거나 직원을 불러 주세요.',
  paidOtherwise: '결제에 문제가 생겼습니다. 직원을 불러 주세요.',
  adults: '성인만 살 수 있는 상품이 있습니다. 직원의 확인이 필요합니다.',
  wrong: '잘못된 내용이 있습니다: 직원 호출',
  called: '직원이 가고 있습니다.',
  offline: '연결이 끊겼습니다. 직원을 불러 주세요. 출구는 열려 있습니다.',
  failed: '되지 않았습니다. 다시 시도하세요.',
  errors: {
    'nothing-to-pay': '결제할 상품이 없습니다.',
    'basket-changed': '목록이 바뀌었습니다. 다시 확인하세요.',
    'not-here': '이 목록의 고객이 여기 서 있지 않습니다.',
    'kiosk-blind': '앞에 계신 분을 확인할 수 없습니다. 직원을 불러 주세요.',
    'needs-staff': '성인만 살 수 있는 상품이 있습니다. 직원을 불러 주세요.',
    'till-unreachable': '정산 프로그램이 응답하지 않습니다. 직원을 불러 주세요.',
  },
  troubles: {
    'confirm-first': '카드를 대기 전에 목록을 확인해 주세요. 결제되지 않았습니다.',
    'basket-changed': '목록이 바뀌었습니다. 다시 확인해 주세요. 결제되지 않았습니다.',
    'card-refused': '사용할 수 없는 카드입니다. 다른 카드로 시도하세요.',
    'provider-away': '지금은 결제할 수 없습니다. 다시 시도하거나 직원을 불러 주세요. 결제되지 않았습니다.',
    'cannot-charge': '지금은 결제할 수 없습니다. 직원을 불러 주세요. 결제되지 않았습니다.',
    failed: '되지 않았습니다. 결제되지 않았습니다.',
  },
  declined: '카드가 거절되었습니다. 다른 카드로 시도하세요.',
}

export const kioskTextsOf = (language: Language): KioskTexts => (language === 'ko' ? korean : english)
