/** The files of a store's folder as text. */
import { storeText } from '../profile/store-text.ts'
import type { StoreDesign } from './design-store.ts'

/** File name to content, for every file that the design makes. */
export function storeFiles({ profile, catalogue, planogram, twinGoods }: StoreDesign): Map<string, string> {
  const files = { 'profile.json': profile, 'catalogue.json': catalogue, 'planogram.json': planogram }
  const all = Object.entries(twinGoods ? { ...files, 'twin-goods.json': twinGoods } : files)
  return new Map(all.map(([name, json]) => [name, storeText(json)]))
}
