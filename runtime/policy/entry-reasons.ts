/** What the screen at the door says, by the rule that decided. */
const en = {
  welcome: 'Welcome.',
  'credential-unusable': 'This code is no longer valid. Please show a new one.',
  blocked: 'This account is blocked. Please contact the store.',
  closed: 'The store is closed now.',
  'staff-only': 'Only staff may enter at this hour.',
  'cannot-see': 'The store cannot serve you at the moment. Please come back later.',
  'members-only': 'Only members may enter at this hour.',
  'unknown-account': 'We do not know this code. Please sign up first.',
  'already-inside': 'This account is already in the store.',
  debt: 'An earlier visit is not paid yet. Please settle it in the app.',
  'adults-only': 'Please verify in the app that you are an adult.',
  'party-too-large': 'Your party is too large for one code. Please enter with several.',
  full: 'The store is full. Please wait a moment.',
}
export type EntryReason = keyof typeof en

const ko: Record<EntryReason, string> = {
  welcome: '어서 오세요.',
  'credential-unusable': '사용할 수 없는 코드입니다. 새 코드를 보여 주세요.',
  blocked: '이용이 정지된 계정입니다. 매장에 문의해 주세요.',
  closed: '지금은 영업시간이 아닙니다.',
  'staff-only': '지금은 직원만 입장할 수 있습니다.',
  'cannot-see': '매장을 점검하고 있어 입장할 수 없습니다. 잠시 후 다시 이용해 주세요.',
  'members-only': '지금은 회원만 입장할 수 있습니다.',
  'unknown-account': '등록되지 않은 코드입니다. 먼저 회원 가입을 해 주세요.',
  'already-inside': '이미 입장한 계정입니다.',
  debt: '결제되지 않은 이용 내역이 있습니다. 앱에서 결제한 뒤 입장해 주세요.',
  'adults-only': '앱에서 성인 인증을 한 뒤 입장해 주세요.',
  'party-too-large': '코드 하나로 입장할 수 있는 인원을 넘었습니다. 나누어 입장해 주세요.',
  full: '매장이 붐비고 있습니다. 잠시만 기다려 주세요.',
}

export const entryReasonTexts: Record<'en' | 'ko', Record<EntryReason, string>> = { en, ko }
