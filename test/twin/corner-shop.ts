/** The shop that the twin's tests run in, and numbers about samples. */
import { fileURLToPath } from 'node:url'
import { loadStore } from '../../runtime/profile/load-store.ts'

export const cornerShop = () =>
  loadStore(fileURLToPath(new URL('../../hardware-profiles/corner-shop', import.meta.url)))

export const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))
}

export const peakToPeak = (values: readonly number[]): number => Math.max(...values) - Math.min(...values)

/** The value below which `share` of the sorted values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number
}
