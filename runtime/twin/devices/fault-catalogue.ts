/** What can break in each kind of thing that the twin serves, with texts for whoever breaks it. */

export interface Text {
  en: string
  ko: string
}

/** How bad it is. */
export interface FaultValue {
  title: Text
  unit: 'ms' | 'g' | 'g/min' | 'unit-id'
  minimum: number
  maximum: number
  default: number
}

export interface FaultDescription {
  title: Text
  value?: FaultValue
}

const delay = (fallback: number): FaultValue => ({
  title: { en: 'Delay', ko: '지연' },
  unit: 'ms',
  minimum: 1,
  maximum: 600_000,
  default: fallback,
})
const skew: FaultValue = {
  title: { en: 'Ahead by', ko: '빠른 정도' },
  unit: 'ms',
  minimum: -86_400_000,
  maximum: 86_400_000,
  default: 90_000,
}
const offline = { title: { en: 'Offline', ko: '오프라인' } }
const repeated = { title: { en: 'Sends everything twice', ko: '모든 메시지를 두 번 보냄' } }
const late = { title: { en: 'Sends late', ko: '늦게 보냄' }, value: delay(5000) }
const clockSkew = { title: { en: 'Its clock is wrong', ko: '시계가 맞지 않음' }, value: skew }

export const kindTitles = {
  'modbus-device': { en: 'Modbus device or gateway', ko: 'Modbus 장치 또는 게이트웨이' },
  plate: { en: 'Load cell', ko: '로드셀' },
  indicator: { en: 'Weighing indicator', ko: '계량 인디케이터' },
  'mqtt-board': { en: 'Load-cell board over MQTT', ko: 'MQTT 로드셀 보드' },
  'mqtt-gate': { en: 'Gate board over MQTT', ko: 'MQTT 게이트 보드' },
  'door-controller': { en: 'Door controller', ko: '출입문 제어기' },
  reader: { en: 'Code reader', ko: '코드 리더기' },
  'vision-appliance': { en: 'Vision appliance', ko: '비전 장비' },
  camera: { en: 'Camera', ko: '카메라' },
  speaker: { en: 'Speaker', ko: '스피커' },
  gate: { en: 'Gate', ko: '출입 게이트' },
  provider: { en: 'Payment provider', ko: '결제 대행사' },
} as const satisfies Record<string, Text>
export type FaultKind = keyof typeof kindTitles

export const faultsOfKind = {
  /** Several devices behind one address. */
  'modbus-device': {
    offline,
    slow: { title: { en: 'Answers slowly', ko: '응답이 느림' }, value: delay(700) },
    'no-answer': { title: { en: 'Does not answer', ko: '응답하지 않음' } },
    exceptions: { title: { en: 'Answers with exceptions', ko: '예외로 응답함' } },
    truncated: { title: { en: 'Answers are cut off', ko: '응답이 중간에 끊김' } },
    garbage: { title: { en: 'Answers are garbage', ko: '응답이 깨져 있음' } },
    foreign: { title: { en: "Others' answers come in between", ko: '다른 장치의 응답이 끼어듦' } },
    repeated: { title: { en: 'Answers twice', ko: '두 번 응답함' } },
    'dead-unit': {
      title: { en: 'One unit is dead', ko: '유닛 하나가 응답하지 않음' },
      value: {
        title: { en: 'Unit id', ko: '유닛 번호' },
        unit: 'unit-id',
        minimum: 0,
        maximum: 255,
        default: 1,
      },
    },
  },
  /** One load cell. */
  plate: {
    disconnected: { title: { en: 'Cable is off', ko: '케이블이 빠짐' } },
    stuck: { title: { en: 'Value is stuck', ko: '값이 멈춤' } },
    drifting: {
      title: { en: 'Drifts', ko: '값이 서서히 변함' },
      value: {
        title: { en: 'Speed', ko: '속도' },
        unit: 'g/min',
        minimum: -10_000,
        maximum: 10_000,
        default: 20,
      },
    },
    saturated: { title: { en: 'Overloaded', ko: '과부하' } },
    underload: { title: { en: 'Below its range', ko: '측정 범위 미만' } },
    flipped: { title: { en: 'Sign is flipped', ko: '부호가 뒤바뀜' } },
    noisy: {
      title: { en: 'Noisy', ko: '잡음이 심함' },
      value: {
        title: { en: 'Standard deviation', ko: '표준편차' },
        unit: 'g',
        minimum: 0.1,
        maximum: 10_000,
        default: 25,
      },
    },
  },
  indicator: {
    offline,
    'no-answer': { title: { en: 'Falls silent', ko: '전송을 멈춤' } },
    garbled: { title: { en: 'Lines are garbled', ko: '전송 내용이 깨짐' } },
    truncated: { title: { en: 'Lines are cut off', ko: '전송 내용이 잘림' } },
  },
  'mqtt-board': {
    offline,
    late,
    repeated,
    'retained-old': { title: { en: 'Old message is retained', ko: '예전 메시지가 보존됨' } },
    'clock-skew': clockSkew,
  },
  'mqtt-gate': {
    offline,
    late,
    repeated,
    deaf: { title: { en: 'Hears no orders', ko: '명령을 듣지 못함' } },
  },
  'door-controller': {
    offline,
    slow: { title: { en: 'Answers slowly', ko: '응답이 느림' }, value: delay(3000) },
    'wrong-password': { title: { en: 'Refuses the password', ko: '비밀번호를 거부함' } },
  },
  reader: {
    offline,
    twice: { title: { en: 'Reads everything twice', ko: '모든 코드를 두 번 읽음' } },
    garbled: { title: { en: 'Misreads codes', ko: '코드를 잘못 읽음' } },
  },
  'vision-appliance': {
    offline,
    'no-sightings': { title: { en: 'Recognises no products', ko: '상품을 인식하지 못함' } },
    'no-hands': { title: { en: 'Sees no hands', ko: '손을 보지 못함' } },
    late,
    repeated,
    shuffled: { title: { en: 'Messages out of order', ko: '메시지 순서가 뒤섞임' } },
    'clock-skew': clockSkew,
  },
  camera: {
    offline,
    slow: { title: { en: 'Answers slowly', ko: '응답이 느림' }, value: delay(5000) },
    stuck: { title: { en: 'Picture is frozen', ko: '화면이 멈춤' } },
    'wrong-password': { title: { en: 'Refuses the password', ko: '비밀번호를 거부함' } },
  },
  speaker: {
    offline,
    slow: { title: { en: 'Answers slowly', ko: '응답이 느림' }, value: delay(5000) },
  },
  gate: {
    fire: { title: { en: 'Fire alarm', ko: '화재 경보' } },
    'fire-wire-cut': { title: { en: 'Wire from the fire panel is cut', ko: '화재 수신기 배선이 끊김' } },
    'watchdog-cut': { title: { en: 'Watchdog wire is cut', ko: '워치독 배선이 끊김' } },
    'no-power': { title: { en: 'Has no power', ko: '전원이 끊김' } },
    held: { title: { en: 'Is held open', ko: '열린 채로 붙잡혀 있음' } },
    blocked: { title: { en: 'Is blocked', ko: '막혀서 움직이지 않음' } },
  },
  provider: {
    offline,
    slow: { title: { en: 'Answers slowly', ko: '응답이 느림' }, value: delay(20_000) },
    'lost-answers': { title: { en: 'Charges, but answers get lost', ko: '결제는 되지만 응답이 사라짐' } },
    'too-many-requests': { title: { en: 'Too many requests (429)', ko: '요청 과다 (429)' } },
    'server-errors': { title: { en: 'Server errors, nothing charged', ko: '서버 오류, 결제 안 됨' } },
    'errors-after': { title: { en: 'Charges, then answers with an error', ko: '결제 후 오류로 응답함' } },
    declines: { title: { en: 'Declines every card', ko: '모든 카드를 거절함' } },
    'forgets-keys': { title: { en: 'Forgets idempotency keys', ko: '멱등 키를 잊어버림' } },
    'webhooks-late': { title: { en: 'Webhooks come late', ko: '웹훅이 늦게 옴' }, value: delay(60_000) },
    'webhooks-repeated': { title: { en: 'Webhooks come several times', ko: '웹훅이 여러 번 옴' } },
    'webhooks-shuffled': { title: { en: 'Webhooks out of order', ko: '웹훅 순서가 뒤섞임' } },
  },
} as const satisfies Record<FaultKind, Record<string, FaultDescription>>

/** Every fault of one kind, or of any. */
export type Fault<K extends FaultKind = FaultKind> = K extends FaultKind ? keyof (typeof faultsOfKind)[K] : never
