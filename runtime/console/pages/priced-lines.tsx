/** What was taken, for how much, as baskets, lists and receipts show it on all pages. */
import type { JSX } from 'preact'
import type { Formats } from './formats.ts'
import type { PricedLine, ReceiptView } from './live-view.ts'

interface WithFormats {
  formats: Formats
}

export function PricedLines({ lines, formats }: WithFormats & { lines: readonly PricedLine[] }): JSX.Element {
  return (
    <>
      {lines.map((line) => (
        <li key={line.lineId} class="line">
          <span class="quantity">{formats.quantity(line)}</span>
          <span class="name">{line.name}</span>
          <span class="amount">{formats.money(line.amountMinor)}</span>
        </li>
      ))}
    </>
  )
}

export function DiscountLines({
  discounts,
  formats,
}: WithFormats & { discounts: ReceiptView['discounts'] }): JSX.Element {
  return (
    <>
      {discounts.map(({ name, amountMinor }, i) => (
        <QuietLine key={i} name={name} amount={formats.money(-amountMinor)} />
      ))}
    </>
  )
}

/** A discount, or what is said of the tax. */
export function QuietLine({ name, amount }: { name: string; amount: string }): JSX.Element {
  return (
    <li class="line quiet">
      <span class="quantity" />
      <span class="name">{name}</span>
      <span class="amount">{amount}</span>
    </li>
  )
}

export function Sum({ text, amountMinor, formats }: WithFormats & { text: string; amountMinor: number }): JSX.Element {
  return (
    <p class="sum">
      {text} <strong class="amount">{formats.money(amountMinor)}</strong>
    </p>
  )
}

/** @param props.contains how the language says that a price contains its tax */
export function TaxNote({
  tax,
  contains,
  formats,
}: WithFormats & { tax: NonNullable<ReceiptView['tax']>; contains: string }): JSX.Element {
  return (
    <p class="aside">
      {contains} {tax.name} {tax.percent}% {formats.money(tax.taxMinor)}
    </p>
  )
}
