/** A receipt as a mail: plain text, which every reader of mail and every screen reader takes. */
import type { Receipt } from '../../contract/messages.ts'

export interface MailStyle {
  language: 'en' | 'ko'
  storeId: string
  storeName: string
  timeZone: string
  /** SKUs whose quantities are grams. */
  byWeight: ReadonlySet<string>
  /** The sender; its domain is that of the mail's id. */
  from: string
  /** Where the shopper's page is; null: nowhere that could be linked to. */
  pageUrl: string | null
}

const texts = {
  en: {
    subject: (store: string, total: string) => `${store}: your receipt, ${total}`,
    unpaid: (store: string, total: string) => `${store}: not paid yet, ${total}`,
    corrected: (store: string, total: string) => `${store}: your corrected receipt, ${total}`,
    total: 'Total',
    contains: 'contains',
    givenBack: 'Given back',
    notPaid: 'This could not be charged. Please settle it on your page before your next visit.',
    page: 'Why a line is there, and how to dispute it:',
    grams: 'g',
  },
  ko: {
    subject: (store: string, total: string) => `${store} 영수증 ${total}`,
    unpaid: (store: string, total: string) => `${store} 미결제 안내 ${total}`,
    corrected: (store: string, total: string) => `${store} 정정 영수증 ${total}`,
    total: '합계',
    contains: '포함',
    givenBack: '환불',
    notPaid: '결제하지 못했습니다. 다음 방문 전에 내 페이지에서 결제해 주세요.',
    page: '항목별 근거와 이의 신청:',
    grams: 'g',
  },
}

export interface ReceiptMail {
  /** The same for the same receipt however often it is sent: a mail that came twice is known by it. RFC 5322, 3.6.4. */
  messageId: string
  subject: string
  text: string
}

/** @param sequence of the journal entry that issued or corrected it */
export function receiptMail(receipt: Receipt, sequence: number, style: MailStyle): ReceiptMail {
  const { language, storeId, timeZone, byWeight, from, pageUrl } = style
  const storeName = oneLine(style.storeName)
  const t = texts[language]
  const format = new Intl.NumberFormat(language, { style: 'currency', currency: receipt.currency })
  const perUnit = 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)
  const money = (minor: number) => format.format(minor / perUnit)
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone })
  const unpaid = receipt.reason !== undefined
  const refunds = receipt.refunds ?? []
  const title = unpaid ? t.unpaid : refunds.length > 0 ? t.corrected : t.subject
  const nameOf = new Map(receipt.lines.map(({ lineId, name }) => [lineId, name]))
  const quantity = (line: Receipt['lines'][number]) =>
    byWeight.has(line.sku) ? `${Math.round(line.quantity)} ${t.grams}` : String(line.quantity)
  const { tax } = receipt
  return {
    messageId: `<${storeId}.${receipt.receiptId}.${sequence}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    subject: title(storeName, money(receipt.totalMinor)),
    text: [
      `${storeName}, ${time.format(receipt.seenAtMs)}`,
      '',
      ...receipt.lines.map((line) => `${quantity(line)} ${oneLine(line.name)}  ${money(line.amountMinor)}`),
      ...(receipt.discounts ?? []).map(({ name, amountMinor }) => `${oneLine(name)}  ${money(-amountMinor)}`),
      ...refunds.map(
        ({ lineId, amountMinor }) => `${t.givenBack}: ${oneLine(nameOf.get(lineId) ?? '')}  ${money(-amountMinor)}`,
      ),
      `${t.total}  ${money(receipt.totalMinor)}`,
      ...(tax ? [`${t.contains} ${tax.name} ${tax.percent}%  ${money(tax.taxMinor)}`] : []),
      ...(unpaid ? ['', t.notPaid] : []),
      ...(pageUrl === null ? [] : ['', `${t.page} ${pageUrl}`]),
      '',
      receipt.receiptId,
      '',
    ].join('\n'),
  }
}

/** Names come from a catalogue: none of them may begin a line, or a header, of its own. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
