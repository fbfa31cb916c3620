/** Money, quantities, times and certainties as people read them. */
import type { LineView } from './live-view.ts'
import type { Language, Texts } from './texts.ts'

export interface Formats {
  money(amountMinor: number): string
  quantity(line: Pick<LineView, 'quantity' | 'soldBy'>): string
  time(atMs: number): string
  /** A probability in words; numbers would promise a precision that they do not have. */
  certainty(probability: number): string
}

const certaintySteps = [0.6, 0.8, 0.95, 0.99]

export function formatsOf(language: Language, texts: Texts, store: { currency: string; timeZone: string }): Formats {
  const money = new Intl.NumberFormat(language, { style: 'currency', currency: store.currency })
  const minorPerUnit = 10 ** (money.resolvedOptions().maximumFractionDigits ?? 2)
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: store.timeZone })
  const pieces = new Intl.NumberFormat(language)
  const grams = new Intl.NumberFormat(language, { style: 'unit', unit: 'gram', maximumFractionDigits: 0 })
  return {
    money: (amountMinor) => money.format(amountMinor / minorPerUnit),
    quantity: ({ quantity, soldBy }) => (soldBy === 'weight' ? grams : pieces).format(quantity),
    time: (atMs) => time.format(atMs),
    certainty: (probability) => texts.certainty[certaintyLevel(probability)] ?? '',
  }
}

/** 0 (unsure) to 4 (certain). */
export const certaintyLevel = (probability: number): number =>
  certaintySteps.filter((step) => probability >= step).length
