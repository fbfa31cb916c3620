/** What the parts of the load cells' dialog share: the store's facts, how to ask for more, and what to say. */
import { ask } from '../ask.ts'
import type { Say } from '../form/check.ts'
import type { Saved } from '../saved.ts'
import type {
  Detail,
  Order,
  OrderAnswer,
  PlateChange,
  PlateFacts,
  Registers,
  StoreFacts,
  WeightChange,
} from './views.ts'

/** A part of the dialog that is about one plate. */
export interface Section {
  element: HTMLElement
  /** The plate as it is now, a few times a second. */
  show(detail: Detail): void
}

export interface Bench {
  say: Say
  facts(): StoreFacts
  /** Asks for them anew, and shows them. */
  reload(): Promise<void>
  choose(plate: string): void
}

const of = (plate: string) => `open-aisle/plates/${encodeURIComponent(plate)}`

export const plates = {
  detail: (plate: string) => ask<Detail>(of(plate)),
  registers: (plate: string) => ask<Registers[]>(`${of(plate)}/registers`),
  order: (plate: string, order: Order) => ask<OrderAnswer>(`${of(plate)}/commands`, order),
  change: (plate: string | null, change: PlateChange) =>
    ask<Saved>(plate === null ? 'open-aisle/plates' : of(plate), change),
}

export const correctWeight = (sku: string, change: WeightChange) =>
  ask<Saved>(`open-aisle/products/${encodeURIComponent(sku)}/weight`, change)

export const plateOf = (bench: Bench, id: string): PlateFacts | undefined =>
  bench.facts().plates.find((plate) => plate.id === id)

export const gramsText = (grams: number | null, say: Say, digits = 1): string =>
  grams === null ? say('load-cells.no-weight') : `${grams.toFixed(digits)} g`
